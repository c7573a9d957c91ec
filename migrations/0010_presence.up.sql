-- SPDX-License-Identifier: AGPL-3.0-or-later
-- When a member was here last, to the hour and never finer. A table of its own: the row of a member is read by everything, and
-- an hour that is written beside it makes nobody's act run again. Whoever shows their presence to nobody has no row.

CREATE TABLE presence (
  bucket INTEGER NOT NULL,                         -- class: operational
  member INTEGER NOT NULL,                         -- class: profile
  hour BIGINT NOT NULL CHECK (hour % 3600000 = 0), -- class: profile
  PRIMARY KEY (bucket, member),
  FOREIGN KEY (bucket, member) REFERENCES member (bucket, num)
);
--@distribute presence bucket
