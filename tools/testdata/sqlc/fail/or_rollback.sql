-- expect: 3: OR ROLLBACK is refused
-- name: x :exec
INSERT OR ROLLBACK INTO member (num, name) VALUES ($num, '');
