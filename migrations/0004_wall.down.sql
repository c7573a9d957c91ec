-- SPDX-License-Identifier: AGPL-3.0-or-later
DROP TABLE wall_count;
DROP TABLE post_like;
DROP TABLE post_history;
DROP TABLE post;
