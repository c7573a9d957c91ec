-- expect: 4: an expression needs AS
-- name: x :one
-- scan: a test
SELECT count(*) FROM member;
