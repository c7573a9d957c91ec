-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: comment_insert :exec
INSERT INTO comment (bucket, id, owner, ordinal, post, root, parent, answers, author, text)
VALUES ($bucket, $id, $owner, $ordinal, $post, $root, $parent, $answers, $author, $text:text);

-- name: comment_by_ordinal :one
-- row: comment_row
SELECT k.id, k.owner, k.ordinal, k.post, k.root, k.parent, k.answers, k.author, k.text, k.edited_at, k.version, k.likes, k.deleted_at,
  k.deleted_by
FROM comment k WHERE k.bucket = $bucket AND k.owner = $owner AND k.ordinal = $ordinal;

-- name: comment_by_id :one
-- row: comment_row
SELECT k.id, k.owner, k.ordinal, k.post, k.root, k.parent, k.answers, k.author, k.text, k.edited_at, k.version, k.likes, k.deleted_at,
  k.deleted_by
FROM comment k WHERE k.bucket = $bucket AND k.id = $id;

-- name: comment_in_order :many
-- row: comment_row
-- doc: Those that stand under the post, below `before`, newest first.
SELECT k.id, k.owner, k.ordinal, k.post, k.root, k.parent, k.answers, k.author, k.text, k.edited_at, k.version, k.likes, k.deleted_at,
  k.deleted_by
FROM comment k WHERE k.bucket = $bucket AND k.post = $post AND k.deleted_at = 0 AND k.id < $before
ORDER BY k.id DESC LIMIT $limit;

-- name: comment_in_threads :many
-- row: comment_row
-- doc: The same thread by thread, below the pair ($root, $before); the newest thread first, in each the newest first.
SELECT k.id, k.owner, k.ordinal, k.post, k.root, k.parent, k.answers, k.author, k.text, k.edited_at, k.version, k.likes, k.deleted_at,
  k.deleted_by
FROM comment k WHERE k.bucket = $bucket AND k.post = $post AND k.deleted_at = 0 AND (k.root, k.id) < ($root, $before)
ORDER BY k.root DESC, k.id DESC LIMIT $limit;

-- name: comment_later :many
-- row: comment_row
-- doc: Of one thread those above `after`, oldest first.
SELECT k.id, k.owner, k.ordinal, k.post, k.root, k.parent, k.answers, k.author, k.text, k.edited_at, k.version, k.likes, k.deleted_at,
  k.deleted_by
FROM comment k WHERE k.bucket = $bucket AND k.post = $post AND k.root = $root AND k.deleted_at = 0 AND k.id > $after
ORDER BY k.id LIMIT $limit;

-- name: comment_update_text :count
-- doc: 0 rows when somebody edited in between.
UPDATE comment SET text = $text:text, edited_at = $at, version = version + 1
WHERE bucket = $bucket AND id = $id AND version = $version AND deleted_at = 0;

-- name: comment_delete :count
UPDATE comment SET deleted_at = $at, deleted_by = $by WHERE bucket = $bucket AND id = $id AND deleted_at = 0;

-- name: comment_restore :count
UPDATE comment SET deleted_at = 0, deleted_by = 0 WHERE bucket = $bucket AND id = $id AND deleted_at > 0 AND deleted_by = $by;

-- name: comment_like :count
INSERT INTO comment_like (bucket, comment, member, at) VALUES ($bucket, $comment, $member, $at) ON CONFLICT DO NOTHING;

-- name: comment_unlike :count
DELETE FROM comment_like WHERE bucket = $bucket AND comment = $comment AND member = $member;

-- name: comment_likes_add :exec
UPDATE comment SET likes = likes + $by WHERE bucket = $bucket AND id = $id;

-- name: comment_likers :many
-- row: comment_liker
SELECT l.member FROM comment_like l WHERE l.bucket = $bucket AND l.comment = $comment AND l.member > $after
ORDER BY l.member LIMIT $limit;

-- name: comment_liked_of :many
SELECT l.comment FROM {ids:$comments} i JOIN comment_like l ON l.bucket = i.bucket AND l.comment = i.id
WHERE l.member = $member LIMIT 1024;

-- name: comment_to_erase :many
-- row: comment_erasable
-- scatter: a sweep over all walls, in slices
SELECT k.id, k.bucket FROM comment k WHERE k.deleted_at > 0 AND k.deleted_by > 0 AND k.deleted_at < $before
ORDER BY k.deleted_at LIMIT $limit;

-- name: comment_posts_erased :many
-- scatter: a sweep over all walls, in slices
-- doc: Erased posts that have comments still.
SELECT p.id, p.bucket, p.owner FROM post p WHERE p.deleted_at > 0 AND p.deleted_by = 0 AND p.comments > 0
ORDER BY p.deleted_at LIMIT $limit;

-- name: comment_of_post :many
SELECT k.id FROM comment k WHERE k.bucket = $bucket AND k.post = $post AND k.deleted_at = 0 ORDER BY k.id LIMIT $limit;

-- name: comment_erase :exec
UPDATE comment SET text = '', likes = 0, deleted_by = 0, deleted_at = $at WHERE bucket = $bucket AND id = $id;

-- name: comment_erase_likes :exec
DELETE FROM comment_like WHERE bucket = $bucket AND comment = $comment;
