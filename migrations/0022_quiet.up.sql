-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What a member does not want to read. until: when it ends by itself; 0 for never.

CREATE TABLE mute (
  bucket INTEGER NOT NULL,                         -- class: operational
  owner INTEGER NOT NULL,                          -- class: relation
  other INTEGER NOT NULL CHECK (other <> owner),   -- class: relation
  until BIGINT NOT NULL,                           -- class: settings
  PRIMARY KEY (bucket, owner, other),
  FOREIGN KEY (bucket, owner) REFERENCES member (bucket, num)
);
--@distribute mute bucket

CREATE TABLE word_filter (
  bucket INTEGER NOT NULL,                         -- class: operational
  owner INTEGER NOT NULL,                          -- class: settings
  ordinal INTEGER NOT NULL,                        -- class: settings
  words TEXT NOT NULL,                             -- class: settings
  whole INTEGER NOT NULL CHECK (whole IN (0, 1)),  -- class: settings
  warns INTEGER NOT NULL CHECK (warns IN (0, 1)),  -- class: settings
  until BIGINT NOT NULL,                           -- class: settings
  PRIMARY KEY (bucket, owner, ordinal),
  FOREIGN KEY (bucket, owner) REFERENCES member (bucket, num)
);
--@distribute word_filter bucket
