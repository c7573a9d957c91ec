-- expect: 2: USE TEMP B-TREE FOR ORDER BY
-- name: x :many
SELECT id FROM post WHERE bucket = $bucket AND owner = $owner ORDER BY text LIMIT 10;
