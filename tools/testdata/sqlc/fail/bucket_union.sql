-- expect: 7: post is spread by bucket
-- name: x :many
-- scan: a test
-- types: id int
SELECT p.id FROM post p WHERE p.bucket = $bucket AND p.id > $id
UNION ALL
SELECT p.id FROM post p WHERE p.id < $id
LIMIT 10;
