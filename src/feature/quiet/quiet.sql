-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: quiet_mute_put :exec
INSERT INTO mute (bucket, owner, other, until) VALUES ($bucket, $owner, $other, $until)
ON CONFLICT (bucket, owner, other) DO UPDATE SET until = excluded.until;

-- name: quiet_mute_drop :exec
DELETE FROM mute WHERE bucket = $bucket AND owner = $owner AND other = $other;

-- name: quiet_mutes_over :exec
DELETE FROM mute WHERE bucket = $bucket AND owner = $owner AND until > 0 AND until <= $now;

-- name: quiet_mutes :many
-- row: mute_line
SELECT m.other, m.until FROM mute m
WHERE m.bucket = $bucket AND m.owner = $owner AND (m.until = 0 OR m.until > $now) ORDER BY m.other LIMIT $limit;

-- name: quiet_filter_put :exec
INSERT INTO word_filter (bucket, owner, ordinal, words, whole, warns, until)
VALUES ($bucket, $owner, $ordinal, $words:text, $whole, $warns, $until)
ON CONFLICT (bucket, owner, ordinal) DO UPDATE
SET words = excluded.words, whole = excluded.whole, warns = excluded.warns, until = excluded.until;

-- name: quiet_filter_drop :exec
DELETE FROM word_filter WHERE bucket = $bucket AND owner = $owner AND ordinal = $ordinal;

-- name: quiet_filters_over :exec
DELETE FROM word_filter WHERE bucket = $bucket AND owner = $owner AND until > 0 AND until <= $now;

-- name: quiet_filters :many
-- row: filter_line
SELECT f.ordinal, f.words, f.whole, f.warns, f.until FROM word_filter f
WHERE f.bucket = $bucket AND f.owner = $owner AND (f.until = 0 OR f.until > $now) ORDER BY f.ordinal LIMIT $limit;
