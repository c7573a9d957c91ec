-- expect: 3: $ is not understood
-- name: x :exec
DELETE FROM member WHERE num = $1;
