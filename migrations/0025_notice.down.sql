-- SPDX-License-Identifier: AGPL-3.0-or-later
DROP TABLE notice_state;
DROP TABLE notice;
