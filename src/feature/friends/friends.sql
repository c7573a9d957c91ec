-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: friends_half :one
SELECT e.bits, e.at, e.message FROM edge e WHERE e.bucket = $bucket AND e.owner = $owner AND e.other = $other;

-- name: friends_half_put :exec
INSERT INTO edge (bucket, owner, other, bits, near, at, message) VALUES ($bucket, $owner, $other, $bits, $near, $at, $message:text)
ON CONFLICT (bucket, owner, other) DO UPDATE
SET bits = excluded.bits, near = excluded.near, at = excluded.at, message = excluded.message;

-- name: friends_half_drop :exec
DELETE FROM edge WHERE bucket = $bucket AND owner = $owner AND other = $other;

-- name: friends_counters :one
SELECT m.friends, m.followers, m.requests, m.follows, m.asked, m.blocks FROM member m WHERE m.bucket = $bucket AND m.num = $num;

-- name: friends_counters_move :exec
UPDATE member SET friends = friends + $friends, followers = followers + $followers, requests = requests + $requests,
  follows = follows + $follows, asked = asked + $asked, blocks = blocks + $blocks
WHERE bucket = $bucket AND num = $num;

-- name: friends_near :many
-- row: friends_line
-- doc: Half-edges whose bits, under `mask`, are `wanted`; the latest first, below the pair (`at`, `other`). Silent followers are
-- doc: not among them: the index of near ones keeps a celebrity's page of requests as quick as anybody's.
-- sort: the near half-edges of one member
SELECT e.other, e.bits, e.at, e.message
--@sqlite
FROM edge e INDEXED BY edge_near
--@end
--@pg
FROM edge e
--@end
WHERE e.bucket = $bucket AND e.owner = $owner AND e.near = 1 AND (e.bits & $mask) = $wanted
  AND (e.at, e.other) < ($at, $other)
ORDER BY e.at DESC, e.other DESC LIMIT $limit;

-- name: friends_followers :many
-- row: friends_line
-- doc: The same for followers, silent ones included.
-- sort: those of one millisecond
SELECT e.other, e.bits, e.at, e.message FROM edge e
WHERE e.bucket = $bucket AND e.owner = $owner AND (e.bits & $mask) = $wanted
  AND (e.at, e.other) < ($at, $other)
ORDER BY e.at DESC, e.other DESC LIMIT $limit;
