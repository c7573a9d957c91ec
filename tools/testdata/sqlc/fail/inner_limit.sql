-- expect: 2: a :many needs LIMIT
-- name: x :many
SELECT num FROM member WHERE num IN (SELECT num FROM member WHERE num > $num LIMIT 3);
