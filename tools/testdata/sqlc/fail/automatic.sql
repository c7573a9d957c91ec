-- expect: 2: AUTOMATIC
-- name: x :many
SELECT p.id FROM post p LEFT JOIN member m ON m.name = p.text WHERE p.bucket >= $bucket LIMIT 10;
