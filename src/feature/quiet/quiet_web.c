/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/quiet/quiet_web.h"

#include "quiet_pages.tpl.h"

static html until_words(const view *v, int64_t until)
{
    return until ? view_say(v, msg_s(L_quiet_until, view_time(v, until))) : (html){STR("")};
}

/* ---- the list ---- */

static rc quiet_show(req *r)
{
    ctx *c = r->c;
    view v;
    mute_line_list mutes;
    filter_line_list filters;
    quiet_page p = {0};
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_quiet_title)));
    TRY(quiet_mute_list(c, &mutes));
    TRY(quiet_filter_list(c, &filters));
    p.mutes.items = ARENA_ARRAY(c->arena, mute_row, mutes.len);
    for (size_t i = 0; i < mutes.len; i++) {
        mute_row *row = &p.mutes.items[p.mutes.len++];
        TRY(view_person(c, mutes.items[i].other, &row->who));
        row->until = until_words(&v, mutes.items[i].until);
    }
    p.filters.items = ARENA_ARRAY(c->arena, filter_row, filters.len);
    for (size_t i = 0; i < filters.len; i++)
        p.filters.items[p.filters.len++] = (filter_row){filters.items[i], until_words(&v, filters.items[i].until)};
    tpl_quiet_list(r->out, &v, &p);
    return OK;
}

/* ---- words ---- */

typedef struct quiet_state {
    str words;
    bool whole, warns;
    quiet_span span;
} quiet_state;

static rc read_span(req *r, quiet_state *s)
{
    int64_t span = req_field_int(r, "span", -1);
    if (span < SPAN_EVER || span >= SPANS) return req_fault(r, "span", MSG(L_form_choice));
    s->span = (quiet_span)span;
    return OK;
}

static rc read_switch(req *r, const char *field, bool *out)
{
    int64_t chosen = req_field_int(r, field, -1);
    *out = chosen == 1;
    return chosen == 0 || chosen == 1 ? OK : req_fault(r, field, MSG(L_form_choice));
}

static rc filter_prepare(req *r)
{
    quiet_state *s = r->state = ARENA_NEW(r->c->arena, quiet_state);
    const rc_code each[] = {
        req_text(r, "words", FILTER_LEAST, FILTER_MAX, false, &s->words),
        read_switch(r, "whole", &s->whole),
        read_switch(r, "warns", &s->warns),
        read_span(r, s),
    };
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) TRY(each[i]);
    return OK;
}

static rc filter_act(req *r)
{
    const quiet_state *s = r->state;
    rc_code code = quiet_filter_set(r->c, s->words, s->whole, s->warns, s->span);
    return code == E_LIMIT || code == E_INVALID ? req_fault(r, "words", r->c->err.sentence) : code;
}

static rc filter_saved(req *r) { return req_redirect_toast(r, url_local(STR("/settings/quiet")), L_quiet_filter_added, STR("")); }

static rc filter_end_act(req *r) { return quiet_filter_end(r->c, req_capture_int(r, "ordinal")); }

static rc filter_ended(req *r) { return req_redirect_toast(r, url_local(STR("/settings/quiet")), L_quiet_filter_deleted, STR("")); }

/* ---- members ---- */

static rc mute_form(req *r)
{
    ctx *c = r->c;
    view v;
    const member_card *card;
    int64_t num = req_capture_int(r, "num");
    const quiet *q;
    TRY(graph_member(c, num, &card));
    if (num == c->viewer.num && r->method == GET) return req_redirect(r, url_local(STR("/settings/quiet")));
    if (card->state != MEMBER_ACTIVE) return fail(c, E_GONE, MSG(L_graph_gone), "the member's state is %d", card->state);
    TRY(graph_quiet(c, &q));
    TRY(view_init(&v, r, NAV_NONE, MSG(L_quiet_mute_title)));
    person who = person_of(c->arena, card);
    tpl_quiet_mute(r->out, &v, &who, quiet_is_muted(q, num, c->now));
    return OK;
}

static rc mute_prepare(req *r)
{
    quiet_state *s = r->state = ARENA_NEW(r->c->arena, quiet_state);
    return read_span(r, s);
}

static rc mute_act(req *r)
{
    const quiet_state *s = r->state;
    return quiet_mute_set(r->c, req_capture_int(r, "num"), s->span);
}

static rc muted(req *r)
{
    str undo = arena_printf(r->c->arena, "/unmute/%lld", (long long)req_capture_int(r, "num"));
    return req_redirect_toast(r, url_local(STR("/settings/quiet")), L_quiet_muted, undo);
}

static rc unmute_act(req *r) { return quiet_mute_end(r->c, req_capture_int(r, "num")); }

static rc unmuted(req *r) { return req_redirect_toast(r, url_local(STR("/settings/quiet")), L_quiet_unmuted, STR("")); }

const route quiet_routes[] = {
    {GET, "/settings/quiet", .show = quiet_show, .who = MEMBER},
    {POST, "/settings/quiet", .prepare = filter_prepare, .act = filter_act, .show = filter_saved, .again = quiet_show, .who = MEMBER,
     .idempotent = true, .per_minute = 30},
    {POST, "/settings/quiet/{ordinal:int}/delete", .act = filter_end_act, .show = filter_ended, .who = MEMBER, .idempotent = true},
    {GET, "/mute/{num:int}", .show = mute_form, .who = MEMBER},
    {POST, "/mute/{num:int}", .prepare = mute_prepare, .act = mute_act, .show = muted, .again = mute_form, .who = MEMBER,
     .idempotent = true, .per_minute = 30},
    {POST, "/unmute/{num:int}", .act = unmute_act, .show = unmuted, .who = MEMBER, .idempotent = true},
    {0}};
