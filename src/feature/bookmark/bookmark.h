/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Bookmarks (FEATURES D10 of docs/features.md): posts that a member keeps at hand. Nobody else learns of them, the post's author
 * neither. They lie in the member's bucket. A post that is closed to its keeper or deleted is passed over, and is there again when it
 * opens again. */
#ifndef VECHE_BOOKMARK_H
#define VECHE_BOOKMARK_H

#include "feature/wall/wall.h"

#define BOOKMARKS_MAX 10000
#define BOOKMARKS_PAGE 20

/* All of these are about the viewer's own, and judge the post; those that write run inside an act. */

/* E_LIMIT past BOOKMARKS_MAX. Idempotent. */
rc bookmark_add(ctx *c, int64_t owner, int64_t ordinal);
/* Also of a post that the viewer sees no more. Idempotent; E_NOT_FOUND, as for a stranger, where nothing was kept and nothing is seen. */
rc bookmark_drop(ctx *c, int64_t owner, int64_t ordinal);

typedef struct bookmark_place { int64_t at, post; } bookmark_place;
#define BOOKMARKS_NEWEST ((bookmark_place){INT64_MAX, INT64_MAX})
typedef struct bookmark_list {
    ring_post *items; /* judged, the latest kept first */
    size_t len;
    bookmark_place next; /* for the next page; at 0: this was the end */
} bookmark_list;
/* What was kept below that place. Looks at NEWS_SCAN_MAX at most and then returns a short page. */
rc bookmark_read(ctx *c, bookmark_place below, bookmark_list *out);

#endif
