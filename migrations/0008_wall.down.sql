-- SPDX-License-Identifier: AGPL-3.0-or-later
ALTER TABLE post_history DROP COLUMN audience;
