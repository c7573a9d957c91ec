-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Several processes may make ids for one PostgreSQL (db/node.h): each leases a number. `holder` is a random number of the process
-- that has it, 0 for nobody; whoever is not the holder any more cannot raise the mark.

ALTER TABLE node ADD COLUMN holder BIGINT NOT NULL DEFAULT 0; -- class: operational
ALTER TABLE node ADD COLUMN lease_until BIGINT NOT NULL DEFAULT 0; -- class: operational
