-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A second factor: an app that counts codes, and what is there when its device is lost.

-- Log-ins that wait for their second step name this number: whoever ends all log-ins ends those as well.
ALTER TABLE credential ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0; -- class: operational

-- A row: the app is switched on. secret: in the clear, since a code is computed with it (docs/threat-model.md). last_step: the
-- half-minute of the code that was taken last; no code at or before it is taken again. misses: wrong codes in the hour misses_from.
CREATE TABLE second_factor (
  bucket INTEGER NOT NULL,                         -- class: operational
  member INTEGER NOT NULL,                         -- class: operational
  secret BLOB NOT NULL,                            -- class: secret
  last_step BIGINT NOT NULL,                       -- class: operational
  misses INTEGER NOT NULL DEFAULT 0 CHECK (misses >= 0), -- class: operational
  misses_from BIGINT NOT NULL DEFAULT 0,           -- class: operational
  PRIMARY KEY (bucket, member),
  FOREIGN KEY (bucket, member) REFERENCES member (bucket, num)
);
--@distribute second_factor bucket

-- Recovery codes that were not used yet: SHA-256 over the salt and the code.
CREATE TABLE recovery_code (
  bucket INTEGER NOT NULL,                         -- class: operational
  member INTEGER NOT NULL,                         -- class: operational
  ordinal INTEGER NOT NULL,                        -- class: operational
  salt BLOB NOT NULL,                              -- class: secret
  hash BLOB NOT NULL,                              -- class: secret
  PRIMARY KEY (bucket, member, ordinal),
  FOREIGN KEY (bucket, member) REFERENCES member (bucket, num)
);
--@distribute recovery_code bucket

-- Tickets (feature/second/ticket.h) that were used: SHA-256 of each. Kept until they would be over anyway.
CREATE TABLE ticket_spent (
  bucket INTEGER NOT NULL,                         -- class: operational
  hash BLOB NOT NULL,                              -- class: secret
  at BIGINT NOT NULL,                              -- class: operational
  PRIMARY KEY (bucket, hash)
);
CREATE INDEX ticket_spent_at ON ticket_spent (at);
--@distribute ticket_spent bucket
