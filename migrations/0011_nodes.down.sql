-- SPDX-License-Identifier: AGPL-3.0-or-later
ALTER TABLE node DROP COLUMN lease_until;
ALTER TABLE node DROP COLUMN holder;
