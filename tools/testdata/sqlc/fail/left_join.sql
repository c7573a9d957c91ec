-- expect: 3: name may be NULL
-- name: x :one
SELECT p.id, m.name FROM post p LEFT OUTER JOIN member m ON m.num = p.author WHERE p.bucket = $bucket AND p.id = $id;
