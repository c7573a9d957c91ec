-- expect: 3: int cannot be a field
-- name: x :one
SELECT num AS int FROM member WHERE num = $num;
