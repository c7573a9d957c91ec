-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: circles_count :one
-- types: circles int
SELECT COUNT(*) AS circles FROM circle c WHERE c.bucket = $bucket AND c.owner = $owner;

-- name: circle_next :one
-- doc: Numbers are not used again: an audience that names a deleted circle must not come to mean another one.
UPDATE member SET circle_seq = circle_seq + 1 WHERE bucket = $bucket AND num = $num RETURNING circle_seq AS ordinal;

-- name: circle_insert :exec
INSERT INTO circle (bucket, owner, ordinal, title) VALUES ($bucket, $owner, $ordinal, $title:text);

-- name: circle_set_title :count
UPDATE circle SET title = $title:text WHERE bucket = $bucket AND owner = $owner AND ordinal = $ordinal;

-- name: circle_drop :count
DELETE FROM circle WHERE bucket = $bucket AND owner = $owner AND ordinal = $ordinal;

-- name: circle_members_move :count
UPDATE circle SET members = members + $by WHERE bucket = $bucket AND owner = $owner AND ordinal = $ordinal;

-- name: circle_put :count
-- doc: 0 when already inside.
INSERT INTO circle_member (bucket, owner, ordinal, other) VALUES ($bucket, $owner, $ordinal, $other) ON CONFLICT DO NOTHING;

-- name: circle_take :count
DELETE FROM circle_member WHERE bucket = $bucket AND owner = $owner AND ordinal = $ordinal AND other = $other;

-- name: circle_people :many
-- doc: Who is in a circle, by number, above `after`.
SELECT m.other FROM circle_member m
WHERE m.bucket = $bucket AND m.owner = $owner AND m.ordinal = $ordinal AND m.other > $after
ORDER BY m.other LIMIT $limit;
