-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: site_all :many
-- row: site_line
-- scan: a dozen rows, read at the start and after a change
SELECT s.key, s.value FROM site s ORDER BY s.key LIMIT $limit;

-- name: site_set :exec
INSERT INTO site (key, value) VALUES ($key:text, $value:text) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
