-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Relationship and family. What a member says lies with them; that it names somebody lies with the one who is named, who alone
-- says whether it is so.

-- Ordinal 0 is the relationship, the others are relatives. `other` is 0 where a name was typed, or nobody is named.
CREATE TABLE kin (
  bucket INTEGER NOT NULL,                         -- class: operational
  owner INTEGER NOT NULL,                          -- class: relation
  ordinal INTEGER NOT NULL,                        -- class: relation
  kind INTEGER NOT NULL,                           -- class: profile
  name TEXT NOT NULL,                              -- class: profile
  other INTEGER NOT NULL,                          -- class: relation
  PRIMARY KEY (bucket, owner, ordinal),
  FOREIGN KEY (bucket, owner) REFERENCES member (bucket, num)
);
--@distribute kin bucket

-- In the bucket of the member who is named. state: 0 waits, 1 agreed, 2 declined.
CREATE TABLE kin_claim (
  bucket INTEGER NOT NULL,                         -- class: operational
  member INTEGER NOT NULL,                         -- class: relation
  owner INTEGER NOT NULL,                          -- class: relation
  ordinal INTEGER NOT NULL,                        -- class: relation
  kind INTEGER NOT NULL,                           -- class: profile
  state INTEGER NOT NULL CHECK (state IN (0, 1, 2)), -- class: relation
  PRIMARY KEY (bucket, member, owner, ordinal),
  FOREIGN KEY (bucket, member) REFERENCES member (bucket, num)
);
CREATE INDEX kin_claim_waits ON kin_claim (bucket, member, owner, ordinal) WHERE state = 0;
--@distribute kin_claim bucket
