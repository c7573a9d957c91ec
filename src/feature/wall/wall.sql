-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: wall_next_ordinal :one
-- doc: The next number on this wall; the owner's row is locked until the commit.
UPDATE member SET wall_seq = wall_seq + 1 WHERE bucket = $bucket AND num = $num RETURNING wall_seq AS ordinal;

-- name: wall_insert :exec
INSERT INTO post (bucket, id, owner, ordinal, author, audience, text, original, photos)
VALUES ($bucket, $id, $owner, $ordinal, $author, $audience, $text:text, $original, $photos);

-- name: wall_by_ordinal :one
-- row: wall_post
SELECT p.id, p.owner, p.ordinal, p.author, p.audience, p.text, p.edited_at, p.version, p.likes, p.comments,
  p.deleted_at, p.deleted_by, p.warning, p.original, p.reposts, p.pinned, p.poll, p.photos
FROM post p WHERE p.bucket = $bucket AND p.owner = $owner AND p.ordinal = $ordinal;

-- name: wall_by_id :one
-- row: wall_post
SELECT p.id, p.owner, p.ordinal, p.author, p.audience, p.text, p.edited_at, p.version, p.likes, p.comments,
  p.deleted_at, p.deleted_by, p.warning, p.original, p.reposts, p.pinned, p.poll, p.photos
FROM post p WHERE p.bucket = $bucket AND p.id = $id;

-- name: wall_by_ids :many
-- row: wall_post
-- doc: Posts for pages that know their ids; in no order.
SELECT p.id, p.owner, p.ordinal, p.author, p.audience, p.text, p.edited_at, p.version, p.likes, p.comments,
  p.deleted_at, p.deleted_by, p.warning, p.original, p.reposts, p.pinned, p.poll, p.photos
FROM {ids:$posts} i JOIN post p ON p.bucket = i.bucket AND p.id = i.id WHERE p.deleted_at = 0 LIMIT 1024;

-- name: wall_update_text :count
-- doc: 0 rows when somebody edited in between.
UPDATE post SET text = $text:text, edited_at = $at, version = version + 1
WHERE bucket = $bucket AND id = $id AND version = $version AND deleted_at = 0;

-- name: wall_set_warning :exec
UPDATE post SET warning = $warning:text, version = version + 1 WHERE bucket = $bucket AND id = $id AND deleted_at = 0;

-- name: wall_set_pinned :count
UPDATE post SET pinned = $at, version = version + 1 WHERE bucket = $bucket AND id = $id AND deleted_at = 0;

-- name: wall_pinned :many
-- row: wall_post
-- doc: What stands on top of a wall, the latest pinned first.
SELECT p.id, p.owner, p.ordinal, p.author, p.audience, p.text, p.edited_at, p.version, p.likes, p.comments,
  p.deleted_at, p.deleted_by, p.warning, p.original, p.reposts, p.pinned, p.poll, p.photos
FROM post p WHERE p.bucket = $bucket AND p.owner = $owner AND p.pinned > 0 AND p.deleted_at = 0 ORDER BY p.pinned DESC LIMIT $limit;

-- name: wall_set_poll :exec
UPDATE post SET poll = 1 WHERE bucket = $bucket AND id = $id;

-- name: wall_keep_history :exec
-- doc: With the audience for which it was said.
INSERT INTO post_history (bucket, post, version, at, text, audience) VALUES ($bucket, $post, $version, $at, $text:text, $audience);

-- name: wall_history :many
-- row: wall_wording
SELECT h.version, h.at, h.text, h.audience FROM post_history h WHERE h.bucket = $bucket AND h.post = $post ORDER BY h.version DESC LIMIT 100;

-- name: wall_set_audience :count
UPDATE post SET audience = $audience, version = version + 1 WHERE bucket = $bucket AND id = $id AND deleted_at = 0;

-- name: wall_delete :count
UPDATE post SET deleted_at = $at, deleted_by = $by, pinned = 0, version = version + 1 WHERE bucket = $bucket AND id = $id AND deleted_at = 0;

-- name: wall_restore :count
UPDATE post SET deleted_at = 0, deleted_by = 0, version = version + 1
WHERE bucket = $bucket AND id = $id AND deleted_at > 0 AND deleted_by = $by;

-- name: wall_count_add :exec
INSERT INTO wall_count (bucket, owner, audience, posts) VALUES ($bucket, $owner, $audience, 1)
ON CONFLICT (bucket, owner, audience) DO UPDATE SET posts = wall_count.posts + 1;

-- name: wall_count_sub :exec
UPDATE wall_count SET posts = posts - 1 WHERE bucket = $bucket AND owner = $owner AND audience = $audience;

-- name: wall_counts :many
-- row: wall_audience_count
SELECT n.audience, n.posts FROM wall_count n WHERE n.bucket = $bucket AND n.owner = $owner AND n.audience > $after AND n.posts > 0
ORDER BY n.audience LIMIT $limit;

-- name: wall_like :count
INSERT INTO post_like (bucket, post, member, at) VALUES ($bucket, $post, $member, $at) ON CONFLICT DO NOTHING;

-- name: wall_unlike :count
DELETE FROM post_like WHERE bucket = $bucket AND post = $post AND member = $member;

-- name: wall_likes_add :exec
UPDATE post SET likes = likes + $by WHERE bucket = $bucket AND id = $id;

-- name: wall_comments_add :exec
UPDATE post SET comments = comments + $by WHERE bucket = $bucket AND id = $id;

-- name: wall_reposts_add :exec
-- doc: An erased post counts nothing any more.
UPDATE post SET reposts = reposts + $by WHERE bucket = $bucket AND id = $id AND (deleted_at = 0 OR deleted_by > 0);

-- name: wall_repost_insert :exec
INSERT INTO repost (bucket, post, copy) VALUES ($bucket, $post, $copy);

-- name: wall_repost_drop :exec
DELETE FROM repost WHERE bucket = $bucket AND post = $post AND copy = $copy;

-- name: wall_repost_drop_all :exec
DELETE FROM repost WHERE bucket = $bucket AND post = $post;

-- name: wall_copies :many
SELECT r.copy FROM repost r WHERE r.bucket = $bucket AND r.post = $post AND r.copy < $before ORDER BY r.copy DESC LIMIT $limit;

-- name: wall_likers :many
-- row: wall_liker
SELECT l.member FROM post_like l WHERE l.bucket = $bucket AND l.post = $post AND l.member > $after ORDER BY l.member LIMIT $limit;

-- name: wall_to_erase :many
-- row: wall_erasable
-- scatter: a sweep over all walls, in slices
SELECT p.id, p.bucket, p.original FROM post p WHERE p.deleted_at > 0 AND p.deleted_by > 0 AND p.deleted_at < $before
ORDER BY p.deleted_at LIMIT $limit;

-- name: wall_erase :exec
UPDATE post SET text = '', warning = '', likes = 0, reposts = 0, photos = 0, deleted_by = 0 WHERE bucket = $bucket AND id = $id;

-- name: wall_erase_history :exec
DELETE FROM post_history WHERE bucket = $bucket AND post = $post;

-- name: wall_erase_likes :exec
DELETE FROM post_like WHERE bucket = $bucket AND post = $post;
