-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: member_set :exec
UPDATE member SET photo = $photo:blob?, score = $score:real?, name = $name:text, seen_at = $now WHERE num = $num;

-- name: member_names :many
-- doc: Members of a list who own a post.
SELECT m.num, m.name FROM {nums:$nums} n JOIN member m ON m.num = n.id
WHERE EXISTS (SELECT 1 FROM post p WHERE p.bucket = n.bucket AND p.owner = n.id)
LIMIT 1000;

-- name: member_nickname :exec
-- doc: NULL is a value here, and $name:text? is said twice.
UPDATE member SET name = $name:text?, photo = $photo:blob WHERE num = $num AND $name:text? IS NOT NULL;
