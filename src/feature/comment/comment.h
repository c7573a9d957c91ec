/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Comments under posts (FEATURES D7 of docs/features.md).
 *
 *   post ─┬─ 57 ─┬─ 60  answers 57        root of 57, 60, 61: 57      in order      57 58 60 61
 *         │      └─ 61  answers 60                                    in threads    57 60 61 · 58
 *         └─ 58
 *
 * A comment lies in the bucket of the wall's owner, beside its post. Its address is /comment<owner>_<ordinal>; posts and comments of a
 * wall share their numbers. Whoever sees the post sees its comments, but for those of authors who have blocked them or are suspended.
 * Who may write them is the owner's to say (PRIVACY_COMMENT). Deleting and taking it back is as with posts (feature/wall/wall.h). */
#ifndef VECHE_COMMENT_H
#define VECHE_COMMENT_H

#include "db/jobs.h"
#include "feature/wall/wall.h"
#include "comment.sql.h"

#define COMMENT_MAX 4000            /* code points */
#define COMMENT_EDIT_MS (24 * INT64_C(3600000))
#define COMMENT_UNDO_MS (24 * INT64_C(3600000))
#define COMMENTS_PAGE 20
#define COMMENTS_SCAN_MAX 500
#define COMMENT_AROUND 10           /* on its own page, before and after */

/* All of these judge privacy themselves; those that write run inside an act. Rows live in c->arena. */

/* parent: the number of the comment that is answered, 0 for none; E_CONFLICT, with a sentence, when that is not there any more or not
 * open to the viewer. *number: the new one's. E_DENIED when the owner does not let the viewer comment. */
rc comment_add(ctx *c, int64_t owner, int64_t post, int64_t parent, str text, int64_t *number);
/* The comment and its post. E_NOT_FOUND also for those that the viewer may not see; E_GONE for a deleted one that they could. */
rc comment_get(ctx *c, int64_t owner, int64_t number, comment_row *out, wall_post *post);
/* The post under which it stands, or stood, if that is open to the viewer; else as wall_get. */
rc comment_post(ctx *c, int64_t owner, int64_t number, wall_post *out);
/* Author only, within COMMENT_EDIT_MS. E_CONFLICT when `version` is not the present one. */
rc comment_edit(ctx *c, int64_t owner, int64_t number, int64_t version, str text);
/* Author or owner of the wall, also where a block hides it from them. Idempotent for who deleted it. */
rc comment_delete(ctx *c, int64_t owner, int64_t number);
/* Who deleted it, within COMMENT_UNDO_MS, while the post stands and is open to them; the author only where they may still comment. */
rc comment_restore(ctx *c, int64_t owner, int64_t number);
/* Sets the viewer's like, or takes it back, also where they see the comment no more. Idempotent. */
rc comment_like(ctx *c, int64_t owner, int64_t number, bool on);

/* Where a page of comments ends: below this pair. In order only the id counts. */
typedef struct comment_place { int64_t root, id; } comment_place;
#define COMMENTS_NEWEST ((comment_place){INT64_MAX, INT64_MAX})
typedef struct comment_page {
    comment_row_list rows;   /* as they are read: the oldest first */
    comment_place earlier;   /* pass as `below` for what stands before; id 0: nothing does */
} comment_page;

/* The rest is about a post that the viewer may see (wall_get, comment_get). */

/* The last comments below that place, or a short page when COMMENTS_SCAN_MAX were looked at. */
rc comment_page_in_order(ctx *c, const wall_post *p, comment_place below, comment_page *out);
/* The same sorted by threads; a page may begin inside one. */
rc comment_page_in_threads(ctx *c, const wall_post *p, comment_place below, comment_page *out);
/* A comment among the neighbours of its thread: at most COMMENT_AROUND before and after. *more_before, *more_after: there are others. */
rc comment_page_around(ctx *c, const wall_post *p, const comment_row *k, comment_row_list *out, bool *more_before, bool *more_after);
/* The comment with which a thread begins, if it stands and is open to the viewer: else *there is false. */
rc comment_head(ctx *c, int64_t root, comment_row *out, bool *there);
/* liked[i]: does the viewer like rows->items[i]? */
rc comment_liked(ctx *c, const comment_row_list *rows, bool *liked);
/* Who likes it, as wall_likes. */
rc comment_likes(ctx *c, const comment_row *k, int64_t after, comment_liker_list *out, int64_t *next);
/* May the viewer comment there? */
rc comment_may_add(ctx *c, const wall_post *p, bool *may);

/* What the viewer may do with a comment that they may see. */
bool comment_may_edit(const ctx *c, const comment_row *k);
bool comment_may_delete(const ctx *c, const comment_row *k);

/* Erases the words and likes of comments deleted more than COMMENT_UNDO_MS ago, and of those under erased posts, a slice at a time;
 * repeats. */
extern const job_kind comment_sweep;

#endif
