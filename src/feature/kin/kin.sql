-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: kin_rows :many
SELECT k.ordinal, k.kind, k.name, k.other FROM kin k WHERE k.bucket = $bucket AND k.owner = $owner ORDER BY k.ordinal LIMIT 64;

-- name: kin_row :one
SELECT k.kind, k.other FROM kin k WHERE k.bucket = $bucket AND k.owner = $owner AND k.ordinal = $ordinal;

-- name: kin_put :exec
INSERT INTO kin (bucket, owner, ordinal, kind, name, other) VALUES ($bucket, $owner, $ordinal, $kind, $name:text, $other)
ON CONFLICT (bucket, owner, ordinal) DO UPDATE SET kind = excluded.kind, name = excluded.name, other = excluded.other;

-- name: kin_drop :exec
DELETE FROM kin WHERE bucket = $bucket AND owner = $owner AND ordinal = $ordinal;

-- name: kin_agreed :many
-- doc: Which of these say that it is so, and what.
SELECT c.member, c.ordinal FROM {nums:$others} n JOIN kin_claim c ON c.bucket = n.bucket AND c.member = n.id
WHERE c.owner = $owner AND c.state = 1 LIMIT 64;

-- name: kin_claim_of :one
SELECT c.kind, c.state FROM kin_claim c
WHERE c.bucket = $bucket AND c.member = $member AND c.owner = $owner AND c.ordinal = $ordinal;

-- name: kin_claim_put :exec
INSERT INTO kin_claim (bucket, member, owner, ordinal, kind, state) VALUES ($bucket, $member, $owner, $ordinal, $kind, $state)
ON CONFLICT (bucket, member, owner, ordinal) DO UPDATE SET kind = excluded.kind, state = excluded.state;

-- name: kin_claim_drop :exec
DELETE FROM kin_claim WHERE bucket = $bucket AND member = $member AND owner = $owner AND ordinal = $ordinal;

-- name: kin_waiting :many
-- row: kin_claim
SELECT c.owner, c.ordinal, c.kind FROM kin_claim c
WHERE c.bucket = $bucket AND c.member = $member AND c.state = 0 ORDER BY c.owner, c.ordinal LIMIT $limit;

-- name: kin_part_relatives :exec
DELETE FROM kin WHERE bucket = $bucket AND owner = $owner AND ordinal > 0 AND other = $other;

-- name: kin_part_bond :exec
UPDATE kin SET other = 0 WHERE bucket = $bucket AND owner = $owner AND ordinal = 0 AND other = $other;

-- name: kin_part_claims :exec
DELETE FROM kin_claim WHERE bucket = $bucket AND member = $member AND owner = $owner;
