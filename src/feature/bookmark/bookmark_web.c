/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/bookmark/bookmark_web.h"

#include "bookmark_pages.tpl.h"
#include "feature/bookmark/bookmark.h"
#include "feature/wall/wall_web.h"

/* "17.42"; anything else: from the latest. */
static bookmark_place place_of(str before)
{
    bookmark_place at = {0};
    str rest = before, first = str_cut(&rest, '.');
    return rest.ptr && str_int(first, &at.at) && str_int(rest, &at.post) ? at : BOOKMARKS_NEWEST;
}

static rc bookmarks_show(req *r)
{
    view v;
    bookmark_list list;
    TRY(bookmark_read(r->c, place_of(req_field(r, "before")), &list));
    TRY(view_init(&v, r, NAV_BOOKMARKS, MSG(L_bookmark_title)));
    url more = list.next.at ? view_url(&v, "/bookmarks?before=%lld.%lld", (long long)list.next.at, (long long)list.next.post) : (url){STR("")};
    tpl_bookmarks_open(r->out, &v, list.len == 0 && !list.next.at, more);
    TRY(wall_put_kept(&v, r->out, list.items, list.len));
    tpl_bookmarks_close(r->out, &v, list.len == 0 && !list.next.at, more);
    return OK;
}

static int64_t owner_of(req *r) { return req_capture_int(r, "owner"); }
static int64_t ordinal_of(req *r) { return req_capture_int(r, "ordinal"); }

static url back(req *r)
{
    str to = req_field(r, "to");
    return to.ptr ? url_local(to) : url_local(STR("/bookmarks"));
}

static str other_way(req *r, const char *verb)
{
    return arena_printf(r->c->arena, "/wall%lld_%lld/%s", (long long)owner_of(r), (long long)ordinal_of(r), verb);
}

static rc add_act(req *r) { return bookmark_add(r->c, owner_of(r), ordinal_of(r)); }
static rc add_show(req *r) { return req_redirect_toast(r, back(r), L_bookmark_added, other_way(r, "unbookmark")); }
static rc drop_act(req *r) { return bookmark_drop(r->c, owner_of(r), ordinal_of(r)); }
static rc drop_show(req *r) { return req_redirect_toast(r, back(r), L_bookmark_dropped, other_way(r, "bookmark")); }

#define ONE_POST "/wall{owner:int}_{ordinal:int}"

const route bookmark_routes[] = {
    {GET, "/bookmarks", .show = bookmarks_show, .who = MEMBER},
    {POST, ONE_POST "/bookmark", .act = add_act, .show = add_show, .who = MEMBER, .idempotent = true},
    {POST, ONE_POST "/unbookmark", .act = drop_act, .show = drop_show, .who = MEMBER, .idempotent = true},
    {0}};
