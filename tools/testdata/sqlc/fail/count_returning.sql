-- expect: 2: :count throws rows away
-- name: x :count
DELETE FROM member WHERE num = $num RETURNING num;
