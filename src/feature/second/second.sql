-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: second_app :one
SELECT f.secret, f.last_step, f.misses, f.misses_from FROM second_factor f WHERE f.bucket = $bucket AND f.member = $member;

-- name: second_app_insert :count
-- doc: 0 rows when an app is on already.
INSERT INTO second_factor (bucket, member, secret, last_step) VALUES ($bucket, $member, $secret:blob, $step) ON CONFLICT DO NOTHING;

-- name: second_app_drop :count
DELETE FROM second_factor WHERE bucket = $bucket AND member = $member;

-- name: second_step_take :count
-- doc: 0 rows when this code, or a later one, was taken meanwhile.
UPDATE second_factor SET last_step = $step WHERE bucket = $bucket AND member = $member AND last_step < $step;

-- name: second_miss :exec
UPDATE second_factor SET misses = CASE WHEN misses_from = $hour THEN misses + 1 ELSE 1 END, misses_from = $hour
WHERE bucket = $bucket AND member = $member;

-- name: recovery_count :one
-- types: codes int
SELECT COUNT(*) AS codes FROM recovery_code r WHERE r.bucket = $bucket AND r.member = $member;

-- name: recovery_all :many
-- row: recovery_row
SELECT r.ordinal, r.salt, r.hash FROM recovery_code r WHERE r.bucket = $bucket AND r.member = $member ORDER BY r.ordinal LIMIT 10;

-- name: recovery_insert :exec
INSERT INTO recovery_code (bucket, member, ordinal, salt, hash) VALUES ($bucket, $member, $ordinal, $salt:blob, $hash:blob);

-- name: recovery_use :count
-- doc: 0 rows when it was used meanwhile.
DELETE FROM recovery_code WHERE bucket = $bucket AND member = $member AND ordinal = $ordinal AND hash = $hash:blob;

-- name: recovery_drop :exec
DELETE FROM recovery_code WHERE bucket = $bucket AND member = $member;

-- name: second_spend :count
-- doc: 0 rows when it was spent before.
INSERT INTO ticket_spent (bucket, hash, at) VALUES ($bucket, $hash:blob, $at) ON CONFLICT DO NOTHING;

-- name: second_spent_at :one
SELECT t.at FROM ticket_spent t WHERE t.bucket = $bucket AND t.hash = $hash:blob;

-- name: second_spent_old :many
-- row: second_spent_row
-- scatter: a sweep over all members, in slices
SELECT t.bucket, t.hash FROM ticket_spent t WHERE t.at < $before ORDER BY t.at LIMIT $limit;

-- name: second_spent_drop :exec
DELETE FROM ticket_spent WHERE bucket = $bucket AND hash = $hash:blob;
