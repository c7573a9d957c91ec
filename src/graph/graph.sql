-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What memory is filled from, and what an act asks instead of memory.

-- name: graph_person :one
SELECT m.name, m.given, m.family, m.gender, m.role, m.state, m.version
FROM member m WHERE m.bucket = $bucket AND m.num = $num;

-- name: graph_sessions :many
-- doc: The account keeps them below $limit.
SELECT s.hash, s.created_day, s.last_day, s.expires FROM session s WHERE s.bucket = $bucket AND s.member = $member
ORDER BY s.ordinal DESC LIMIT $limit;

-- name: graph_mutes :many
SELECT m.other, m.until FROM mute m WHERE m.bucket = $bucket AND m.owner = $owner ORDER BY m.other LIMIT $limit;

-- name: graph_filters :many
SELECT f.words, f.whole, f.warns, f.until FROM word_filter f
WHERE f.bucket = $bucket AND f.owner = $owner ORDER BY f.ordinal LIMIT $limit;

-- name: graph_near :many
-- doc: Half-edges that memory keeps, in the order of the other side.
SELECT e.other, e.bits FROM edge e
WHERE e.bucket = $bucket AND e.owner = $owner AND e.near = 1 AND e.other > $after
ORDER BY e.other LIMIT $limit;

-- name: graph_half :one
SELECT e.bits FROM edge e
WHERE e.bucket = $bucket AND e.owner = $owner AND e.other = $other AND e.near = 1;

-- name: graph_settings :many
SELECT p.item, p.audience FROM privacy p
WHERE p.bucket = $bucket AND p.owner = $owner AND p.item < $items
ORDER BY p.item LIMIT $items;

-- name: graph_setting_of :one
SELECT p.audience FROM privacy p WHERE p.bucket = $bucket AND p.owner = $owner AND p.item = $item;

-- name: graph_circles :many
-- doc: Which circles there are, empty ones too.
SELECT c.ordinal, c.title FROM circle c WHERE c.bucket = $bucket AND c.owner = $owner AND c.ordinal > $after ORDER BY c.ordinal LIMIT $limit;

-- name: graph_circle_there :one
SELECT c.ordinal FROM circle c WHERE c.bucket = $bucket AND c.owner = $owner AND c.ordinal = $ordinal;

-- name: graph_circle_members :many
-- doc: Everybody in any circle of the owner, circle by circle; the pair ($ordinal, $after) is where the last page ended.
SELECT m.ordinal, m.other FROM circle_member m
WHERE m.bucket = $bucket AND m.owner = $owner AND (m.ordinal, m.other) > ($ordinal, $after)
ORDER BY m.ordinal, m.other LIMIT $limit;

-- name: graph_circle_has :one
SELECT m.other FROM circle_member m
WHERE m.bucket = $bucket AND m.owner = $owner AND m.ordinal = $ordinal AND m.other = $other;

-- name: graph_ring :many
-- doc: What stands on a wall below `before`, newest first.
SELECT p.id, p.audience, p.author, p.ordinal, p.version, p.likes, p.comments, p.original, p.reposts, p.poll, p.photos
FROM post p
WHERE p.bucket = $bucket AND p.owner = $owner AND p.deleted_at = 0 AND p.id < $before
ORDER BY p.id DESC LIMIT $limit;

-- name: graph_liked :many
-- scatter: a like lies with its post; memory asks once and keeps the answer
SELECT l.post FROM post_like l WHERE l.member = $member ORDER BY l.post DESC LIMIT $limit;

-- name: graph_liked_of :many
SELECT l.post FROM {ids:$posts} i JOIN post_like l ON l.bucket = i.bucket AND l.post = i.id WHERE l.member = $member LIMIT 1024;

-- name: graph_audience :one
SELECT a.spec FROM audience a WHERE a.bucket = $bucket AND a.id = $id;

-- name: graph_audience_find :one
SELECT a.id FROM audience a WHERE a.bucket = $bucket AND a.owner = $owner AND a.spec = $spec:text;

-- name: graph_audience_add :exec
-- doc: Does nothing when another transaction was faster; find it again afterwards.
INSERT INTO audience (bucket, id, owner, spec) VALUES ($bucket, $id, $owner, $spec:text)
ON CONFLICT (bucket, owner, spec) DO NOTHING;

-- What changes when an audience of somebody's things is replaced by another one.

-- name: graph_setting_replace :exec
UPDATE privacy SET audience = $fresh WHERE bucket = $bucket AND owner = $owner AND item = $item;

-- name: graph_wall_audiences :many
-- doc: The interned audiences of the posts that stand on the owner's wall, with how many have each.
SELECT n.audience, n.posts FROM wall_count n
WHERE n.bucket = $bucket AND n.owner = $owner AND n.audience > $after AND n.posts > 0 ORDER BY n.audience LIMIT $limit;

-- name: graph_posts_replace :exec
UPDATE post SET audience = $fresh WHERE bucket = $bucket AND owner = $owner AND deleted_at = 0 AND audience = $stale;

-- name: graph_wall_count_take :exec
UPDATE wall_count SET posts = posts - $posts WHERE bucket = $bucket AND owner = $owner AND audience = $audience;

-- name: graph_wall_count_put :exec
INSERT INTO wall_count (bucket, owner, audience, posts) VALUES ($bucket, $owner, $audience, $posts)
ON CONFLICT (bucket, owner, audience) DO UPDATE SET posts = wall_count.posts + excluded.posts;

-- name: graph_notices_seen :one
SELECT s.seen_at FROM notice_state s WHERE s.bucket = $bucket AND s.member = $member;

-- name: graph_notices_fresh :many
SELECT DISTINCT n.kind, n.about FROM notice n WHERE n.bucket = $bucket AND n.member = $member AND n.at > $seen LIMIT $limit;
