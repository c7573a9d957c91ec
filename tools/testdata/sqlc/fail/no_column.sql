-- expect: 2: SQLite: no such column
-- name: x :exec
UPDATE member SET nick = '' WHERE num = $num;
