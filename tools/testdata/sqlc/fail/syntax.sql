-- expect: 2: SQLite: near
-- name: x :one
SELECT num FORM member WHERE num = $num;
