-- expect: 5: post_like is spread by bucket and l.bucket
-- name: x :many
-- scan: a test
SELECT p.id FROM post p
JOIN post_like l ON l.post = p.id
WHERE p.bucket = $bucket LIMIT 10;
