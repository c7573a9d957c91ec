-- expect: 4: seen_at may be NULL
-- name: x :one
SELECT m.num,
 m.seen_at FROM member m WHERE m.num = $num;
