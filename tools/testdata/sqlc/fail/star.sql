-- expect: 3: SELECT * is refused
-- name: x :one
SELECT * FROM member WHERE num = $num;
