-- expect: 3: not a type: name varchar
-- name: x :one
-- types: name varchar
SELECT name FROM member WHERE num = $num;
