-- expect: 4: $num was int before
-- name: x :exec
DELETE FROM member WHERE num = $num
 AND name = $num:text;
