-- expect: 2: does not end in ;
-- name: x :exec
DELETE FROM member WHERE num = $num
