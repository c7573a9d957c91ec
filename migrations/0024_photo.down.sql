-- SPDX-License-Identifier: AGPL-3.0-or-later
DROP TABLE photo_gone;
DROP TABLE photo;
