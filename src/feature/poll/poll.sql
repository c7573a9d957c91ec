-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: poll_insert :exec
INSERT INTO poll (bucket, post, question, anonymous, several, changes, ends_at)
VALUES ($bucket, $post, $question:text, $anonymous, $several, $changes, $ends_at);

-- name: poll_answer_insert :exec
INSERT INTO poll_answer (bucket, post, ordinal, text) VALUES ($bucket, $post, $ordinal, $text:text);

-- name: poll_of :many
-- row: poll_row
SELECT q.post, q.question, q.anonymous, q.several, q.changes, q.ends_at, q.voters
FROM {ids:$posts} i JOIN poll q ON q.bucket = i.bucket AND q.post = i.id LIMIT 64;

-- name: poll_answers_of :many
-- row: poll_answer
-- sort: at most ten for each of the posts of a page
SELECT a.post, a.ordinal, a.text, a.votes FROM {ids:$posts} i JOIN poll_answer a ON a.bucket = i.bucket AND a.post = i.id
ORDER BY a.post, a.ordinal LIMIT 640;

-- name: poll_choices_of :many
-- row: poll_choice
SELECT v.post, v.answer FROM {ids:$posts} i JOIN poll_vote v ON v.bucket = i.bucket AND v.post = i.id
WHERE v.member = $member LIMIT 640;

-- name: poll_vote_insert :exec
INSERT INTO poll_vote (bucket, post, member, answer) VALUES ($bucket, $post, $member, $answer);

-- name: poll_vote_delete :exec
DELETE FROM poll_vote WHERE bucket = $bucket AND post = $post AND member = $member;

-- name: poll_count_answer :exec
UPDATE poll_answer SET votes = votes + $by WHERE bucket = $bucket AND post = $post AND ordinal = $ordinal;

-- name: poll_count_voters :exec
UPDATE poll SET voters = voters + $by WHERE bucket = $bucket AND post = $post;

-- name: poll_voters :many
-- row: poll_voter
SELECT v.member FROM poll_vote v WHERE v.bucket = $bucket AND v.post = $post AND v.answer = $answer AND v.member > $after
ORDER BY v.member LIMIT $limit;

-- name: poll_erase_votes :exec
DELETE FROM poll_vote WHERE bucket = $bucket AND post = $post;

-- name: poll_erase_answers :exec
DELETE FROM poll_answer WHERE bucket = $bucket AND post = $post;

-- name: poll_erase :exec
DELETE FROM poll WHERE bucket = $bucket AND post = $post;
