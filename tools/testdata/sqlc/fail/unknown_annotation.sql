-- expect: 3: unknown annotation sorted
-- name: x :one
-- sorted: yes
SELECT num FROM member WHERE num = $num;
