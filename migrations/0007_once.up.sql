-- SPDX-License-Identifier: AGPL-3.0-or-later
-- A used token is bound to what it was used for. The rows before are worth a day at most and would not be found again.
DROP TABLE once;

-- Form tokens that were used, and what they led to, so that a form sent twice acts once. Kept a day. claim: SHA-256 of the token's
-- nonce and the address; body: of the form as it was sent, which holds the token itself, so nobody can guess what was typed.
CREATE TABLE once (
  bucket INTEGER NOT NULL,                         -- class: operational
  session BLOB NOT NULL,                           -- class: secret
  claim BLOB NOT NULL,                             -- class: secret
  body BLOB NOT NULL,                              -- class: secret
  at BIGINT NOT NULL,                              -- class: operational
  result TEXT NOT NULL,                            -- class: relation
  PRIMARY KEY (bucket, session, claim)
--@sqlite
) WITHOUT ROWID;
--@end
--@pg
);
--@end
CREATE INDEX once_at ON once (at);
--@distribute once bucket
