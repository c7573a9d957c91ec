-- expect: 4: seen_at may be NULL
-- name: x :one
-- types: seen_at int
SELECT m.seen_at FROM member m WHERE m.num = $num;
