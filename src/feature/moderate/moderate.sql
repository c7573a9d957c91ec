-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: moderate_set_state :exec
UPDATE member SET state = $state, version = version + 1 WHERE bucket = $bucket AND num = $num;

-- name: moderate_set_role :exec
UPDATE member SET role = $role, version = version + 1 WHERE bucket = $bucket AND num = $num;

-- name: moderate_note :exec
INSERT INTO moderation (bucket, member, ordinal, at, staff, act, reason)
VALUES ($bucket, $member,
        (SELECT COALESCE(MAX(o.ordinal), 0) + 1 FROM moderation o WHERE o.bucket = $bucket AND o.member = $member),
        $at, $staff, $act, $reason:text);

-- name: moderate_notes :many
-- row: moderate_note_line
SELECT n.at, n.staff, n.act, n.reason FROM moderation n
WHERE n.bucket = $bucket AND n.member = $member ORDER BY n.ordinal DESC LIMIT 50;

-- name: moderate_joined :one
SELECT m.created_day FROM member m WHERE m.bucket = $bucket AND m.num = $num;

-- name: moderate_named :many
-- row: moderate_num
-- doc: Who has words that begin as these; newest first.
-- scatter: a name may be anybody's
-- sort: the newest first of those who have such a word
SELECT DISTINCT w.num FROM member_word w
WHERE w.word >= $first:text AND w.word < $first_end:text AND w.num < $before
  AND EXISTS (SELECT 1 FROM member_word s WHERE s.bucket = w.bucket AND s.num = w.num AND s.word >= $second:text AND s.word < $second_end:text)
  AND EXISTS (SELECT 1 FROM member_word t WHERE t.bucket = w.bucket AND t.num = w.num AND t.word >= $third:text AND t.word < $third_end:text)
ORDER BY w.num DESC LIMIT $limit;

-- name: moderate_in_state :many
-- row: moderate_num
-- doc: Newest first; not for active members.
-- scatter: a rare list of staff's
SELECT m.num FROM member m WHERE m.state = $state AND m.state <> 0 AND m.num < $before ORDER BY m.num DESC LIMIT $limit;

-- name: moderate_in_role :many
-- row: moderate_num
-- doc: Newest first; not for plain members.
-- scatter: a rare list of staff's
SELECT m.num FROM member m WHERE m.role = $role AND m.role > 1 AND m.num < $before ORDER BY m.num DESC LIMIT $limit;

-- name: moderate_counts :one
-- types: members int, suspended int, gone int, staff int
-- scatter: the operator's page only
SELECT (SELECT s.last FROM member_seq s WHERE s.one = 1) AS members,
       (SELECT COUNT(*) FROM member m WHERE m.state = 1 AND m.state <> 0) AS suspended,
       (SELECT COUNT(*) FROM member g WHERE g.state = 2 AND g.state <> 0) AS gone,
       (SELECT COUNT(*) FROM member t WHERE t.role > 1) AS staff;

-- name: moderate_database :one
-- doc: The engine with its version, and the size of the database.
-- types: engine text, bytes int
--@sqlite
SELECT 'SQLite ' || sqlite_version() AS engine, p.page_count * s.page_size AS bytes FROM pragma_page_count p, pragma_page_size s;
--@end
--@pg
SELECT 'PostgreSQL ' || current_setting('server_version') AS engine, pg_database_size(current_database()) AS bytes;
--@end
