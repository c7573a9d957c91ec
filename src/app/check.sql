-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What `veche admin check` asks of a slice of the buckets, and of what stands beside its rows in other buckets.

-- name: check_relations :many
-- doc: Members whose counters are not what their half-edges say.
-- types: has_friends int, has_followers int, has_requests int, has_follows int, has_asked int, has_blocks int
-- scatter: everybody is looked at, a slice at a time
-- scan: a slice of the primary key
-- sort: the members of a slice
SELECT m.num, m.friends, m.followers, m.requests, m.follows, m.asked, m.blocks,
  COUNT(CASE WHEN (e.bits & 4) > 0 THEN 1 END) AS has_friends,
  COUNT(CASE WHEN (e.bits & 6) = 2 THEN 1 END) AS has_followers,
  COUNT(CASE WHEN (e.bits & 32) > 0 THEN 1 END) AS has_requests,
  COUNT(CASE WHEN (e.bits & 5) = 1 THEN 1 END) AS has_follows,
  COUNT(CASE WHEN (e.bits & 8) > 0 THEN 1 END) AS has_asked,
  COUNT(CASE WHEN (e.bits & 64) > 0 THEN 1 END) AS has_blocks
FROM member m LEFT JOIN edge e ON e.bucket = m.bucket AND e.owner = m.num
WHERE m.bucket >= $from AND m.bucket < $to
GROUP BY m.bucket, m.num
HAVING m.friends <> COUNT(CASE WHEN (e.bits & 4) > 0 THEN 1 END) OR m.followers <> COUNT(CASE WHEN (e.bits & 6) = 2 THEN 1 END)
    OR m.requests <> COUNT(CASE WHEN (e.bits & 32) > 0 THEN 1 END) OR m.follows <> COUNT(CASE WHEN (e.bits & 5) = 1 THEN 1 END)
    OR m.asked <> COUNT(CASE WHEN (e.bits & 8) > 0 THEN 1 END) OR m.blocks <> COUNT(CASE WHEN (e.bits & 64) > 0 THEN 1 END)
LIMIT $limit;

-- name: check_halves :many
-- row: check_line
-- types: kept int, found int
-- doc: Half-edges whose other half lacks what this one says. What the other must have: IN for OUT and back, FRIEND for FRIEND, ASK_IN
-- doc: for ASK_OUT, ASK_OUT for NEW, BLOCKED for BLOCKS and back (graph/graph.h).
-- scatter: everybody is looked at, a slice at a time
-- scan: a slice of the primary key
SELECT e.owner AS num, e.other AS item, e.bits AS kept, COALESCE(o.bits, 0) AS found
FROM edge e LEFT JOIN edge o ON o.bucket = (e.other & 4095) AND o.owner = e.other AND o.other = e.owner
WHERE e.bucket >= $from AND e.bucket < $to
  AND ((e.bits & 1) * 2 | (e.bits & 2) / 2 | (e.bits & 4) | (e.bits & 8) * 2 | (e.bits & 32) / 4 | (e.bits & 64) * 2 | (e.bits & 128) / 2)
      & ~COALESCE(o.bits, 0) <> 0
LIMIT $limit;

-- name: check_near :many
-- row: check_line
-- types: kept int, found int
-- doc: Half-edges whose mark for memory is not what their bits say, or that say nothing.
-- scatter: everybody is looked at, a slice at a time
-- scan: a slice of the primary key
SELECT e.owner AS num, e.other AS item, e.near AS kept, e.bits AS found FROM edge e
WHERE e.bucket >= $from AND e.bucket < $to AND (e.bits = 0 OR e.near <> CASE WHEN (e.bits & 253) > 0 THEN 1 ELSE 0 END)
LIMIT $limit;

-- name: check_circles :many
-- row: check_line
-- types: kept int, found int
-- scatter: everybody is looked at, a slice at a time
-- scan: a slice of the primary key
-- sort: the circles of a slice
SELECT c.owner AS num, c.ordinal AS item, c.members AS kept, COUNT(i.other) AS found
FROM circle c LEFT JOIN circle_member i ON i.bucket = c.bucket AND i.owner = c.owner AND i.ordinal = c.ordinal
WHERE c.bucket >= $from AND c.bucket < $to
GROUP BY c.bucket, c.owner, c.ordinal HAVING c.members <> COUNT(i.other)
LIMIT $limit;

-- name: check_likes :many
-- row: check_line
-- types: kept int, found int
-- scatter: everybody is looked at, a slice at a time
-- scan: a slice of the primary key
-- sort: the posts of a slice
SELECT p.owner AS num, p.ordinal AS item, p.likes AS kept, COUNT(l.member) AS found
FROM post p LEFT JOIN post_like l ON l.bucket = p.bucket AND l.post = p.id
WHERE p.bucket >= $from AND p.bucket < $to
GROUP BY p.bucket, p.id HAVING p.likes <> COUNT(l.member)
LIMIT $limit;

