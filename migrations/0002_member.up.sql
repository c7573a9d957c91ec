-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Members, their names, sessions and invitations.

CREATE TABLE member (
  bucket INTEGER NOT NULL,                         -- class: operational
  num INTEGER NOT NULL CHECK (num > 0),            -- class: public
  public_id BLOB NOT NULL,                         -- class: public
  name TEXT NOT NULL,                              -- class: public
  given TEXT NOT NULL,                             -- class: profile
  family TEXT NOT NULL,                            -- class: profile
  patronymic TEXT NOT NULL DEFAULT '',             -- class: profile
  maiden TEXT NOT NULL DEFAULT '',                 -- class: profile
  nickname TEXT NOT NULL DEFAULT '',               -- class: profile
  search TEXT NOT NULL DEFAULT '',                 -- class: profile
  gender INTEGER NOT NULL DEFAULT 0,               -- class: profile
  birthday INTEGER NOT NULL DEFAULT 0,             -- class: profile
  birthday_show INTEGER NOT NULL DEFAULT 0,        -- class: profile
  home_town TEXT NOT NULL DEFAULT '',              -- class: profile
  status TEXT NOT NULL DEFAULT '',                 -- class: profile
  role INTEGER NOT NULL DEFAULT 1,                 -- class: public
  state INTEGER NOT NULL DEFAULT 0,                -- class: public
  lang INTEGER NOT NULL DEFAULT 0,                 -- class: settings
  created_day BIGINT NOT NULL,                     -- class: public
  last_day BIGINT NOT NULL,                        -- class: operational
  wall_seq INTEGER NOT NULL DEFAULT 0,             -- class: operational
  friends INTEGER NOT NULL DEFAULT 0 CHECK (friends >= 0),     -- class: relation
  followers INTEGER NOT NULL DEFAULT 0 CHECK (followers >= 0), -- class: relation
  requests INTEGER NOT NULL DEFAULT 0 CHECK (requests >= 0),   -- class: relation
  circle_seq INTEGER NOT NULL DEFAULT 0,           -- class: operational
  version INTEGER NOT NULL DEFAULT 0,              -- class: operational
  PRIMARY KEY (bucket, num)
);
--@distribute member bucket

-- The one name space of members and (later) communities. Unique over all shards, hence a table of its own. `skeleton` is the
-- confusable skeleton (UTS 39 §4): two names that look alike cannot both exist.
CREATE TABLE name (
  name TEXT NOT NULL PRIMARY KEY,                  -- class: public
  skeleton TEXT NOT NULL UNIQUE,                   -- class: public
  owner INTEGER NOT NULL,                          -- class: public
  at BIGINT NOT NULL                               -- class: operational
);
--@reference name

CREATE TABLE credential (
  bucket INTEGER NOT NULL,                         -- class: operational
  member INTEGER NOT NULL,                         -- class: operational
  password TEXT NOT NULL,                          -- class: secret
  PRIMARY KEY (bucket, member),
  FOREIGN KEY (bucket, member) REFERENCES member (bucket, num)
);
--@distribute credential bucket

CREATE TABLE session (
  bucket INTEGER NOT NULL,                         -- class: operational
  hash BLOB NOT NULL,                              -- class: secret
  member INTEGER NOT NULL,                         -- class: operational
  ordinal INTEGER NOT NULL,                        -- class: operational
  created_day BIGINT NOT NULL,                     -- class: operational
  last_day BIGINT NOT NULL,                        -- class: operational
  expires BIGINT NOT NULL,                         -- class: operational
  label TEXT NOT NULL DEFAULT '',                  -- class: operational
  PRIMARY KEY (bucket, hash),
  FOREIGN KEY (bucket, member) REFERENCES member (bucket, num)
);
CREATE INDEX session_expires ON session (expires);
CREATE INDEX session_member ON session (bucket, member, ordinal);
--@distribute session bucket

CREATE TABLE invitation (
  code TEXT NOT NULL PRIMARY KEY,                  -- class: settings
  owner INTEGER NOT NULL,                          -- class: relation
  uses_left INTEGER NOT NULL CHECK (uses_left >= 0), -- class: settings
  used INTEGER NOT NULL DEFAULT 0,                 -- class: settings
  befriend INTEGER NOT NULL CHECK (befriend IN (0, 1)), -- class: settings
  created_day BIGINT NOT NULL,                     -- class: operational
  expires BIGINT NOT NULL                          -- class: settings
);
CREATE INDEX invitation_expires ON invitation (expires);
CREATE INDEX invitation_owner ON invitation (owner, created_day);
--@reference invitation

-- The next member number: one row, in the same transaction as the member.
CREATE TABLE member_seq (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1), -- class: operational
  last INTEGER NOT NULL                            -- class: operational
);
INSERT INTO member_seq (one, last) VALUES (1, 0);
