-- expect: 2: two columns are called id
-- name: x :one
SELECT p.id, p.owner AS id FROM post p WHERE p.bucket = $bucket AND p.id = $id;
