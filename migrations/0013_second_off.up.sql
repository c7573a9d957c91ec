-- SPDX-License-Identifier: AGPL-3.0-or-later
-- One more act that is noted: that the operator took a member's second factor away (5).
--@sqlite
ALTER TABLE moderation RENAME TO moderation_before;
CREATE TABLE moderation (
  bucket INTEGER NOT NULL,                         -- class: operational
  member INTEGER NOT NULL,                         -- class: relation
  ordinal INTEGER NOT NULL,                        -- class: operational
  at BIGINT NOT NULL,                              -- class: relation
  staff INTEGER NOT NULL,                          -- class: relation
  act INTEGER NOT NULL CHECK (act BETWEEN 1 AND 5), -- class: relation
  reason TEXT NOT NULL,                            -- class: content
  PRIMARY KEY (bucket, member, ordinal),
  FOREIGN KEY (bucket, member) REFERENCES member (bucket, num)
);
INSERT INTO moderation (bucket, member, ordinal, at, staff, act, reason)
SELECT bucket, member, ordinal, at, staff, act, reason FROM moderation_before;
DROP TABLE moderation_before;
--@end
--@pg
ALTER TABLE moderation DROP CONSTRAINT moderation_act_check;
ALTER TABLE moderation ADD CONSTRAINT moderation_act_check CHECK (act BETWEEN 1 AND 5);
--@end
