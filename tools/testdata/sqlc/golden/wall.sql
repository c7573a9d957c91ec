-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Everything a wall needs.

-- name: wall_page :many
-- row: wall_post
-- doc: Newest first; below `before`.
-- types: edited_at int?, likes int
SELECT p.id, p.author, p.text, p.edited_at, -- a remark with a $name; ignored
       (SELECT count(*) FROM post_like l WHERE l.bucket = $bucket AND l.post = p.id) AS likes
FROM post p
WHERE p.bucket = $bucket AND p.owner = $owner AND p.id < $before
ORDER BY p.id DESC LIMIT $limit;

-- name: wall_hydrate :many
-- row: wall_post
-- doc: The same posts for a list of ids, in no order.
-- types: edited_at int?, likes int
SELECT p.id, p.author, p.text, p.edited_at, 0 AS likes
FROM {ids:$posts} i JOIN post p ON p.bucket = i.bucket AND p.id = i.id
LIMIT $limit;

-- name: wall_get :one
-- doc: One post with its author's picture.
-- types: photo blob?, score real?, kind text, edited_at int?
SELECT p.id, p.weight, p.digest AS fingerprint, p.edited_at, m.photo, m.score,
       CASE WHEN p.text = '' THEN 'what??!' ELSE 'it''s "text"; $5' END AS kind
FROM post p LEFT JOIN member m ON m.num = p.author
WHERE p.bucket = $bucket AND p.id = $id;

-- name: wall_add :one
-- types: edited_at int?
INSERT INTO post (bucket, id, owner, author, text, edited_at, digest, weight)
VALUES ($bucket, $id, $owner, $author, $text:text, $edited_at:int?, $digest:blob, $weight:real)
ON CONFLICT (bucket, id) DO NOTHING
RETURNING id, edited_at;

-- name: wall_edit :count
-- doc: Both engines, different order of appearance.
UPDATE post SET
--@sqlite
    text = $text:text, edited_at = $at
WHERE bucket = $bucket AND id = $id;
--@end
--@pg
    edited_at = $at, text = $text:text
WHERE id = $id AND bucket = $bucket;
--@end

-- name: wall_drop :exec
DELETE FROM post WHERE bucket = $bucket AND id = $id;

-- name: wall_count :one
-- scan: an admin page, once a day
-- scatter: all of them
-- types: n int
SELECT count(*) AS n FROM post;
