-- expect: 4: $n was text? before
-- name: x :exec
DELETE FROM member WHERE num = $num AND name = $n:text?
 AND name <> $n:text;
