-- SPDX-License-Identifier: AGPL-3.0-or-later
DROP INDEX post_like_member;
