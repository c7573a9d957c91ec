-- expect: 3: one statement to a query
-- name: x :exec
DELETE FROM member WHERE num = $num; DELETE FROM member WHERE num = $num;
