-- expect: 4: OFFSET is refused
-- name: x :many
SELECT num FROM member WHERE num > $num
LIMIT 10 OFFSET $skip;
