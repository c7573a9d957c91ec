-- expect: 2: a query begins with
-- name: x :exec
CREATE TRIGGER t AFTER INSERT ON member BEGIN SELECT 1 AS a END;
