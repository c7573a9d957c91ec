/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Lists of friends, and one small form for each thing that can be done about a person. */
#include "feature/friends/friends_web.h"

#include "base/ids.h"
#include "circles.sql.h"
#include "feature/friends/friends.h"
#include "feature/presence/presence.h"
#include "friends.sql.h"
#include "friends_pages.tpl.h"

#define PAGE 30
#define MUTUAL_MAX 6
#define SCAN_MAX 500

/* ---- the tabs: which half-edges each one shows ---- */

typedef struct tab {
    str name;
    unsigned mask, wanted;
    enum lang_key title, nobody, nobody_what;
} tab;

static const tab tabs[] = {
    {STR_INIT("all"), EDGE_FRIEND, EDGE_FRIEND, L_friends_tab_all, L_friends_none, L_friends_none_what},
    {STR_INIT("requests"), EDGE_NEW, EDGE_NEW, L_friends_tab_requests, L_friends_requests_none, L_friends_requests_none_what},
    {STR_INIT("followers"), EDGE_IN | EDGE_FRIEND, EDGE_IN, L_friends_tab_followers, L_friends_followers_none,
     L_friends_followers_none_what},
    /* Whoever was asked is followed as well, and stands among the requests sent. */
    {STR_INIT("following"), EDGE_OUT | EDGE_FRIEND | EDGE_ASK_OUT, EDGE_OUT, L_friends_tab_following, L_friends_following_none,
     L_friends_following_none_what},
};
#define TABS (sizeof tabs / sizeof *tabs)
/* Lists that are reached in other ways than by the bar. */
static const tab sent = {STR_INIT("sent"), EDGE_ASK_OUT, EDGE_ASK_OUT, L_friends_tab_sent, L_friends_sent_none,
                         L_friends_sent_none_what};
static const tab online = {STR_INIT("online"), EDGE_FRIEND, EDGE_FRIEND, L_friends_tab_online, L_friends_online_none,
                           L_friends_online_none_what};
static const tab blocked = {.mask = EDGE_BLOCKS, .wanted = EDGE_BLOCKS};

static const tab *tab_named(str name)
{
    if (str_eq(name, sent.name)) return &sent;
    if (str_eq(name, online.name)) return &online;
    for (size_t i = 0; i < TABS; i++)
        if (str_eq(tabs[i].name, name)) return &tabs[i];
    return &tabs[0];
}

/* Silent followers are not in memory, and whoever was asked lies there: so the one tab is counted by its column. */
static bool by_column(const tab *t) { return (t->wanted & EDGE_NEAR_MASK) == 0; }

static rc count_tab(ctx *c, const tab *t, edge_list edges, int64_t *count)
{
    *count = 0;
    if (by_column(t)) {
        friends_counters_row row;
        TRY(sql_friends_counters(c->db, c->arena, bucket_of(c->viewer.num), c->viewer.num, &row));
        *count = row.followers;
        return OK;
    }
    for (size_t i = 0; i < edges.len; i++) *count += (edges.items[i].bits & t->mask) == t->wanted;
    return OK;
}

static rc bar_tab(ctx *c, const tab *t, edge_list edges, bool here, friend_tabs *bar)
{
    friend_tab *made = &bar->items[bar->len++];
    *made = (friend_tab){.name = t->name, .title = t->title, .here = here, .rings = t->wanted == EDGE_NEW};
    return count_tab(c, t, edges, &made->count);
}

static rc count_online(ctx *c, friend_tabs *bar)
{
    int64_t next, *nums = ARENA_ARRAY(c->arena, int64_t, PRESENCE_SCAN_MAX);
    size_t len;
    TRY(presence_friends(c, 0, PRESENCE_SCAN_MAX, nums, &len, &next));
    bar->online_count = (int64_t)len;
    bar->online_more = next != 0;
    return OK;
}

