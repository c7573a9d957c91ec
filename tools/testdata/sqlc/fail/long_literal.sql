-- expect: 3: must end on its line
-- name: x :exec
UPDATE member SET name = 'a
b' WHERE num = $num;
