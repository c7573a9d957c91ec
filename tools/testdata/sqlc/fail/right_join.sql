-- expect: 4: RIGHT JOIN is refused
-- name: x :one
-- scan: a test
SELECT p.id FROM post p RIGHT JOIN member m ON m.num = p.author WHERE p.bucket = $bucket AND p.id = $id;
