-- expect: 2: :one returns nothing
-- name: x :one
DELETE FROM member WHERE num = $num;
