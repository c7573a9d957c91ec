-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Whom a member does not want to be suggested any more.

CREATE TABLE suggest_no (
  bucket INTEGER NOT NULL,                         -- class: operational
  owner INTEGER NOT NULL,                          -- class: relation
  other INTEGER NOT NULL CHECK (other <> owner),   -- class: relation
  PRIMARY KEY (bucket, owner, other),
  FOREIGN KEY (bucket, owner) REFERENCES member (bucket, num)
);
--@distribute suggest_no bucket
