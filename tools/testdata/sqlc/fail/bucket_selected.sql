-- expect: 4: post is spread by bucket
-- name: x :one
-- scan: a test
SELECT bucket, id FROM post WHERE id = $id;
