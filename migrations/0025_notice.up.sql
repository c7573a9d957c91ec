-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What others did that concerns a member, in that member's bucket. One row for each actor and thing: who likes, takes it back and
-- likes again is told of once. `about` is what several of a kind are shown together by: a post, a comment, or nothing (0).

CREATE TABLE notice (
  bucket INTEGER NOT NULL,                         -- class: operational
  member INTEGER NOT NULL,                         -- class: relation
  kind INTEGER NOT NULL,                           -- class: relation
  about BIGINT NOT NULL,                           -- class: relation
  actor INTEGER NOT NULL CHECK (actor <> member),  -- class: relation
  post BIGINT NOT NULL,                            -- class: relation
  comment BIGINT NOT NULL,                         -- class: relation
  at BIGINT NOT NULL,                              -- class: relation
  PRIMARY KEY (bucket, member, kind, about, actor),
  FOREIGN KEY (bucket, member) REFERENCES member (bucket, num)
--@sqlite
) WITHOUT ROWID;
--@end
--@pg
);
--@end
CREATE INDEX notice_newest ON notice (bucket, member, at);
-- What one member did to another goes when one of them blocks the other.
CREATE INDEX notice_actor ON notice (bucket, member, actor);
-- What is old goes.
CREATE INDEX notice_at ON notice (at);
--@distribute notice bucket

-- How far a member has read, and of which kinds they do not want to hear (a bit each).
CREATE TABLE notice_state (
  bucket INTEGER NOT NULL,                         -- class: operational
  member INTEGER NOT NULL,                         -- class: operational
  seen_at BIGINT NOT NULL DEFAULT 0,               -- class: settings
  off INTEGER NOT NULL DEFAULT 0,                  -- class: settings
  PRIMARY KEY (bucket, member),
  FOREIGN KEY (bucket, member) REFERENCES member (bucket, num)
--@sqlite
) WITHOUT ROWID;
--@end
--@pg
);
--@end
--@distribute notice_state bucket
