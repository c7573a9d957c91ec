/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/bookmark/bookmark.h"

#include "base/ids.h"
#include "bookmark.sql.h"

#define SLICE 50

rc bookmark_add(ctx *c, int64_t owner, int64_t ordinal)
{
    wall_post p;
    bookmark_counted_row have;
    int64_t me = c->viewer.num, added;
    TRY(wall_get(c, owner, ordinal, &p));
    TRY(sql_bookmark_insert(c->db, bucket_of(me), me, p.id, c->now, &added));
    if (!added) return OK;
    TRY(sql_bookmark_counted(c->db, c->arena, 1, bucket_of(me), me, &have));
    return have.bookmarks <= BOOKMARKS_MAX ? OK : fail(c, E_LIMIT, msg_n(L_bookmark_full, BOOKMARKS_MAX), "bookmarks are full");
}

rc bookmark_drop(ctx *c, int64_t owner, int64_t ordinal)
{
    wall_post p;
    bookmark_counted_row have;
    int64_t me = c->viewer.num, id, dropped = 0;
    TRY(wall_id(c, owner, ordinal, &id));
    TRY(sql_bookmark_delete(c->db, bucket_of(me), me, id, &dropped));
    return dropped ? sql_bookmark_counted(c->db, c->arena, -1, bucket_of(me), me, &have) : wall_get(c, owner, ordinal, &p);
}

/* Takes of a slice, in its order, what the viewer may see now. */
static rc take(ctx *c, const bookmark_page_row_list *slice, bookmark_place *below, bookmark_list *out)
{
    int64_t ids[SLICE];
    wall_post_list open;
    for (size_t i = 0; i < slice->len; i++) ids[i] = slice->items[i].post;
    TRY(wall_originals(c, ids, slice->len, &open));
    for (size_t i = 0; i < slice->len && out->len <= BOOKMARKS_PAGE; i++) {
        bookmark_place at = {slice->items[i].at, slice->items[i].post};
        for (size_t k = 0; k < open.len; k++) {
            if (open.items[k].id != at.post) continue;
            /* One more than the page holds: there is a next page, and it begins with this one. */
            if (out->len < BOOKMARKS_PAGE) out->items[out->len] = wall_ring_post(&open.items[k]);
            else out->next = *below;
            out->len++;
        }
        *below = at;
    }
    return OK;
}

rc bookmark_read(ctx *c, bookmark_place below, bookmark_list *out)
{
    *out = (bookmark_list){.items = ARENA_ARRAY(c->arena, ring_post, BOOKMARKS_PAGE)};
    bookmark_page_row_list slice = {.len = SLICE};
    int64_t me = c->viewer.num;
    for (size_t scanned = 0; scanned < NEWS_SCAN_MAX && out->len <= BOOKMARKS_PAGE && slice.len == SLICE; scanned += slice.len) {
        TRY(sql_bookmark_page(c->db, c->arena, bucket_of(me), me, below.at, below.post, SLICE, &slice));
        TRY(take(c, &slice, &below, out));
    }
    if (out->len > BOOKMARKS_PAGE) out->len = BOOKMARKS_PAGE;
    else if (slice.len == SLICE) out->next = below;
    return OK;
}
