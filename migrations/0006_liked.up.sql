-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What a member likes, newest post first: memory is filled from it (graph/likes.c).

CREATE INDEX post_like_member ON post_like (member, post);
