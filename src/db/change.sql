-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: change_add :one
-- doc: Appends to the log. On PostgreSQL the row carries its transaction, so that followers can tell what is still open.
INSERT INTO change (xid, kind, a, b, at)
VALUES (
--@sqlite
  0,
--@end
--@pg
  CAST(CAST(pg_current_xact_id() AS text) AS bigint),
--@end
  $kind, $one, $two, $at)
RETURNING seq;

-- name: change_stale :one
-- scan: in order of seq, stops after $limit
-- doc: The newest seq of the oldest $limit rows that is past its time, 0 for none. Never the newest of all.
-- types: seq int
SELECT COALESCE(MAX(x.seq), 0) AS seq
FROM (SELECT c.seq, c.at FROM change c ORDER BY c.seq LIMIT $limit) x
WHERE x.at < $before AND x.seq < (SELECT MAX(n.seq) FROM change n);

-- name: change_drop :count
DELETE FROM change WHERE seq <= $seq AND at < $before;

-- name: once_stale :one
-- doc: The latest moment among the oldest $limit tokens that are past their time, 0 for none.
-- types: at int
-- scatter: one slice of the oldest, whoever they belong to
SELECT COALESCE(MAX(x.at), 0) AS at
FROM (SELECT o.at FROM once o WHERE o.at < $before ORDER BY o.at LIMIT $limit) x;

-- name: once_drop :count
-- scatter: as old as once_stale says, in every bucket
DELETE FROM once WHERE at <= $upto;

-- name: change_horizon :one
-- doc: Transactions below `first` are over; none from `next` on is.
-- types: first int, next int
SELECT
--@sqlite
  0 AS first, 0 AS next
--@end
--@pg
  CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) AS first,
  CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint) AS next
--@end
;

-- name: change_after :many
-- doc: What lies behind the cursor ($xid, $seq) and belongs to transactions below $below.
-- scan: followers are on PostgreSQL, where the index change_cursor serves it
-- sort: the same
SELECT c.xid, c.seq, c.kind, c.a, c.b FROM change c
WHERE (c.xid, c.seq) > ($xid, $seq) AND c.xid < $below
ORDER BY c.xid, c.seq LIMIT $limit;
