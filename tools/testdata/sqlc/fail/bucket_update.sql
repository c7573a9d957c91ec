-- expect: 4: post is spread by bucket
-- name: x :exec
-- scan: a test
UPDATE post SET text = '' WHERE id = $id;
