-- expect: 4: unknown mark --@mysql
-- name: x :exec
DELETE FROM member
--@mysql
WHERE num = $num;