-- name: check_comments :many
-- row: check_line
-- types: kept int, found int
-- scatter: everybody is looked at, a slice at a time
-- scan: a slice of the primary key
-- sort: the posts of a slice
SELECT p.owner AS num, p.ordinal AS item, p.comments AS kept, COUNT(k.id) AS found
FROM post p LEFT JOIN comment k ON k.bucket = p.bucket AND k.post = p.id AND k.deleted_at = 0
WHERE p.bucket >= $from AND p.bucket < $to
GROUP BY p.bucket, p.id HAVING p.comments <> COUNT(k.id)
LIMIT $limit;

-- name: check_reposts :many
-- row: check_line
-- types: kept int, found int
-- scatter: everybody is looked at, a slice at a time
-- scan: a slice of the primary key
-- sort: the posts of a slice
SELECT p.owner AS num, p.ordinal AS item, p.reposts AS kept, COUNT(k.id) AS found
FROM post p LEFT JOIN repost r ON r.bucket = p.bucket AND r.post = p.id
  LEFT JOIN post k ON k.bucket = ((r.copy >> 10) & 4095) AND k.id = r.copy AND k.original = p.id AND k.deleted_at = 0
WHERE p.bucket >= $from AND p.bucket < $to
GROUP BY p.bucket, p.id HAVING p.reposts <> COUNT(k.id)
LIMIT $limit;

-- name: check_bookmarks :many
-- row: check_line
-- types: item int, kept int, found int
-- scatter: everybody is looked at, a slice at a time
-- scan: a slice of the primary key
-- sort: the members of a slice
SELECT m.num, 0 AS item, m.bookmarks AS kept, COUNT(b.post) AS found
FROM member m LEFT JOIN bookmark b ON b.bucket = m.bucket AND b.member = m.num
WHERE m.bucket >= $from AND m.bucket < $to
GROUP BY m.bucket, m.num HAVING m.bookmarks <> COUNT(b.post)
LIMIT $limit;

-- name: check_polls :many
-- row: check_line
-- types: kept int, found int
-- scatter: everybody is looked at, a slice at a time
-- scan: a slice of the primary key
-- sort: the polls of a slice
SELECT p.owner AS num, p.ordinal AS item, q.voters AS kept, COUNT(DISTINCT v.member) AS found
FROM poll q JOIN post p ON p.bucket = q.bucket AND p.id = q.post LEFT JOIN poll_vote v ON v.bucket = q.bucket AND v.post = q.post
WHERE q.bucket >= $from AND q.bucket < $to
GROUP BY p.bucket, p.id, p.owner, p.ordinal, q.voters HAVING q.voters <> COUNT(DISTINCT v.member)
LIMIT $limit;

-- name: check_comment_likes :many
-- row: check_line
-- types: kept int, found int
-- scatter: everybody is looked at, a slice at a time
-- scan: a slice of the primary key
-- sort: the comments of a slice
SELECT k.owner AS num, k.ordinal AS item, k.likes AS kept, COUNT(l.member) AS found
FROM comment k LEFT JOIN comment_like l ON l.bucket = k.bucket AND l.comment = k.id
WHERE k.bucket >= $from AND k.bucket < $to
GROUP BY k.bucket, k.id HAVING k.likes <> COUNT(l.member)
LIMIT $limit;

-- name: check_wall_counts :many
-- row: check_line
-- types: kept int, found int
-- doc: item: the audience.
-- scatter: everybody is looked at, a slice at a time
-- scan: a slice of the primary key
-- sort: the counts of a slice
SELECT n.owner AS num, n.audience AS item, n.posts AS kept, COUNT(p.id) AS found
FROM wall_count n LEFT JOIN post p ON p.bucket = n.bucket AND p.owner = n.owner AND p.author = n.owner AND p.audience = n.audience
                                  AND p.deleted_at = 0
WHERE n.bucket >= $from AND n.bucket < $to
GROUP BY n.bucket, n.owner, n.audience HAVING n.posts <> COUNT(p.id)
LIMIT $limit;

-- name: check_uncounted :many
-- row: check_line
-- types: kept int, found int
-- doc: Posts that no count speaks of. item: the audience.
-- scatter: everybody is looked at, a slice at a time
-- scan: a slice of the primary key
-- sort: the posts of a slice
SELECT p.owner AS num, p.audience AS item, 0 AS kept, COUNT(*) AS found
FROM post p LEFT JOIN wall_count n ON n.bucket = p.bucket AND n.owner = p.owner AND n.audience = p.audience
WHERE p.bucket >= $from AND p.bucket < $to AND p.author = p.owner AND p.deleted_at = 0 AND n.owner IS NULL
GROUP BY p.bucket, p.owner, p.audience
LIMIT $limit;

-- name: check_orphans :many
-- row: check_orphan
-- types: what text, num int
-- doc: What belongs to, or speaks of, members who are not there.
-- scatter: everybody is looked at, a slice at a time
-- scan: a slice of the primary key
SELECT 'edge' AS what, e.owner AS num FROM edge e
WHERE e.bucket >= $from AND e.bucket < $to
  AND NOT EXISTS (SELECT 1 FROM member m WHERE m.bucket = e.bucket AND m.num = e.owner)
UNION ALL
SELECT 'circle' AS what, c.owner AS num FROM circle c
WHERE c.bucket >= $from AND c.bucket < $to
  AND NOT EXISTS (SELECT 1 FROM member m WHERE m.bucket = c.bucket AND m.num = c.owner)
