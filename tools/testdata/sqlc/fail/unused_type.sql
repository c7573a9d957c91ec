-- expect: 3: -- types: nam is not a column
-- name: x :one
-- types: nam text
SELECT name FROM member WHERE num = $num;
