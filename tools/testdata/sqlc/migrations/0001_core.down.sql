-- SPDX-License-Identifier: AGPL-3.0-or-later
DROP TABLE post_words; --@sqlite
DROP TABLE post_like;
DROP TABLE post;
DROP TABLE member;
DROP DOMAIN blob; --@pg
