-- expect: 5: post is spread by bucket and p.bucket is not given
-- name: x :many
-- scan: a test
SELECT p.id
FROM post p WHERE p.id > $id LIMIT 10;
