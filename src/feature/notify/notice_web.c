/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/notify/notice_web.h"

#include "base/utf8.h"
#include "feature/comment/comment.h"
#include "feature/wall/text.h"
#include "feature/wall/wall_web.h"
#include "notice_pages.tpl.h"

static const enum lang_key words_of[NOTICE_KINDS] = {
    [NOTICE_LIKE] = L_notify_like, [NOTICE_LIKE_COMMENT] = L_notify_like_comment, [NOTICE_COMMENT] = L_notify_comment,
    [NOTICE_ANSWER] = L_notify_answer, [NOTICE_MENTION] = L_notify_mention, [NOTICE_WALL] = L_notify_wall,
    [NOTICE_REPOST] = L_notify_repost, [NOTICE_FRIENDS] = L_notify_friends};

/* ---- one line ---- */

/* The beginning, in one line; nothing of what one of the viewer's filters speaks about. */
static rc excerpt_of(ctx *c, int64_t author, str stored, str *out)
{
    arena *a = c->arena;
    const quiet *q;
    str typed = text_typed(a, stored);
    *out = STR("");
    TRY(graph_quiet(c, &q));
    if (wall_filter(c, q, author, stored)) return OK;
    char *one = arena_alloc(a, typed.len + 1);
    size_t at = 0, points = 0;
    while (at < typed.len && points < EXCERPT_POINTS) (void)utf8_next(typed, &at), points++;
    for (size_t i = 0; i < at; i++) one[i] = typed.ptr[i] == '\n' ? ' ' : typed.ptr[i];
    *out = at < typed.len ? arena_printf(a, "%.*s…", (int)at, one) : (str){one, at};
    return OK;
}

/* What is gone, or is no longer for this viewer, has no line. */
static rc open_to_viewer(rc_code found, bool *there)
{
    *there = found == OK;
    return found == E_NOT_FOUND || found == E_GONE ? OK : found;
}

static rc lead_to_comment(ctx *c, int64_t id, notice_line *l, bool *there)
{
    comment_row k;
    TRY(comment_head(c, id, &k, there));
    if (!*there) return OK;
    l->to = url_local(arena_printf(c->arena, "/comment%lld_%lld", (long long)k.owner, (long long)k.ordinal));
    return excerpt_of(c, k.author, k.text, &l->excerpt);
}

static rc lead(ctx *c, notice_line *l, bool *there)
{
    wall_post p;
    const notice_of *what = &l->group.what;
    TRY(open_to_viewer(wall_get_by_id(c, what->post, &p), there));
    if (!*there) return OK;
    if (what->comment) return lead_to_comment(c, what->comment, l, there);
    l->to = url_local(arena_printf(c->arena, "/wall%lld_%lld", (long long)p.owner, (long long)p.ordinal));
    return excerpt_of(c, p.author, p.warning.len ? p.warning : p.text, &l->excerpt); /* a warning stands for its post here too */
}

static rc line_of(const view *v, const notice_group *g, notice_line *l, bool *there)
{
    *l = (notice_line){.group = *g, .what = MSG(words_of[g->what.kind])};
    for (size_t i = 0; i < g->named; i++) TRY(view_person(v->r->c, g->actors[i], &l->actors[i]));
    *there = true;
    if (g->what.post) return lead(v->r->c, l, there);
    l->to = person_url(v, &l->actors[0]);
    return OK;
}

/* ---- the list ---- */

static rc notices_show(req *r)
{
    view v;
    notice_page page;
    int64_t before = req_field_int(r, "before", INT64_MAX);
    TRY(view_init(&v, r, NAV_NOTICES, MSG(L_notify_title)));
    TRY(notice_read(r->c, before, &page));
    notices_shown shown = {.lines = {ARENA_ARRAY(r->c->arena, notice_line, page.len), 0}, .newest = page.newest, .next = page.next,
                           .fresh = v.notices > 0 && before == INT64_MAX};
    for (size_t i = 0; i < page.len; i++) {
        bool there;
        TRY(line_of(&v, &page.items[i], &shown.lines.items[shown.lines.len], &there));
        shown.lines.len += there;
    }
    tpl_notice_list(r->out, &v, &shown);
    return OK;
}

static rc seen_act(req *r)
{
    int64_t until = req_field_int(r, "until", -1);
    if (until < 0) return fail(r->c, E_INVALID, MSG(L_form_choice), "no moment");
    return notice_seen(r->c, until);
}

/* A script that marks the page as read wants no other page. */
static rc seen_show(req *r) { return r->fragment ? OK : req_redirect(r, url_local(STR("/notifications"))); }

/* ---- settings ---- */

static const char *const fields[NOTICE_KINDS] = {"", "kind1", "kind2", "kind3", "kind4", "kind5", "kind6", "kind7", "kind8"};

static rc settings_show(req *r)
{
    view v;
    unsigned off;
    notice_choices choices = {0};
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_notify_settings)));
    TRY(notice_off(r->c, &off));
    for (int kind = 1; kind < NOTICE_KINDS; kind++) {
        bool on = r->method == POST ? req_field(r, fields[kind]).ptr != NULL : !(off >> kind & 1);
        choices.items[choices.len++] = (notice_choice){fields[kind], MSG(words_of[kind]), on};
    }
    tpl_notice_settings(r->out, &v, &choices);
    return OK;
}

/* A box that is not ticked is not sent. */
static rc settings_act(req *r)
{
    unsigned off = 0;
    for (int kind = 1; kind < NOTICE_KINDS; kind++) {
        str sent = req_field(r, fields[kind]);
        if (sent.ptr && !str_eq(sent, STR("1"))) return req_fault(r, fields[kind], MSG(L_form_choice));
        if (!sent.ptr) off |= 1u << kind;
    }
    return notice_set_off(r->c, off);
}

static rc settings_saved(req *r) { return req_redirect_toast(r, url_local(STR("/settings/notifications")), L_notify_saved, STR("")); }

const route notice_routes[] = {
    {GET, "/notifications", .show = notices_show, .who = MEMBER},
    {POST, "/notifications/seen", .act = seen_act, .show = seen_show, .again = notices_show, .who = MEMBER, .idempotent = true},
    {GET, "/settings/notifications", .show = settings_show, .who = MEMBER},
    {POST, "/settings/notifications", .act = settings_act, .show = settings_saved, .again = settings_show, .who = MEMBER},
    {0}};
