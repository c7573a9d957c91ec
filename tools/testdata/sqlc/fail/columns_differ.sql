-- expect: 2: the two engines return different columns
-- name: x :one
SELECT num,
 name, --@pg
 name AS nick --@sqlite
FROM member WHERE num = $num;
