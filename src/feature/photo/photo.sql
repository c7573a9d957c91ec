-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: photo_insert :exec
INSERT INTO photo (bucket, id, owner, post, position, file, sizes, width, height, colour, alt)
VALUES ($bucket, $id, $owner, $post, $position, $file:blob, $sizes, $width, $height, $colour, $alt:text);

-- name: photo_of_post :many
-- row: photo
SELECT p.id, p.owner, p.position, p.file, p.sizes, p.width, p.height, p.colour, p.alt
FROM photo p WHERE p.bucket = $bucket AND p.post = $post ORDER BY p.position LIMIT 10;

-- name: photo_and_post :one
-- row: photo_row
SELECT p.id, p.owner, p.position, p.file, p.sizes, p.width, p.height, p.colour, p.alt,
  p.post, o.ordinal, o.author, o.audience, o.deleted_at
FROM photo p JOIN post o ON o.bucket = p.bucket AND o.id = p.post WHERE p.bucket = $bucket AND p.id = $id AND p.owner = $owner;

-- name: photo_say_gone :exec
INSERT INTO photo_gone (bucket, file) VALUES ($bucket, $file:blob) ON CONFLICT DO NOTHING;

-- name: photo_forget :exec
DELETE FROM photo WHERE bucket = $bucket AND post = $post;

-- name: photo_gone_some :many
-- row: photo_gone
-- scatter: a sweep over all that is gone, in slices
-- scan: it is empty but for what was erased since the last sweep
SELECT g.bucket, g.file FROM photo_gone g LIMIT $limit;

-- name: photo_gone_done :exec
DELETE FROM photo_gone WHERE bucket = $bucket AND file = $file:blob;

-- name: photo_file_known :one
-- scatter: of a file that a crash left behind nothing else is known
SELECT p.id FROM photo p WHERE p.file = $file:blob LIMIT 1;
