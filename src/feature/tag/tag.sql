-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: tag_insert :exec
INSERT INTO tag (bucket, post, tag) VALUES ($bucket, $post, $tag:text) ON CONFLICT DO NOTHING;

-- name: tag_erase :exec
DELETE FROM tag WHERE bucket = $bucket AND post = $post;

-- name: tag_newest :many
-- row: tag_post
-- scatter: a tag is everybody's; each bucket's newest, merged
SELECT p.id, p.audience, p.owner, p.author, p.ordinal, p.version, p.likes, p.comments, p.original, p.reposts, p.poll, p.photos
FROM tag t JOIN post p ON p.bucket = t.bucket AND p.id = t.post
WHERE t.tag = $tag:text AND t.post < $before AND p.deleted_at = 0 ORDER BY t.post DESC LIMIT $limit;
