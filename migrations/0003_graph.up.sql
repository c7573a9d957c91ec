-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Who stands how to whom. Each relation is two half-edges, one in the bucket of each side.

CREATE TABLE edge (
  bucket INTEGER NOT NULL,                         -- class: operational
  owner INTEGER NOT NULL,                          -- class: relation
  other INTEGER NOT NULL CHECK (other <> owner),   -- class: relation
  bits INTEGER NOT NULL,                           -- class: relation
  near INTEGER NOT NULL CHECK (near IN (0, 1)),    -- class: relation
  at BIGINT NOT NULL,                              -- class: relation
  message TEXT NOT NULL DEFAULT '',                -- class: content
  PRIMARY KEY (bucket, owner, other)
);
-- Memory holds only what can open a door or fill the news; a million silent followers stay here.
CREATE INDEX edge_near ON edge (bucket, owner, other) WHERE near = 1;
CREATE INDEX edge_recent ON edge (bucket, owner, at);
--@distribute edge bucket

CREATE TABLE circle (
  bucket INTEGER NOT NULL,                         -- class: operational
  owner INTEGER NOT NULL,                          -- class: relation
  ordinal INTEGER NOT NULL,                        -- class: relation
  title TEXT NOT NULL,                             -- class: relation
  members INTEGER NOT NULL DEFAULT 0 CHECK (members >= 0), -- class: relation
  PRIMARY KEY (bucket, owner, ordinal)
);
--@distribute circle bucket

CREATE TABLE circle_member (
  bucket INTEGER NOT NULL,                         -- class: operational
  owner INTEGER NOT NULL,                          -- class: relation
  ordinal INTEGER NOT NULL,                        -- class: relation
  other INTEGER NOT NULL,                          -- class: relation
  PRIMARY KEY (bucket, owner, ordinal, other),
  FOREIGN KEY (bucket, owner, ordinal) REFERENCES circle (bucket, owner, ordinal) ON DELETE CASCADE
);
CREATE INDEX circle_member_other ON circle_member (bucket, owner, other);
--@distribute circle_member bucket

-- An interned audience: never changed, never deleted while something points to it. `spec` is canonical (graph/audience.h).
CREATE TABLE audience (
  bucket INTEGER NOT NULL,                         -- class: operational
  id BIGINT NOT NULL CHECK (id > 7),               -- class: operational
  owner INTEGER NOT NULL,                          -- class: relation
  spec TEXT NOT NULL,                              -- class: relation
  PRIMARY KEY (bucket, id),
  UNIQUE (bucket, owner, spec)
);
--@distribute audience bucket

CREATE TABLE privacy (
  bucket INTEGER NOT NULL,                         -- class: operational
  owner INTEGER NOT NULL,                          -- class: settings
  item INTEGER NOT NULL,                           -- class: settings
  audience BIGINT NOT NULL,                        -- class: settings
  PRIMARY KEY (bucket, owner, item)
);
--@distribute privacy bucket
