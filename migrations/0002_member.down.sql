-- SPDX-License-Identifier: AGPL-3.0-or-later
DROP TABLE member_seq;
DROP TABLE invitation;
DROP TABLE session;
DROP TABLE credential;
DROP TABLE name;
DROP TABLE member;
