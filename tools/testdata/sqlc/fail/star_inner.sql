-- expect: 4: SELECT * is refused
-- name: x :one
-- types: num int
SELECT q.num FROM (SELECT * FROM member WHERE num = $num) q;
