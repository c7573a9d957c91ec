-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: bookmark_insert :count
INSERT INTO bookmark (bucket, member, post, at) VALUES ($bucket, $member, $post, $at) ON CONFLICT DO NOTHING;

-- name: bookmark_delete :count
DELETE FROM bookmark WHERE bucket = $bucket AND member = $member AND post = $post;

-- name: bookmark_counted :one
-- doc: How many there are with $by more; the member's row is locked until the commit.
UPDATE member SET bookmarks = bookmarks + $by WHERE bucket = $bucket AND num = $num RETURNING bookmarks AS bookmarks;

-- name: bookmark_page :many
-- doc: What was kept below the pair ($at, $post), the latest first.
SELECT b.post, b.at FROM bookmark b WHERE b.bucket = $bucket AND b.member = $member AND (b.at, b.post) < ($at, $post)
ORDER BY b.at DESC, b.post DESC LIMIT $limit;
