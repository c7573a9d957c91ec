-- SPDX-License-Identifier: AGPL-3.0-or-later
DROP INDEX post_erased;
ALTER TABLE post DROP COLUMN comments;
DROP TABLE comment_like;
DROP TABLE comment;
