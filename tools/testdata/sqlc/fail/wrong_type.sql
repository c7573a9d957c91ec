-- expect: 4: name is text, not int
-- name: x :one
-- types: name int
SELECT name FROM member WHERE num = $num;
