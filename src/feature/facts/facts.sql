-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: facts_values :many
SELECT f.field, f.choice, f.text FROM profile_fact f WHERE f.bucket = $bucket AND f.owner = $owner ORDER BY f.field LIMIT 64;

-- name: facts_put :exec
INSERT INTO profile_fact (bucket, owner, field, choice, text) VALUES ($bucket, $owner, $field, $choice, $text:text)
ON CONFLICT (bucket, owner, field) DO UPDATE SET choice = excluded.choice, text = excluded.text;

-- name: facts_drop :exec
DELETE FROM profile_fact WHERE bucket = $bucket AND owner = $owner AND field = $field;

-- name: facts_places :many
-- row: facts_place
-- doc: In the order in which they were told.
SELECT p.ordinal, p.kind, p.name, p.town, p.detail, p.since, p.until FROM profile_place p
WHERE p.bucket = $bucket AND p.owner = $owner ORDER BY p.ordinal LIMIT 64;

-- name: facts_place_put :exec
INSERT INTO profile_place (bucket, owner, ordinal, kind, name, town, detail, since, until)
VALUES ($bucket, $owner, $ordinal, $kind, $name:text, $town:text, $detail:text, $since, $until)
ON CONFLICT (bucket, owner, ordinal) DO UPDATE
SET kind = excluded.kind, name = excluded.name, town = excluded.town, detail = excluded.detail, since = excluded.since,
    until = excluded.until;

-- name: facts_place_drop :exec
DELETE FROM profile_place WHERE bucket = $bucket AND owner = $owner AND ordinal = $ordinal;