rc friends_tabs(ctx *c, str name, friend_tabs *out)
{
    edge_list edges;
    circles_count_row circles;
    TRY(graph_edges(c, c->viewer.num, &edges));
    TRY(sql_circles_count(c->db, c->arena, bucket_of(c->viewer.num), c->viewer.num, &circles));
    *out = (friend_tabs){.items = ARENA_ARRAY(c->arena, friend_tab, TABS + 1), .sent = str_eq(name, sent.name)};
    out->asks = out->sent || str_eq(name, STR("requests"));
    out->online = str_eq(name, online.name);
    out->all = str_eq(name, tabs[0].name);
    if (out->all || out->online) TRY(count_online(c, out));
    for (size_t i = 0; i < TABS; i++) {
        bool here = tabs[i].wanted == EDGE_NEW ? out->asks : str_eq(tabs[i].name, name) || (i == 0 && out->online);
        TRY(bar_tab(c, &tabs[i], edges, here, out));
    }
    out->items[out->len++] = (friend_tab){.name = STR("circles"), .title = L_friends_tab_circles, .count = circles.circles,
                                          .here = str_eq(name, STR("circles"))};
    return count_tab(c, &sent, edges, &out->sent_count);
}

/* ---- rows ---- */

/* A page ends at a pair, moment and number: "1700000000000.17". Anything else begins at the newest. */
typedef struct place { int64_t at, other; } place;

static place place_of(const req *r)
{
    str text = req_field(r, "after"), at = str_cut(&text, '.');
    place p;
    if (str_int(at, &p.at) && str_int(text, &p.other)) return p;
    return (place){INT64_MAX, INT64_MAX};
}

static rc read_lines(ctx *c, const tab *t, place from, friends_line_list *lines)
{
    int64_t me = c->viewer.num, bucket = bucket_of(me);
    if (by_column(t))
        return sql_friends_followers(c->db, c->arena, bucket, me, t->mask, t->wanted, from.at, from.other, PAGE + 1, lines);
    return sql_friends_near(c->db, c->arena, bucket, me, t->mask, t->wanted, from.at, from.other, PAGE + 1, lines);
}

static rc rows_of(const view *v, const friends_line_list *lines, friend_rows *rows)
{
    ctx *c = v->r->c;
    *rows = (friend_rows){ARENA_ARRAY(c->arena, friend_row, lines->len), 0};
    for (size_t i = 0; i < lines->len && i < PAGE; i++) {
        const friends_line *l = &lines->items[i];
        friend_row *row = &rows->items[rows->len++];
        *row = (friend_row){.bits = (unsigned)l->bits, .words = l->message};
        if (l->bits & (EDGE_NEW | EDGE_ASK_OUT)) row->when = view_time(v, l->at);
        TRY(view_person(c, l->other, &row->p));
        TRY(presence_online(c, l->other, &row->p.online));
    }
    return OK;
}

/* The address of the page behind this one; empty at the end. */
static url next_page(const view *v, const char *path, const friends_line_list *lines)
{
    if (lines->len <= PAGE) return (url){STR("")};
    const friends_line *last = &lines->items[PAGE - 1];
    return view_url(v, "%safter=%lld.%lld", path, (long long)last->at, (long long)last->other);
}

/* In the order of their numbers: the order of time would tell who came when. */
static rc online_show(req *r)
{
    ctx *c = r->c;
    view v;
    friend_tabs bar;
    int64_t nums[PAGE], next;
    size_t len;
    TRY(view_init(&v, r, NAV_FRIENDS, MSG(online.title)));
    TRY(friends_tabs(c, online.name, &bar));
    TRY(presence_friends(c, req_field_int(r, "after", 0), PAGE, nums, &len, &next));
    friend_rows rows = {ARENA_ARRAY(c->arena, friend_row, len), len};
    for (size_t i = 0; i < len; i++) {
        rows.items[i] = (friend_row){0};
        TRY(graph_edge(c, c->viewer.num, nums[i], &rows.items[i].bits));
        TRY(view_person(c, nums[i], &rows.items[i].p));
        rows.items[i].p.online = true;
    }
    url more = next ? view_url(&v, "/friends?tab=online&after=%lld", (long long)next) : (url){STR("")};
    const discover_view nothing = {0};
    tpl_friends_page(r->out, &v, &bar, &rows, more, MSG(online.nobody), MSG(online.nobody_what), &nothing);
    return OK;
}

