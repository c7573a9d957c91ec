-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: node_high :one
SELECT n.high_water FROM node n WHERE n.number = $number;

-- name: node_reserve :exec
-- doc: Raises the mark, never lowers it.
INSERT INTO node (number, high_water) VALUES ($number, $high)
ON CONFLICT (number) DO UPDATE SET high_water = excluded.high_water WHERE node.high_water < excluded.high_water;
