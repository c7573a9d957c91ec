-- SPDX-License-Identifier: AGPL-3.0-or-later
DROP TABLE once;

CREATE TABLE once (
  bucket INTEGER NOT NULL,                         -- class: operational
  session BLOB NOT NULL,                           -- class: secret
  nonce BLOB NOT NULL,                             -- class: secret
  at BIGINT NOT NULL,                              -- class: operational
  status INTEGER NOT NULL,                         -- class: operational
  location TEXT NOT NULL,                          -- class: relation
  PRIMARY KEY (bucket, session, nonce)
--@sqlite
) WITHOUT ROWID;
--@end
--@pg
);
--@end
CREATE INDEX once_at ON once (at);
