-- expect: 3: $num has the type int8
-- name: x :exec
DELETE FROM member WHERE num = $num:int8;
