-- expect: 2: :exec throws rows away
-- name: x :exec
SELECT num FROM member WHERE num = $num;
