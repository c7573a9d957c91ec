-- expect: 2: SQLite: no such table
-- name: x :exec
DELETE FROM members WHERE num = $num;
