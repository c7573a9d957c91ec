-- expect: 3: CURRENT_TIMESTAMP is refused
-- name: x :exec
UPDATE member SET seen_at = CURRENT_TIMESTAMP WHERE num = $num;