static rc friends_show(req *r)
{
    view v;
    friend_tabs bar;
    friends_line_list lines;
    friend_rows rows;
    if (str_eq(req_field(r, "tab"), STR("circles"))) return circles_show(r);
    const tab *t = tab_named(req_field(r, "tab"));
    if (t == &online) return online_show(r);
    TRY(view_init(&v, r, NAV_FRIENDS, MSG(t->title)));
    TRY(friends_tabs(r->c, t->name, &bar));
    TRY(read_lines(r->c, t, place_of(r), &lines));
    TRY(rows_of(&v, &lines, &rows));
    str path = arena_printf(r->c->arena, "/friends?tab=%.*s&", STR_ARG(t->name));
    /* Beside the list of all friends; the others are looked at for what is in them. */
    discover_view d = {0};
    if (t == &tabs[0] && place_of(r).at == INT64_MAX) TRY(discover_view_of(&v, &d));
    tpl_friends_page(r->out, &v, &bar, &rows, next_page(&v, path.ptr, &lines), MSG(t->nobody), MSG(t->nobody_what), &d);
    return OK;
}

static rc blocked_show(req *r)
{
    view v;
    friends_line_list lines;
    friend_rows rows;
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_friends_blocked_title)));
    TRY(read_lines(r->c, &blocked, place_of(r), &lines));
    TRY(rows_of(&v, &lines, &rows));
    tpl_blocked_page(r->out, &v, &rows, next_page(&v, "/settings/blocked?", &lines));
    return OK;
}

/* ---- somebody else's friends ---- */

/* Who shall not be found in lists of people is not found in this one either. */
static rc row_if_found(ctx *c, int64_t num, friend_rows *rows)
{
    bool may;
    TRY(privacy_may(c, num, PRIVACY_FOUND, &may));
    if (!may) return OK;
    friend_row *row = &rows->items[rows->len++];
    *row = (friend_row){0};
    if (c->viewer.num) TRY(graph_edge(c, c->viewer.num, num, &row->bits));
    TRY(view_person(c, num, &row->p));
    return presence_online(c, num, &row->p.online);
}

static rc mutual_rows(ctx *c, int64_t owner, friend_rows *rows)
{
    int64_t nums[SCAN_MAX];
    size_t len, total;
    *rows = (friend_rows){ARENA_ARRAY(c->arena, friend_row, MUTUAL_MAX), 0};
    if (!c->viewer.num) return OK;
    TRY(graph_mutual(c, c->viewer.num, owner, SCAN_MAX, nums, &len, &total));
    for (size_t i = 0; i < len && rows->len < MUTUAL_MAX; i++) {
        bool may;
        TRY(privacy_may_meet(c, nums[i], &may));
        if (may) TRY(row_if_found(c, nums[i], rows));
    }
    return OK;
}

/* In the order of their numbers: the order of time would tell when each friendship began. */
static rc friends_of_rows(ctx *c, int64_t owner, int64_t after, friend_rows *rows, int64_t *next)
{
    edge_list edges;
    size_t scanned = 0;
    *next = 0;
    *rows = (friend_rows){ARENA_ARRAY(c->arena, friend_row, PAGE), 0};
    TRY(graph_edges(c, owner, &edges));
    for (size_t i = 0; i < edges.len; i++) {
        edge e = edges.items[i];
        if (e.other <= after || !(e.bits & EDGE_FRIEND)) continue;
        if (rows->len == PAGE || scanned++ == SCAN_MAX) return OK;
        TRY(row_if_found(c, e.other, rows));
        *next = e.other;
    }
    *next = 0; /* nobody was left */
    return OK;
}

static rc friends_of_show(req *r)
{
    ctx *c = r->c;
    int64_t owner = req_capture_int(r, "num"), next;
    view v;
    person p;
    friend_rows mutual, rows;
    if (owner == c->viewer.num) return req_redirect(r, url_local(STR("/friends")));
    TRY(privacy_check(c, owner, PRIVACY_FRIENDS));
    TRY(view_person(c, owner, &p));
    TRY(view_init(&v, r, NAV_NONE, (msg){.key = L_friends_of_title, .s = p.full}));
    TRY(mutual_rows(c, owner, &mutual));
    TRY(friends_of_rows(c, owner, req_field_int(r, "after", 0), &rows, &next));
    url more = next ? view_url(&v, "/friends/of/%lld?after=%lld", (long long)owner, (long long)next) : (url){STR("")};
    tpl_friends_of_page(r->out, &v, &p, &mutual, &rows, more);
    return OK;
}

