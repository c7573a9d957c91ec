-- expect: 4: post is spread by bucket and p.bucket
-- name: x :many
-- scan: a test
SELECT p.id FROM post p WHERE EXISTS (SELECT 1 FROM post_like l WHERE l.bucket = p.bucket AND l.post = p.id)
LIMIT 10;
