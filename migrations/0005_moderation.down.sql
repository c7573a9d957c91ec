-- SPDX-License-Identifier: AGPL-3.0-or-later
DROP INDEX member_staff;
DROP INDEX member_closed;
DROP TABLE moderation;
