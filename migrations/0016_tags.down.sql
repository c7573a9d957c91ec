-- SPDX-License-Identifier: AGPL-3.0-or-later
ALTER TABLE post DROP COLUMN warning;
DROP TABLE tag;
