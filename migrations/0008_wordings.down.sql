-- SPDX-License-Identifier: AGPL-3.0-or-later
ALTER TABLE member DROP COLUMN follows;
ALTER TABLE member DROP COLUMN asked;
ALTER TABLE member DROP COLUMN blocks;
ALTER TABLE post_history DROP COLUMN audience;
