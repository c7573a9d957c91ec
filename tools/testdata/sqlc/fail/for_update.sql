-- expect: 5: FOR UPDATE is refused
-- name: x :one
SELECT id FROM post WHERE bucket = $bucket AND id = $id
--@pg
FOR UPDATE
--@end
;
