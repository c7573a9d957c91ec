-- expect: 4: x is already a query
-- name: x :one
SELECT num FROM member WHERE num = $num;
-- name: x :one
SELECT num FROM member WHERE num = $num;
