-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: account_next_num :one
-- doc: The next member number; the row is locked until the commit.
UPDATE member_seq SET last = last + 1 WHERE one = 1 RETURNING last AS num;

-- name: account_count :one
-- doc: How many members have ever signed up.
SELECT s.last AS num FROM member_seq s WHERE s.one = 1;

-- name: account_claim_name :count
-- doc: 0 rows when the name, or one that looks like it, is taken.
INSERT INTO name (name, skeleton, owner, at) VALUES ($name:text, $skeleton:text, $owner, $at) ON CONFLICT DO NOTHING;

-- name: account_insert :exec
INSERT INTO member (bucket, num, public_id, name, given, family, search, gender, role, lang, created_day, last_day)
VALUES ($bucket, $num, $public_id:blob, $name:text, $given:text, $family:text, $search:text, $gender, $role, $lang, $day, $day);

-- name: account_words_drop :exec
DELETE FROM member_word WHERE bucket = $bucket AND num = $num;

-- name: account_word_add :exec
INSERT INTO member_word (bucket, num, word) VALUES ($bucket, $num, $word:text) ON CONFLICT DO NOTHING;

-- name: account_set_password :exec
INSERT INTO credential (bucket, member, password) VALUES ($bucket, $member, $password:text)
ON CONFLICT (bucket, member) DO UPDATE SET password = excluded.password;

-- name: account_change_password :count
-- doc: 0 rows when another one was stored meanwhile.
UPDATE credential SET password = $password:text, epoch = epoch + 1 WHERE bucket = $bucket AND member = $member AND password = $was:text;

-- name: account_password :one
SELECT k.password FROM credential k WHERE k.bucket = $bucket AND k.member = $member;

-- name: account_epoch :one
SELECT k.epoch FROM credential k WHERE k.bucket = $bucket AND k.member = $member;

-- name: account_epoch_next :exec
UPDATE credential SET epoch = epoch + 1 WHERE bucket = $bucket AND member = $member;

-- name: account_by_name :one
SELECT n.owner AS num FROM name n WHERE n.name = $name:text;

-- name: account_session_insert :exec
INSERT INTO session (bucket, hash, member, ordinal, created_day, last_day, expires, label)
VALUES ($bucket, $hash:blob, $member, $ordinal, $day, $day, $expires, $label:text);

-- name: account_session_number :one
-- doc: The number of the next session; never given out again. Whoever logs in is here.
UPDATE member SET session_seq = session_seq + 1, last_day = $day WHERE bucket = $bucket AND num = $num
RETURNING session_seq AS ordinal;

-- name: account_session_count :one
-- types: sessions int
SELECT COUNT(*) AS sessions FROM session s WHERE s.bucket = $bucket AND s.member = $member;

-- name: account_session_oldest :many
-- row: account_session_oldest
-- sort: about 50 sessions of one member
SELECT s.hash FROM session s WHERE s.bucket = $bucket AND s.member = $member ORDER BY s.last_day, s.ordinal LIMIT $limit;

-- name: account_session_rename :count
UPDATE session SET hash = $fresh:blob WHERE bucket = $bucket AND hash = $hash:blob AND member = $member;

-- name: account_session_seen :count
UPDATE session SET last_day = $day WHERE bucket = $bucket AND hash = $hash:blob AND last_day < $day;

-- name: account_expired_sessions :many
-- row: account_expired
-- scatter: a sweep over all members, in slices
SELECT s.bucket, s.hash FROM session s WHERE s.expires < $now ORDER BY s.expires LIMIT $limit;

-- name: account_expired_invites :many
-- row: account_expired_invite
SELECT i.code FROM invitation i WHERE i.expires < $now ORDER BY i.expires LIMIT $limit;

-- name: account_invite_drop :exec
DELETE FROM invitation WHERE code = $code:text;

-- name: account_member_seen :exec
UPDATE member SET last_day = $day WHERE bucket = $bucket AND num = $num;

-- name: account_sessions :many
-- row: account_session_line
-- sort: at most 50 sessions of one member
SELECT s.hash, s.ordinal, s.created_day, s.last_day, s.label
FROM session s WHERE s.bucket = $bucket AND s.member = $member AND s.expires > $now
ORDER BY s.last_day DESC, s.ordinal DESC LIMIT 50;

-- name: account_session_end :count
DELETE FROM session WHERE bucket = $bucket AND hash = $hash:blob;

-- name: account_session_end_ordinal :count
DELETE FROM session WHERE bucket = $bucket AND member = $member AND ordinal = $ordinal;

-- name: account_session_end_others :count
DELETE FROM session WHERE bucket = $bucket AND member = $member AND hash <> $hash:blob;

-- name: account_session_end_all :count
DELETE FROM session WHERE bucket = $bucket AND member = $member;

-- name: account_invite_insert :exec
INSERT INTO invitation (code, owner, uses_left, befriend, created_day, expires)
VALUES ($code:text, $owner, $uses, $befriend, $day, $expires);

-- name: account_invite :one
SELECT i.owner, i.uses_left, i.befriend FROM invitation i WHERE i.code = $code:text AND i.expires > $now AND i.uses_left > 0;

-- name: account_invite_use :count
UPDATE invitation SET uses_left = uses_left - 1, used = used + 1
WHERE code = $code:text AND expires > $now AND uses_left > 0;

-- name: account_invites :many
-- row: account_invite_line
-- sort: at most 50 invitations of one member
SELECT i.code, i.uses_left, i.expires FROM invitation i
WHERE i.owner = $owner AND i.expires > $now AND i.uses_left > 0 ORDER BY i.expires DESC, i.code LIMIT 50;

-- name: account_invite_count :one
-- types: invitations int
SELECT COUNT(*) AS invitations FROM invitation i WHERE i.owner = $owner AND i.expires > $now AND i.uses_left > 0;

-- name: account_invite_end :count
DELETE FROM invitation WHERE code = $code:text AND owner = $owner;
