-- expect: 2: $name is not used on pg
-- name: x :exec
DELETE FROM member WHERE num = $num
--@sqlite
AND name = $name:text
--@end
;
