-- expect: 5: --@pg has no --@end
-- name: x :exec
DELETE FROM member WHERE num = $num;
--@pg
-- a remark
