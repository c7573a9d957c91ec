-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: presence_hour :one
SELECT p.hour FROM presence p WHERE p.bucket = $bucket AND p.member = $member;

-- name: presence_put :count
-- doc: Nothing when this hour, or a later one, stands there already.
INSERT INTO presence (bucket, member, hour) VALUES ($bucket, $member, $hour)
ON CONFLICT (bucket, member) DO UPDATE SET hour = excluded.hour WHERE presence.hour < excluded.hour;

-- name: presence_drop :exec
DELETE FROM presence WHERE bucket = $bucket AND member = $member;
