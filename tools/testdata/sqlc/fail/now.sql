-- expect: 3: now is refused
-- name: x :exec
UPDATE member SET seen_at = now() WHERE num = $num;
