-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Passkeys: public keys, as COSE has them, of keys that never leave their device. uses: what the device counts, 0 where it does not.
CREATE TABLE passkey (
  bucket INTEGER NOT NULL,                         -- class: operational
  member INTEGER NOT NULL,                         -- class: operational
  ordinal INTEGER NOT NULL,                        -- class: operational
  id BLOB NOT NULL,                                -- class: secret
  public_key BLOB NOT NULL,                        -- class: secret
  uses BIGINT NOT NULL CHECK (uses >= 0),          -- class: operational
  title TEXT NOT NULL,                             -- class: settings
  created_day BIGINT NOT NULL,                     -- class: operational
  last_day BIGINT NOT NULL,                        -- class: operational
  PRIMARY KEY (bucket, member, ordinal),
  UNIQUE (bucket, member, id),
  FOREIGN KEY (bucket, member) REFERENCES member (bucket, num)
);
--@distribute passkey bucket
