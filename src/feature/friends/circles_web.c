/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pages of circles. Only their owner ever comes here: every query is about the viewer's own. */
#include "feature/friends/circles.h"

#include "base/ids.h"
#include "circles.sql.h"
#include "circles_pages.tpl.h"
#include "feature/friends/friends_web.h"
#include "feature/presence/presence.h"

#define INSIDE_PAGE 60
#define OUTSIDE_PAGE 60
#define NUMS_MAX 100 /* of one form */

/* ---- the list ---- */

rc circles_show(req *r)
{
    ctx *c = r->c;
    view v;
    friend_tabs tabs;
    circle_line_list circles;
    TRY(view_init(&v, r, NAV_FRIENDS, MSG(L_friends_tab_circles)));
    TRY(friends_tabs(c, STR("circles"), &tabs));
    TRY(circles_mine(c, &circles));
    tpl_circles_page(r->out, &v, &tabs, &circles);
    return OK;
}

static rc title_prepare(req *r)
{
    str *title = r->state = ARENA_NEW(r->c->arena, str);
    return req_text(r, "title", 1, CIRCLE_TITLE_MAX, false, title);
}

static rc create_act(req *r)
{
    int64_t ordinal;
    rc_code made = circle_create(r->c, *(const str *)r->state, &ordinal);
    if (made == E_LIMIT) return req_fault(r, "title", r->c->err.sentence);
    if (made == OK) r->result = arena_printf(r->c->arena, "%lld", (long long)ordinal);
    return made;
}

/* What act left is the number: so a form sent twice leads to the one circle that it made. */
static rc create_done(req *r)
{
    url page = url_local(arena_printf(r->c->arena, "/friends/circle/%.*s", STR_ARG(r->result)));
    return req_redirect_toast(r, page, L_friends_done_circle_make, STR(""));
}

/* ---- one circle ---- */

static rc inside_rows(ctx *c, int64_t ordinal, int64_t after, friend_rows *rows, int64_t *next)
{
    circle_people_row_list people;
    TRY(sql_circle_people(c->db, c->arena, bucket_of(c->viewer.num), c->viewer.num, ordinal, after, INSIDE_PAGE + 1, &people));
    *rows = (friend_rows){ARENA_ARRAY(c->arena, friend_row, people.len), 0};
    for (size_t i = 0; i < people.len && i < INSIDE_PAGE; i++) {
        friend_row *row = &rows->items[rows->len++];
        TRY(graph_edge(c, c->viewer.num, people.items[i].other, &row->bits));
        TRY(view_person(c, people.items[i].other, &row->p));
        TRY(presence_online(c, people.items[i].other, &row->p.online));
    }
    *next = people.len > INSIDE_PAGE ? people.items[INSIDE_PAGE - 1].other : 0;
    return OK;
}

static rc outside_rows(ctx *c, int64_t ordinal, int64_t after, friend_rows *rows, int64_t *next)
{
    edge_list edges;
    *next = 0;
    *rows = (friend_rows){ARENA_ARRAY(c->arena, friend_row, OUTSIDE_PAGE), 0};
    TRY(graph_edges(c, c->viewer.num, &edges));
    for (size_t i = 0; i < edges.len; i++) {
        edge e = edges.items[i];
        bool inside;
        if (e.other <= after || !(e.bits & EDGE_FRIEND)) continue;
        TRY(graph_in_circle(c, c->viewer.num, ordinal, e.other, &inside));
        if (inside) continue;
        if (rows->len == OUTSIDE_PAGE) {
            *next = rows->items[rows->len - 1].p.num;
            break;
        }
        TRY(view_person(c, e.other, &rows->items[rows->len++].p));
    }
    return OK;
}

static url page_behind(const view *v, int64_t ordinal, const char *field, int64_t after)
{
    if (!after) return (url){STR("")};
    return view_url(v, "/friends/circle/%lld?%s=%lld", (long long)ordinal, field, (long long)after);
}

