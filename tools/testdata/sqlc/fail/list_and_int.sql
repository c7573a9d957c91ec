-- expect: 4: $n was ids before
-- name: x :many
SELECT m.num FROM {nums:$n} n JOIN member m ON m.num = n.id
WHERE m.num <> $n LIMIT 10;
