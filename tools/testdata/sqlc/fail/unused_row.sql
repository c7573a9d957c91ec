-- expect: 3: -- row: is not used by :exec
-- name: x :exec
-- row: y
UPDATE member SET name = '' WHERE num = $num;
