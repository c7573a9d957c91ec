-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: passkey_list :many
-- row: passkey_row
SELECT p.ordinal, p.id, p.public_key, p.uses, p.title, p.created_day, p.last_day FROM passkey p
WHERE p.bucket = $bucket AND p.member = $member ORDER BY p.ordinal LIMIT 20;

-- name: passkey_count :one
-- types: passkeys int
SELECT COUNT(*) AS passkeys FROM passkey p WHERE p.bucket = $bucket AND p.member = $member;

-- name: passkey_insert :count
-- doc: 0 rows when it is there already.
INSERT INTO passkey (bucket, member, ordinal, id, public_key, uses, title, created_day, last_day)
VALUES ($bucket, $member,
        (SELECT COALESCE(MAX(o.ordinal), 0) + 1 FROM passkey o WHERE o.bucket = $bucket AND o.member = $member),
        $id:blob, $key:blob, $uses, $title:text, $day, $day) ON CONFLICT DO NOTHING;

-- name: passkey_use :count
-- doc: 0 rows when it was used or removed meanwhile.
UPDATE passkey SET uses = $uses, last_day = $day
WHERE bucket = $bucket AND member = $member AND ordinal = $ordinal AND id = $id:blob AND uses = $was;

-- name: passkey_remove :exec
DELETE FROM passkey WHERE bucket = $bucket AND member = $member AND ordinal = $ordinal;

-- name: passkey_drop :count
DELETE FROM passkey WHERE bucket = $bucket AND member = $member;
