-- SPDX-License-Identifier: AGPL-3.0-or-later
DROP TABLE kin_claim;
DROP TABLE kin;
