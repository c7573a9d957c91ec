-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: people_numbered :many
-- row: people_line
-- sort: a handful of numbers, the highest first
-- doc: Numbers are dense, so the directory needs no index: it asks for the next hundred numbers by name.
SELECT m.num, m.home_town FROM {nums:$nums} x JOIN member m ON m.bucket = x.bucket AND m.num = x.id
ORDER BY m.num DESC LIMIT $limit;

-- name: people_named :many
-- row: people_line
-- scatter: a name may be anybody's
-- scan: as long as words of names have no index; a million members take 0.15 s (tried)
-- sort: the newest members first
-- like: the beginning of a word inside the search key
SELECT m.num, m.home_town FROM member m
WHERE m.search LIKE $first:text ESCAPE '!' AND m.search LIKE $second:text ESCAPE '!' AND m.search LIKE $third:text ESCAPE '!'
  AND m.num < $below
ORDER BY m.num DESC LIMIT $limit;
