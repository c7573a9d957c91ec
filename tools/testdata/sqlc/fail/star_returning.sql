-- expect: 3: SELECT * is refused
-- name: x :one
UPDATE member SET name = 'a' WHERE num = $num RETURNING *;
