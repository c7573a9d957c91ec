-- expect: 3: a list is written {ids:$num}
-- name: x :exec
DELETE FROM member WHERE num = $num:ids;
