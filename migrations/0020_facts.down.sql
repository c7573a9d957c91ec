-- SPDX-License-Identifier: AGPL-3.0-or-later
DROP TABLE profile_place;
DROP TABLE profile_fact;