/* ---- doing something about a person ---- */

#define BACK_MAX ((size_t)200) /* it travels in a cookie when there is an undo */

/* What each address does, what is said afterwards, and the act that undoes it (ACT_COUNT: none). An undo is offered only
 * where it brings back what was there: a block, say, cannot be undone, because the friendship would not return. */
static const struct verb {
    const char *path;
    friend_act act, undo;
    enum lang_key done;
} verbs[] = {
    {"/friends/{num:int}/add", ACT_ADD, ACT_CANCEL, L_friends_done_add},
    {"/friends/{num:int}/ask", ACT_ADD, ACT_CANCEL, L_friends_done_add},
    {"/friends/{num:int}/cancel", ACT_CANCEL, ACT_COUNT, L_friends_done_cancel},
    {"/friends/{num:int}/accept", ACT_ACCEPT, ACT_COUNT, L_friends_done_accept},
    {"/friends/{num:int}/decline", ACT_DECLINE, ACT_REOPEN, L_friends_done_decline},
    {"/friends/{num:int}/reopen", ACT_REOPEN, ACT_COUNT, L_friends_done_reopen},
    {"/friends/{num:int}/remove", ACT_REMOVE, ACT_COUNT, L_friends_done_remove},
    {"/friends/{num:int}/follow", ACT_FOLLOW, ACT_UNFOLLOW, L_friends_done_follow},
    {"/friends/{num:int}/unfollow", ACT_UNFOLLOW, ACT_FOLLOW, L_friends_done_unfollow},
    {"/block/{num:int}", ACT_BLOCK, ACT_COUNT, L_friends_done_block},
    {"/unblock/{num:int}", ACT_UNBLOCK, ACT_BLOCK, L_friends_done_unblock},
};

static const struct verb *verb_at(const char *path)
{
    size_t i = 0;
    while (strcmp(verbs[i].path, path) != 0) i++;
    return &verbs[i];
}

static const struct verb *verb_of(friend_act act)
{
    size_t i = 0;
    while (verbs[i].act != act) i++;
    return &verbs[i];
}

/* "/friends/{num:int}/cancel" for one person; it comes back to the same place as what it undoes. */
static str undo_address(arena *a, friend_act act, int64_t num, str back)
{
    str rest = str_of(verb_of(act)->path), head = str_cut(&rest, '{');
    (void)str_cut(&rest, '}');
    out to;
    out_init(&to, 4 * BACK_MAX);
    out_percent(&to, back);
    str address = arena_printf(a, "%.*s%lld%.*s?to=%.*s", STR_ARG(head), (long long)num, STR_ARG(rest), STR_ARG(out_get(&to)));
    out_drop(&to);
    return address;
}

/* Back to where the button was: the form's word, or on an undo the address's; their page otherwise. */
static rc back_from(req *r, int64_t num, url *back)
{
    const member_card *card;
    str to = req_field(r, "to");
    if (!to.ptr) to = form_get(&r->query, STR("to"));
    if (to.len && to.len <= BACK_MAX) return *back = url_local(to), OK;
    TRY(graph_member(r->c, num, &card));
    bool there = card->state == MEMBER_ACTIVE;
    *back = url_local(there ? arena_printf(r->c->arena, "/%.*s", STR_ARG(card->name)) : STR("/friends"));
    return OK;
}

/* What an undo must bring back, for `show`: whether there was anything to do, and whether the viewer followed already. */
#define RESULT_DONE "d"
#define RESULT_FOLLOWED "f"

static rc do_and_note(req *r, friend_act act, str words)
{
    ctx *c = r->c;
    int64_t num = req_capture_int(r, "num");
    unsigned before, after;
    TRY(graph_edge(c, c->viewer.num, num, &before));
    TRY(friends_do(c, act, num, words));
    TRY(graph_edge(c, c->viewer.num, num, &after));
    r->result = before == after ? STR("") : before & EDGE_OUT ? STR(RESULT_FOLLOWED) : STR(RESULT_DONE);
    return OK;
}