static rc circle_show(req *r)
{
    ctx *c = r->c;
    view v;
    circle_line circle;
    friend_rows inside, outside;
    int64_t ordinal = req_capture_int(r, "ordinal"), inside_next, outside_next;
    TRY(circle_mine(c, ordinal, &circle));
    TRY(view_init(&v, r, NAV_FRIENDS, MSG(L_NONE)));
    v.heading = circle.title;
    TRY(inside_rows(c, ordinal, req_field_int(r, "after", 0), &inside, &inside_next));
    TRY(outside_rows(c, ordinal, req_field_int(r, "from", 0), &outside, &outside_next));
    tpl_circle_page(r->out, &v, &circle, &inside, page_behind(&v, ordinal, "after", inside_next), &outside,
                    page_behind(&v, ordinal, "from", outside_next));
    return OK;
}

static url circle_url(const req *r)
{
    return url_local(arena_printf(r->c->arena, "/friends/circle/%.*s", STR_ARG(req_capture(r, "ordinal"))));
}

static rc rename_act(req *r)
{
    return circle_rename(r->c, req_capture_int(r, "ordinal"), *(const str *)r->state);
}

static rc rename_done(req *r)
{
    return req_redirect_toast(r, circle_url(r), L_friends_done_circle_rename, STR(""));
}

static rc delete_act(req *r)
{
    return circle_delete(r->c, req_capture_int(r, "ordinal"));
}

static rc delete_done(req *r)
{
    return req_redirect_toast(r, url_local(STR("/friends?tab=circles")), L_friends_done_circle_delete, STR(""));
}

/* ---- who is inside ---- */

/* The people named in the form, or in the address when it is an undo. */
static size_t nums_of(const req *r, int64_t nums[NUMS_MAX])
{
    const form *sources[] = {&r->form, &r->query};
    size_t len = 0;
    for (size_t i = 0; i < 2; i++) {
        size_t at = 0;
        for (str v = form_all(sources[i], STR("num"), &at); v.ptr && len < NUMS_MAX; v = form_all(sources[i], STR("num"), &at))
            if (str_int(v, &nums[len])) len++;
    }
    return len;
}

static rc put_act(req *r)
{
    int64_t nums[NUMS_MAX];
    size_t len = nums_of(r, nums);
    return circle_add(r->c, req_capture_int(r, "ordinal"), nums, len);
}

static rc put_done(req *r)
{
    int64_t nums[NUMS_MAX];
    /* Nothing was ticked: nothing is said to have been done. */
    if (!nums_of(r, nums)) return req_redirect(r, circle_url(r));
    return req_redirect_toast(r, circle_url(r), L_friends_done_circle_put, STR(""));
}

static rc take_act(req *r)
{
    int64_t nums[NUMS_MAX];
    size_t len = nums_of(r, nums);
    return circle_remove(r->c, req_capture_int(r, "ordinal"), nums, len);
}

static rc take_done(req *r)
{
    int64_t nums[NUMS_MAX];
    url page = circle_url(r);
    str undo = STR("");
    if (nums_of(r, nums) == 1) undo = arena_printf(r->c->arena, "%.*s/add?num=%lld", STR_ARG(page.s), (long long)nums[0]);
    return req_redirect_toast(r, page, L_friends_done_circle_take, undo);
}

const route circles_routes[] = {
    {POST, "/friends/circles", .prepare = title_prepare, .act = create_act, .show = create_done, .again = circles_show,
     .who = MEMBER},
    {GET, "/friends/circle/{ordinal:int}", .show = circle_show, .who = MEMBER},
    {POST, "/friends/circle/{ordinal:int}/rename", .prepare = title_prepare, .act = rename_act, .show = rename_done,
     .again = circle_show, .who = MEMBER, .idempotent = true},
    {POST, "/friends/circle/{ordinal:int}/delete", .act = delete_act, .show = delete_done, .again = circle_show,
     .who = MEMBER, .idempotent = true},
    {POST, "/friends/circle/{ordinal:int}/add", .act = put_act, .show = put_done, .who = MEMBER, .idempotent = true},
    {POST, "/friends/circle/{ordinal:int}/remove", .act = take_act, .show = take_done, .who = MEMBER, .idempotent = true},
    {0}};
