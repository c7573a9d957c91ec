-- expect: 4: LIKE '%…' reads everything
-- name: x :many
-- scan: few members
SELECT num FROM member WHERE name LIKE '%' || $part:text || '%'
LIMIT 10;
