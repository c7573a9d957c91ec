-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: node_all :many
-- scan: 64 rows at most
SELECT n.number, n.high_water, n.lease_until FROM node n ORDER BY n.number LIMIT 64;

-- name: node_lease :count
-- doc: 0 when somebody else was faster.
INSERT INTO node (number, high_water, holder, lease_until) VALUES ($number, 0, $holder, $until)
ON CONFLICT (number) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until
WHERE node.lease_until <= $now;

-- name: node_renew :count
-- doc: 0 when the number is somebody else's by now.
UPDATE node SET lease_until = $until WHERE number = $number AND holder = $holder;
