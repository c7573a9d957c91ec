-- expect: 5: the row r has other columns than at line 2
-- name: x :one
-- row: r
SELECT num FROM member WHERE num = $num;
-- name: y :one
-- row: r
SELECT num, name FROM member WHERE num = $num;
