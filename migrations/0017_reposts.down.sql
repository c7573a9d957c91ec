-- SPDX-License-Identifier: AGPL-3.0-or-later
DROP TABLE repost;
ALTER TABLE post DROP COLUMN reposts;
ALTER TABLE post DROP COLUMN original;
