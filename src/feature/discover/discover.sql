-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: discover_dismiss :exec
INSERT INTO suggest_no (bucket, owner, other) VALUES ($bucket, $owner, $other) ON CONFLICT (bucket, owner, other) DO NOTHING;

-- name: discover_dismissed :many
-- doc: Which of these $owner does not want to see suggested. The list is of others, so its buckets are not asked.
SELECT s.other FROM {nums:$others} n JOIN suggest_no s ON s.other = n.id WHERE s.bucket = $bucket AND s.owner = $owner LIMIT 128;

-- name: discover_birthdays :many
-- doc: Who of these has told a birthday that lies between two days, as month × 100 + day, both included; the year may end between.
SELECT m.num, m.birthday, m.birthday_show FROM {nums:$friends} n JOIN member m ON m.bucket = n.bucket AND m.num = n.id
WHERE m.state = 0 AND m.birthday_show > 0 AND m.birthday > 0
  AND (($from <= $to AND m.birthday % 10000 >= $from AND m.birthday % 10000 <= $to)
    OR ($from > $to AND (m.birthday % 10000 >= $from OR m.birthday % 10000 <= $to)))
LIMIT $limit;
