-- expect: 3: the list needs an alias
-- name: x :many
SELECT m.num FROM member m WHERE m.num IN (SELECT id FROM {nums:$n}) LIMIT 9;