UNION ALL
SELECT 'audience' AS what, a.owner AS num FROM audience a
WHERE a.bucket >= $from AND a.bucket < $to
  AND NOT EXISTS (SELECT 1 FROM member m WHERE m.bucket = a.bucket AND m.num = a.owner)
UNION ALL
SELECT 'privacy' AS what, s.owner AS num FROM privacy s
WHERE s.bucket >= $from AND s.bucket < $to
  AND NOT EXISTS (SELECT 1 FROM member m WHERE m.bucket = s.bucket AND m.num = s.owner)
UNION ALL
SELECT 'wall_count' AS what, n.owner AS num FROM wall_count n
WHERE n.bucket >= $from AND n.bucket < $to
  AND NOT EXISTS (SELECT 1 FROM member m WHERE m.bucket = n.bucket AND m.num = n.owner)
UNION ALL
SELECT 'post' AS what, p.owner AS num FROM post p
WHERE p.bucket >= $from AND p.bucket < $to
  AND NOT EXISTS (SELECT 1 FROM member m WHERE m.bucket = p.bucket AND m.num = p.owner)
UNION ALL
SELECT 'author' AS what, p.author AS num FROM post p
WHERE p.bucket >= $from AND p.bucket < $to AND p.author <> p.owner
  AND NOT EXISTS (SELECT 1 FROM member m WHERE m.bucket = (p.author & 4095) AND m.num = p.author)
UNION ALL
SELECT 'like' AS what, l.member AS num FROM post_like l
WHERE l.bucket >= $from AND l.bucket < $to
  AND NOT EXISTS (SELECT 1 FROM member m WHERE m.bucket = (l.member & 4095) AND m.num = l.member)
UNION ALL
SELECT 'comment' AS what, k.author AS num FROM comment k
WHERE k.bucket >= $from AND k.bucket < $to
  AND NOT EXISTS (SELECT 1 FROM member m WHERE m.bucket = (k.author & 4095) AND m.num = k.author)
LIMIT $limit;

-- name: check_audiences :many
-- row: check_orphan
-- types: what text, num int
-- doc: Posts and settings for an audience that is not there: nobody sees them.
-- scatter: everybody is looked at, a slice at a time
-- scan: a slice of the primary key
SELECT 'post' AS what, p.owner AS num FROM post p
WHERE p.bucket >= $from AND p.bucket < $to AND p.audience > 7 AND p.deleted_at = 0
  AND NOT EXISTS (SELECT 1 FROM audience a WHERE a.bucket = p.bucket AND a.id = p.audience AND a.owner = p.owner)
UNION ALL
SELECT 'privacy' AS what, s.owner AS num FROM privacy s
WHERE s.bucket >= $from AND s.bucket < $to AND s.audience > 7
  AND NOT EXISTS (SELECT 1 FROM audience a WHERE a.bucket = s.bucket AND a.id = s.audience AND a.owner = s.owner)
LIMIT $limit;

-- name: check_names :many
-- row: check_orphan
-- types: what text, num int
-- doc: Members whose name, or whose password, is not stored as theirs.
-- scatter: everybody is looked at, a slice at a time
-- scan: a slice of the primary key
SELECT 'name' AS what, m.num AS num FROM member m
WHERE m.bucket >= $from AND m.bucket < $to AND NOT EXISTS (SELECT 1 FROM name n WHERE n.name = m.name AND n.owner = m.num)
UNION ALL
SELECT 'password' AS what, m.num AS num FROM member m
WHERE m.bucket >= $from AND m.bucket < $to
  AND NOT EXISTS (SELECT 1 FROM credential c WHERE c.bucket = m.bucket AND c.member = m.num)
LIMIT $limit;

-- name: check_looked :one
-- types: edges int, posts int, likes int
-- doc: How much there was to look at.
-- scatter: everybody is looked at, a slice at a time
-- scan: a slice of the primary key
SELECT (SELECT COUNT(*) FROM edge e WHERE e.bucket >= $from AND e.bucket < $to) AS edges,
       (SELECT COUNT(*) FROM post p WHERE p.bucket >= $from AND p.bucket < $to) AS posts,
       (SELECT COUNT(*) FROM post_like l WHERE l.bucket >= $from AND l.bucket < $to) AS likes;

-- name: check_last :one
-- types: members int, strays int
-- doc: The number of the newest member, how many members there are, and how many names and invitations belong to nobody.
-- scatter: a name or an invitation may be anybody's
-- scan: once, and two of the three tables are small
SELECT s.last, (SELECT COUNT(*) FROM member a) AS members,
       (SELECT COUNT(*) FROM name n WHERE NOT EXISTS (SELECT 1 FROM member m WHERE m.bucket = (n.owner & 4095) AND m.num = n.owner)) +
       (SELECT COUNT(*) FROM invitation i WHERE NOT EXISTS (SELECT 1 FROM member m WHERE m.bucket = (i.owner & 4095) AND m.num = i.owner))
       AS strays
FROM member_seq s WHERE s.one = 1;
