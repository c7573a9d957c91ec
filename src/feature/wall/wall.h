/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Walls and their posts (FEATURES D1, D3, D4, D6, D8 of docs/features.md).
 *
 * A post lives in the bucket of the wall's owner. Its address is VK's: /wall<owner>_<ordinal>. On their own wall members
 * choose an audience; on somebody else's the owner's rules alone decide who sees it. Deleted posts can be brought back by
 * who deleted them, for a day; then a job erases the words and leaves the number, so that the address says "gone". */
#ifndef VECHE_WALL_H
#define VECHE_WALL_H

#include "db/jobs.h"
#include "feature/notify/notice.h"
#include "feature/photo/photo.h"
#include "feature/wall/text.h"
#include "graph/privacy.h"
#include "wall.sql.h"

#define POST_MAX 10000              /* code points */
#define WARNING_MAX 200
#define PINS_MAX 5
#define POST_EDIT_MS (24 * INT64_C(3600000))
#define POST_UNDO_MS (24 * INT64_C(3600000))
#define WALL_PAGE 20
#define LIKES_PAGE 40
#define LIKES_SCAN_MAX 500

/* All of these judge privacy themselves; those that write run inside an act. Rows live in c->arena. */

/* E_DENIED when the owner does not let the viewer post. `audience` counts on the own wall only. *ordinal: the new address. */
rc wall_add(ctx *c, int64_t owner, str text, int64_t audience, int64_t *ordinal);
/* Tells those who are named and may read what they are named in (its owner, author and audience), but for one who hears of it in
 * another way. Inside an act. */
rc wall_tell_named(ctx *c, const text_mention_list *named, int64_t but, notice_of what, int64_t owner, int64_t author, int64_t audience);
/* The same with pictures. */
rc wall_add_with(ctx *c, int64_t owner, str text, int64_t audience, const photo_new *photos, size_t len, int64_t *ordinal);
/* E_NOT_FOUND also for posts that the viewer may not see; E_GONE for deleted ones that they could. */
rc wall_get(ctx *c, int64_t owner, int64_t ordinal, wall_post *out);
/* The same by its id. */
rc wall_get_by_id(ctx *c, int64_t id, wall_post *out);
/* Author only, within POST_EDIT_MS; the wording before is kept in the history. E_CONFLICT when `version` is not the
 * present one: somebody (another tab) edited in between. */
rc wall_edit(ctx *c, int64_t owner, int64_t ordinal, int64_t version, str text);
/* Author only, within POST_EDIT_MS: what the post warns of before it shows its words; empty: of nothing. */
rc wall_warn(ctx *c, int64_t owner, int64_t ordinal, str warning);
/* Author, on the own wall, at any time: narrowing what was said is no rewording of it. */
rc wall_set_audience(ctx *c, int64_t owner, int64_t ordinal, int64_t audience);
/* Author or owner of the wall, also where a block hides the post from them. Idempotent for who deleted it. */
rc wall_delete(ctx *c, int64_t owner, int64_t ordinal);
/* Who deleted it, within POST_UNDO_MS; the author only where they may still write. */
rc wall_restore(ctx *c, int64_t owner, int64_t ordinal);
/* Passes a post on: a new post on the viewer's own wall, with words of their own or none. It holds nothing of the original, which is
 * judged whenever somebody looks (wall_originals): so no repost shows a post to anybody who could not read it where it stands. What is
 * for less than all members is not passed on (E_DENIED). Of a repost, what that one passes on. */
rc wall_repost(ctx *c, int64_t owner, int64_t ordinal, str text, int64_t audience, int64_t *number);
/* What wall_repost would pass on; the same refusals. */
rc wall_repost_of(ctx *c, int64_t owner, int64_t ordinal, wall_post *out);
/* A post of the viewer's own stands on top of their wall, or in its place again. E_LIMIT past PINS_MAX. Deleting unpins. Idempotent. */
rc wall_pin(ctx *c, int64_t owner, int64_t ordinal, bool on);
/* Sets the viewer's like, or takes it back, also where they see the post no more. Idempotent. */
rc wall_like(ctx *c, int64_t owner, int64_t ordinal, bool on);

/* For what stands under posts. Inside an act, not judged. */
/* The next number on this wall: posts and comments share them. E_NOT_FOUND when nobody has such a wall. */
rc wall_number(ctx *c, int64_t owner, int64_t *number);
/* The post has a poll from now on (feature/poll). */
rc wall_with_poll(ctx *c, int64_t owner, int64_t post);
/* So many comments more, or fewer, stand under the post. */
rc wall_commented(ctx *c, int64_t owner, int64_t post, int by);

/* A page of the wall, newest first, judged (graph_wall). owners_only: what the owner wrote. */
rc wall_page(ctx *c, int64_t owner, int64_t before, bool owners_only, news_page *out);
/* What stands on top of the wall and is open to the viewer, the latest pinned first: at most PINS_MAX. */
rc wall_pins(ctx *c, int64_t owner, news_page *out);
/* The post's id. Not judged: for acts that take back what is the viewer's own. */
rc wall_id(ctx *c, int64_t owner, int64_t ordinal, int64_t *id);
/* How many posts of the owner's own the viewer may see. */
rc wall_count(ctx *c, int64_t owner, int64_t *n);
/* Earlier wordings of a post that the viewer may see: those that were said to them. Each is judged by the audience that the post
 * had when it was replaced: opening a post to more people does not publish what it said before. */
rc wall_wordings(ctx *c, const wall_post *p, wall_wording_list *out);
/* Who likes it, above `after`, in the order of their numbers, at most LIKES_PAGE: those whom the viewer may meet
 * (graph/privacy.h). *next: for the next page, 0 at the end. */
rc wall_likes(ctx *c, const wall_post *p, int64_t after, wall_liker_list *out, int64_t *next);

/* Of these posts those that stand and are open to the viewer, in no order: what reposts show. At most 64. */
rc wall_originals(ctx *c, const int64_t *ids, size_t len, wall_post_list *out);
/* The reposts of a post, below `before`, newest first: those that the viewer may see. Bounds as of graph_wall. */
rc wall_reposts(ctx *c, const wall_post *p, int64_t before, news_page *out);
/* A post that was read, as lists have it. */
ring_post wall_ring_post(const wall_post *p);

/* What the viewer may do with a post that they may see. */
bool wall_may_edit(const ctx *c, const wall_post *p);
bool wall_may_choose(const ctx *c, const wall_post *p); /* for whom it is */
bool wall_may_delete(const ctx *c, const wall_post *p);

/* Erases the words, earlier wordings and likes of posts deleted more than POST_UNDO_MS ago, a slice at a time; repeats. */
extern const job_kind wall_sweep;

#endif
