-- expect: 3: $register is taken in C
-- name: x :exec
DELETE FROM member WHERE num = $register;
