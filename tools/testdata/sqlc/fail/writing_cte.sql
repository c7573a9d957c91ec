-- expect: 4: a CTE that writes
-- name: x :one
-- types: num int
WITH gone AS (DELETE FROM member WHERE num = $num RETURNING num) SELECT gone.num FROM gone;
