-- SPDX-License-Identifier: AGPL-3.0-or-later
ALTER TABLE post DROP COLUMN photos;
DROP TABLE photo_gone;
DROP TABLE photo;
