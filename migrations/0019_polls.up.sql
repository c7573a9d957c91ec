-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Polls: at most one beside a post, in its bucket. Who chose what is kept for anonymous ones too, or somebody could choose twice.

CREATE TABLE poll (
  bucket INTEGER NOT NULL,                         -- class: operational
  post BIGINT NOT NULL,                            -- class: public
  question TEXT NOT NULL,                          -- class: content
  anonymous INTEGER NOT NULL CHECK (anonymous IN (0, 1)), -- class: public
  several INTEGER NOT NULL CHECK (several IN (0, 1)), -- class: public
  changes INTEGER NOT NULL CHECK (changes IN (0, 1)), -- class: public
  ends_at BIGINT NOT NULL,                         -- class: public
  voters INTEGER NOT NULL DEFAULT 0 CHECK (voters >= 0), -- class: public
  PRIMARY KEY (bucket, post),
  FOREIGN KEY (bucket, post) REFERENCES post (bucket, id)
);
--@distribute poll bucket

CREATE TABLE poll_answer (
  bucket INTEGER NOT NULL,                         -- class: operational
  post BIGINT NOT NULL,                            -- class: public
  ordinal INTEGER NOT NULL,                        -- class: public
  text TEXT NOT NULL,                              -- class: content
  votes INTEGER NOT NULL DEFAULT 0 CHECK (votes >= 0), -- class: public
  PRIMARY KEY (bucket, post, ordinal),
  FOREIGN KEY (bucket, post) REFERENCES poll (bucket, post)
--@sqlite
) WITHOUT ROWID;
--@end
--@pg
);
--@end
--@distribute poll_answer bucket

CREATE TABLE poll_vote (
  bucket INTEGER NOT NULL,                         -- class: operational
  post BIGINT NOT NULL,                            -- class: public
  member INTEGER NOT NULL,                         -- class: relation
  answer INTEGER NOT NULL,                         -- class: relation
  PRIMARY KEY (bucket, post, member, answer),
  FOREIGN KEY (bucket, post, answer) REFERENCES poll_answer (bucket, post, ordinal)
--@sqlite
) WITHOUT ROWID;
--@end
--@pg
);
--@end
CREATE INDEX poll_vote_answer ON poll_vote (bucket, post, answer, member);
--@distribute poll_vote bucket

ALTER TABLE post ADD COLUMN poll INTEGER NOT NULL DEFAULT 0 CHECK (poll IN (0, 1)); -- class: public
