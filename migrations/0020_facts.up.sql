-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What members tell about themselves beyond their names. A row is there only while it says something.

CREATE TABLE profile_fact (
  bucket INTEGER NOT NULL,                         -- class: operational
  owner INTEGER NOT NULL,                          -- class: profile
  field INTEGER NOT NULL,                          -- class: profile
  choice INTEGER NOT NULL DEFAULT 0,               -- class: profile
  text TEXT NOT NULL DEFAULT '',                   -- class: profile
  PRIMARY KEY (bucket, owner, field),
  FOREIGN KEY (bucket, owner) REFERENCES member (bucket, num)
);
--@distribute profile_fact bucket

-- Schools, universities and places of work. A year that is not told is 0.
CREATE TABLE profile_place (
  bucket INTEGER NOT NULL,                         -- class: operational
  owner INTEGER NOT NULL,                          -- class: profile
  ordinal INTEGER NOT NULL,                        -- class: profile
  kind INTEGER NOT NULL,                           -- class: profile
  name TEXT NOT NULL,                              -- class: profile
  town TEXT NOT NULL,                              -- class: profile
  detail TEXT NOT NULL,                            -- class: profile
  since INTEGER NOT NULL,                          -- class: profile
  until INTEGER NOT NULL,                          -- class: profile
  PRIMARY KEY (bucket, owner, ordinal),
  FOREIGN KEY (bucket, owner) REFERENCES member (bucket, num)
);
--@distribute profile_place bucket
