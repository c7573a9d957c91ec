-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: node_high :one
SELECT n.high_water FROM node n WHERE n.number = $number;

-- name: node_reserve :count
-- doc: Raises the mark, never lowers it; 0 when the number is somebody else's by now.
INSERT INTO node (number, high_water, holder) VALUES ($number, $high, $holder)
ON CONFLICT (number) DO UPDATE SET high_water = excluded.high_water
WHERE node.high_water < excluded.high_water AND node.holder = excluded.holder;
