-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: job_insert :exec
INSERT INTO job (kind, payload, run_at, tries, lease_until, last_error)
VALUES ($kind:text, $payload:text, $at, 0, 0, '');

-- name: job_claim :many
-- row: job_claimed
-- doc: Takes jobs that are due. The try is counted now, so that a job that ends the process is not tried for ever.
-- bounded: $limit in the subquery
UPDATE job SET lease_until = $lease, tries = tries + 1
WHERE id IN (
  SELECT j.id FROM job j
  WHERE j.tries < 10 AND j.run_at <= $now AND j.lease_until <= $now
  ORDER BY j.run_at LIMIT $limit
--@pg
  FOR UPDATE SKIP LOCKED
--@end
)
RETURNING id, kind, payload, tries;

-- name: job_finish :count
DELETE FROM job WHERE id = $id AND lease_until = $lease;

-- name: job_fail :count
UPDATE job SET run_at = $at, tries = $tries, lease_until = 0, last_error = $why:text WHERE id = $id AND lease_until = $lease;

-- name: job_waiting :one
-- types: jobs int
-- scan: once for each kind that repeats, when the server starts
SELECT COUNT(*) AS jobs FROM job j WHERE j.kind = $kind:text AND j.tries < 10;

-- name: job_counts :one
-- doc: For the operator. `oldest` is the moment since which the longest waiting job has been due, 0 for none.
-- types: due int, running int, dead int, oldest int
-- scan: the operator's page only
SELECT
  (SELECT COUNT(*) FROM job d WHERE d.tries < 10 AND d.run_at <= $now AND d.lease_until <= $now) AS due,
  (SELECT COUNT(*) FROM job r WHERE r.lease_until > $now) AS running,
  (SELECT COUNT(*) FROM job x WHERE x.tries >= 10 AND x.lease_until <= $now) AS dead,
  (SELECT COALESCE(MIN(o.run_at), 0) FROM job o WHERE o.tries < 10 AND o.run_at <= $now AND o.lease_until <= $now) AS oldest;
