-- expect: 4: n is an expression
-- name: x :one
-- scan: a test
SELECT count(*) AS n FROM member;
