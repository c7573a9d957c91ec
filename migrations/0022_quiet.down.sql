-- SPDX-License-Identifier: AGPL-3.0-or-later
DROP TABLE word_filter;
DROP TABLE mute;
