-- SPDX-License-Identifier: AGPL-3.0-or-later

-- name: people_numbered :many
-- row: people_line
-- sort: a handful of numbers, the highest first
-- doc: Numbers are dense, so the directory needs no index: it asks for the next hundred numbers by name.
SELECT m.num, m.home_town FROM {nums:$nums} x JOIN member m ON m.bucket = x.bucket AND m.num = x.id
ORDER BY m.num DESC LIMIT $limit;

-- name: people_with :many
-- row: people_hit
-- types: fits int
-- doc: Who has exactly this word, below a number. fits: 1 when no smaller word of theirs begins as the one that leads the walk,
-- doc: and further ones begin as the others.
-- scatter: a name may be anybody's
SELECT w.num, w.word, m.home_town,
  CASE WHEN NOT EXISTS (SELECT 1 FROM member_word e
                        WHERE e.bucket = w.bucket AND e.num = w.num AND e.word >= $lead:text AND e.word < w.word)
        AND EXISTS (SELECT 1 FROM member_word s WHERE s.bucket = w.bucket AND s.num = w.num AND s.word >= $second:text AND s.word < $second_end:text)
        AND EXISTS (SELECT 1 FROM member_word t WHERE t.bucket = w.bucket AND t.num = w.num AND t.word >= $third:text AND t.word < $third_end:text)
  THEN 1 ELSE 0 END AS fits
FROM member_word w JOIN member m ON m.bucket = w.bucket AND m.num = w.num
WHERE w.word = $word:text AND w.num < $below ORDER BY w.num DESC LIMIT $limit;

-- name: people_after :many
-- row: people_hit
-- types: fits int
-- doc: Who has a word behind this one and before that one. fits: as above.
-- scatter: a name may be anybody's
SELECT w.num, w.word, m.home_town,
  CASE WHEN NOT EXISTS (SELECT 1 FROM member_word e
                        WHERE e.bucket = w.bucket AND e.num = w.num AND e.word >= $lead:text AND e.word < w.word)
        AND EXISTS (SELECT 1 FROM member_word s WHERE s.bucket = w.bucket AND s.num = w.num AND s.word >= $second:text AND s.word < $second_end:text)
        AND EXISTS (SELECT 1 FROM member_word t WHERE t.bucket = w.bucket AND t.num = w.num AND t.word >= $third:text AND t.word < $third_end:text)
  THEN 1 ELSE 0 END AS fits
FROM member_word w JOIN member m ON m.bucket = w.bucket AND m.num = w.num
WHERE w.word > $word:text AND w.word < $end:text ORDER BY w.word, w.num DESC LIMIT $limit;
