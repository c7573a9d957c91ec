-- SPDX-License-Identifier: AGPL-3.0-or-later
ALTER TABLE post DROP COLUMN poll;
DROP TABLE poll_vote;
DROP TABLE poll_answer;
DROP TABLE poll;
