-- SPDX-License-Identifier: AGPL-3.0-or-later
ALTER TABLE member DROP COLUMN session_seq;
DROP TABLE member_word;
