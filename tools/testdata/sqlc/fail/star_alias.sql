-- expect: 4: SELECT * is refused
-- name: x :one
SELECT m.num,
 m.* FROM member m WHERE m.num = $num;
