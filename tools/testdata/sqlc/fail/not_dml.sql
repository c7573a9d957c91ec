-- expect: 2: a query begins with
-- name: x :exec
PRAGMA user_version;
