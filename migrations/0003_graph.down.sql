-- SPDX-License-Identifier: AGPL-3.0-or-later
DROP TABLE privacy;
DROP TABLE audience;
DROP TABLE circle_member;
DROP TABLE circle;
DROP TABLE edge;