/* Withdrawing stops the following that came with the request; one that was there before it comes back ("?follow"). */
static rc verb_act(req *r)
{
    friend_act act = verb_at(r->route->path)->act;
    TRY(do_and_note(r, act, STR("")));
    if (act != ACT_CANCEL || !form_get(&r->query, STR("follow")).ptr) return OK;
    return friends_do(r->c, ACT_FOLLOW, req_capture_int(r, "num"), STR(""));
}

static str undo_of(req *r, const struct verb *w, int64_t num, url back)
{
    if (w->undo == ACT_COUNT || r->result.len == 0) return STR("");
    str undo = undo_address(r->c->arena, w->undo, num, back.s);
    bool followed = w->act == ACT_ADD && str_eq(r->result, STR(RESULT_FOLLOWED));
    return followed ? arena_printf(r->c->arena, "%.*s&follow=1", STR_ARG(undo)) : undo;
}

/* Whoever adds a person who had asked before is told of a friendship, not of a request. */
static rc verb_show(req *r)
{
    int64_t num = req_capture_int(r, "num");
    const struct verb *w = verb_at(r->route->path);
    unsigned bits;
    url back;
    TRY(graph_edge(r->c, r->c->viewer.num, num, &bits));
    if (w->act == ACT_ADD && bits & EDGE_FRIEND) w = verb_of(ACT_ACCEPT);
    TRY(back_from(r, num, &back));
    return req_redirect_toast(r, back, w->done, undo_of(r, w, num, back));
}

/* ---- a request with words ---- */

static rc ask_show(req *r)
{
    ctx *c = r->c;
    view v;
    const member_card *card;
    unsigned bits;
    url back;
    int64_t num = req_capture_int(r, "num");
    TRY(graph_member(c, num, &card));
    TRY(graph_edge(c, c->viewer.num, num, &bits));
    int state = card->state;
    if (state != MEMBER_ACTIVE) return fail(c, E_DENIED, MSG(L_friends_not_there), "the other's state is %d", state);
    if (bits & EDGE_BLOCKED) return fail(c, E_DENIED, MSG(L_friends_blocks_you), "the other blocks the viewer");
    if (num == c->viewer.num && r->method == POST) return E_INVALID;
    if (r->method == GET && (num == c->viewer.num || bits & (EDGE_FRIEND | EDGE_ASK_OUT))) {
        TRY(back_from(r, num, &back));
        return req_redirect(r, back);
    }
    TRY(view_init(&v, r, NAV_FRIENDS, MSG(L_friends_ask_title)));
    person p = person_of(c->arena, card);
    tpl_ask_page(r->out, &v, &p);
    return OK;
}

static rc ask_prepare(req *r)
{
    str *words = r->state = ARENA_NEW(r->c->arena, str);
    return req_text(r, "text", 0, FRIENDS_MESSAGE_MAX, true, words);
}

static rc ask_act(req *r)
{
    return do_and_note(r, ACT_ADD, *(const str *)r->state);
}

#define VERB(at) {POST, at, .act = verb_act, .show = verb_show, .who = MEMBER, .idempotent = true}

const route friends_routes[] = {
    {GET, "/friends", .show = friends_show, .who = MEMBER},
    {GET, "/friends/of/{num:int}", .show = friends_of_show, .who = ANYONE},
    {GET, "/settings/blocked", .show = blocked_show, .who = MEMBER},
    {GET, "/friends/{num:int}/ask", .show = ask_show, .who = MEMBER},
    {POST, "/friends/{num:int}/ask", .prepare = ask_prepare, .act = ask_act, .show = verb_show, .again = ask_show, .who = MEMBER,
     .idempotent = true, .per_minute = 20},
    VERB("/friends/{num:int}/add"),
    VERB("/friends/{num:int}/cancel"),
    VERB("/friends/{num:int}/accept"),
    VERB("/friends/{num:int}/decline"),
    VERB("/friends/{num:int}/reopen"),
    VERB("/friends/{num:int}/remove"),
    VERB("/friends/{num:int}/follow"),
    VERB("/friends/{num:int}/unfollow"),
    VERB("/block/{num:int}"),
    VERB("/unblock/{num:int}"),
    {0}};
