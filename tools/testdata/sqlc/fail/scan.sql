-- expect: 2: the plan says SCAN m
-- name: x :many
SELECT m.num FROM member m WHERE m.name = $name:text LIMIT 10;
