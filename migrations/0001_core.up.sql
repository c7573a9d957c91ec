-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What the base itself needs: settings of the server, the change log, jobs, the id mill's mark, used form tokens.

--@pg
CREATE DOMAIN blob AS bytea;
--@end

CREATE TABLE site (
  key TEXT NOT NULL PRIMARY KEY,                   -- class: settings
  value TEXT NOT NULL                              -- class: settings
);
--@reference site

-- What moved, in order (db/change.h). The cursor of a follower is (xid, seq): on PostgreSQL a smaller seq may be committed
-- later, so followers stop below pg_snapshot_xmin. SQLite gives out max + 1, which rises as long as the newest row stays:
-- the sweep never takes it.
CREATE TABLE change (
  seq INTEGER NOT NULL PRIMARY KEY,                -- class: operational --@sqlite
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- class: operational --@pg
  xid BIGINT NOT NULL,                             -- class: operational
  kind INTEGER NOT NULL,                           -- class: operational
  a BIGINT NOT NULL,                               -- class: relation
  b BIGINT NOT NULL,                               -- class: relation
  at BIGINT NOT NULL                               -- class: operational
);
--@pg
CREATE INDEX change_cursor ON change (xid, seq);
--@end

-- Work to be done later (db/jobs.h). `payload` holds ids, never a member's words. lease_until is both the lease and the proof
-- of who holds it. Ten tries, then a job stays as dead, outside the index.
CREATE TABLE job (
  id INTEGER NOT NULL PRIMARY KEY,                 -- class: operational --@sqlite
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- class: operational --@pg
  kind TEXT NOT NULL,                              -- class: operational
  payload TEXT NOT NULL,                           -- class: operational
  run_at BIGINT NOT NULL,                          -- class: operational
  tries INTEGER NOT NULL DEFAULT 0,                -- class: operational
  lease_until BIGINT NOT NULL DEFAULT 0,           -- class: operational
  last_error TEXT NOT NULL DEFAULT ''              -- class: operational
);
CREATE INDEX job_due ON job (run_at) WHERE tries < 10;

-- No id at or below high_water (ms) is issued again by this node, whatever its clock says (base/ids.h).
CREATE TABLE node (
  number INTEGER NOT NULL PRIMARY KEY CHECK (number BETWEEN 0 AND 63), -- class: operational
  high_water BIGINT NOT NULL                       -- class: operational
);
--@reference node

-- Form tokens that were used, and what they led to, so that a form sent twice acts once. Kept a day.
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
--@distribute once bucket
