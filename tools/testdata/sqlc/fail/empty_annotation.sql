-- expect: 3: -- scan: says nothing
-- name: x :one
-- scan:
SELECT num FROM member WHERE num = $num;
