-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What staff did to members, and why: shown on the member's page of the administration, never changed.

CREATE TABLE moderation (
  bucket INTEGER NOT NULL,                         -- class: operational
  member INTEGER NOT NULL,                         -- class: relation
  ordinal INTEGER NOT NULL,                        -- class: operational
  at BIGINT NOT NULL,                              -- class: relation
  staff INTEGER NOT NULL,                          -- class: relation
  act INTEGER NOT NULL CHECK (act BETWEEN 1 AND 4), -- class: relation
  reason TEXT NOT NULL,                            -- class: content
  PRIMARY KEY (bucket, member, ordinal),
  FOREIGN KEY (bucket, member) REFERENCES member (bucket, num)
);
--@distribute moderation bucket

-- The few members who are not simply active members: what the administration lists and counts.
CREATE INDEX member_closed ON member (state, num) WHERE state <> 0;
CREATE INDEX member_staff ON member (role, num) WHERE role > 1;
