-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Finding people by the beginnings of their names, and numbers of sessions that never come back.

-- The words of member.search, one a row: a search reads a piece of member_word_find instead of every member.
CREATE TABLE member_word (
  bucket INTEGER NOT NULL,                         -- class: operational
  num INTEGER NOT NULL,                            -- class: public
  word TEXT NOT NULL,                              -- class: profile --@sqlite
  word TEXT COLLATE "C" NOT NULL,                  -- class: profile --@pg
  PRIMARY KEY (bucket, num, word),
  FOREIGN KEY (bucket, num) REFERENCES member (bucket, num)
--@sqlite
) WITHOUT ROWID;
--@end
--@pg
);
--@end
CREATE INDEX member_word_find ON member_word (word, num DESC);
--@distribute member_word bucket

--@sqlite
INSERT INTO member_word (bucket, num, word)
WITH RECURSIVE cut (bucket, num, word, rest) AS (
  SELECT bucket, num, '', search || ' ' FROM member
  UNION ALL
  SELECT bucket, num, substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') + 1) FROM cut WHERE rest <> '')
SELECT DISTINCT bucket, num, word FROM cut WHERE word <> '';
--@end
--@pg
INSERT INTO member_word (bucket, num, word)
SELECT DISTINCT m.bucket, m.num, w.word FROM member m, string_to_table(m.search, ' ') AS w (word) WHERE w.word <> '';
--@end

-- The last number given to a session. Numbers that ended are not given out again: a page that is still open somewhere must not
-- end another session than the one that it showed.
ALTER TABLE member ADD COLUMN session_seq INTEGER NOT NULL DEFAULT 0; -- class: operational
UPDATE member SET session_seq =
  (SELECT COALESCE(MAX(s.ordinal), 0) FROM session s WHERE s.bucket = member.bucket AND s.member = member.num);
