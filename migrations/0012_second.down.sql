-- SPDX-License-Identifier: AGPL-3.0-or-later
DROP TABLE ticket_spent;
DROP TABLE recovery_code;
DROP TABLE second_factor;
ALTER TABLE credential DROP COLUMN epoch;
