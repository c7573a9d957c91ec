-- expect: 4: LIMIT a, b is OFFSET
-- name: x :many
SELECT num FROM member WHERE num > $num
LIMIT $skip, 10;
