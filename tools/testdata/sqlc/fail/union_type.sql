-- expect: 3: num is an expression
-- name: x :many
SELECT num FROM member WHERE num = $num UNION ALL SELECT NULL LIMIT 2;
