-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: notice_put :exec
INSERT INTO notice (bucket, member, kind, about, actor, post, comment, at)
VALUES ($bucket, $member, $kind, $about, $actor, $post, $comment, $at)
ON CONFLICT (bucket, member, kind, about, actor) DO UPDATE SET post = excluded.post, comment = excluded.comment, at = excluded.at;

-- name: notice_drop :count
DELETE FROM notice WHERE bucket = $bucket AND member = $member AND kind = $kind AND about = $about AND actor = $actor;

-- name: notice_drop_of :count
DELETE FROM notice WHERE bucket = $bucket AND member = $member AND actor = $actor;

-- name: notice_newest :many
-- row: notice_row
SELECT n.kind, n.about, n.actor, n.post, n.comment, n.at FROM notice n
WHERE n.bucket = $bucket AND n.member = $member AND n.at < $before ORDER BY n.at DESC LIMIT $limit;

-- name: notice_state_of :one
SELECT s.seen_at, s.off FROM notice_state s WHERE s.bucket = $bucket AND s.member = $member;

-- name: notice_state_seen :exec
INSERT INTO notice_state (bucket, member, seen_at) VALUES ($bucket, $member, $at)
ON CONFLICT (bucket, member) DO UPDATE SET seen_at = excluded.seen_at WHERE notice_state.seen_at < excluded.seen_at;

-- name: notice_state_off :exec
INSERT INTO notice_state (bucket, member, off) VALUES ($bucket, $member, $off)
ON CONFLICT (bucket, member) DO UPDATE SET off = excluded.off;

-- name: notice_old :many
-- scatter: a sweep over all that is old, in slices
SELECT n.bucket, n.member, n.kind, n.about, n.actor FROM notice n WHERE n.at < $before ORDER BY n.at LIMIT $limit;
