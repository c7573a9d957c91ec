-- expect: 4: SQL outside a query
-- name: x :exec
DELETE FROM member WHERE num = $num;
DELETE FROM member;
