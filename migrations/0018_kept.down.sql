-- SPDX-License-Identifier: AGPL-3.0-or-later
ALTER TABLE member DROP COLUMN bookmarks;
DROP TABLE bookmark;
DROP INDEX post_pinned;
ALTER TABLE post DROP COLUMN pinned;
