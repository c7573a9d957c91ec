/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/discover/discover_web.h"

#include "base/clock.h"
#include "discover_pages.tpl.h"

static html when_words(const view *v, const birthday_ahead *b)
{
    civil then = clock_local(v->r->c->now + b->days * MS_DAY);
    html day = b->days == 0   ? view_say(v, MSG(L_discover_today))
               : b->days == 1 ? view_say(v, MSG(L_discover_tomorrow))
                              : view_say(v, msg_n((enum lang_key)(L_common_month_1 + (then.month - 1)), then.day));
    if (!b->age) return day;
    return view_say(v, (msg){.key = L_discover_turns, .s = day.s, .n = b->age});
}

rc discover_view_of(view *v, discover_view *out)
{
    ctx *c = v->r->c;
    suggestion_list some;
    birthday_ahead_list ahead;
    TRY(discover_birthdays(c, &ahead));
    TRY(discover_suggest(c, &some));
    *out = (discover_view){.suggested = {ARENA_ARRAY(c->arena, suggested_row, SUGGESTIONS), 0},
                           .birthdays = {ARENA_ARRAY(c->arena, birthday_row, BIRTHDAYS), 0}};
    for (size_t i = 0; i < ahead.len; i++) {
        birthday_row *row = &out->birthdays.items[out->birthdays.len++];
        TRY(view_person(c, ahead.items[i].num, &row->who));
        row->when = when_words(v, &ahead.items[i]);
    }
    for (size_t i = 0; i < some.len; i++) {
        suggested_row *row = &out->suggested.items[out->suggested.len++];
        TRY(view_person(c, some.items[i].num, &row->who));
        row->mutual = some.items[i].mutual;
    }
    return OK;
}

static rc dismiss_act(req *r) { return discover_dismiss(r->c, req_capture_int(r, "num")); }

static rc dismissed(req *r) { return req_redirect_toast(r, url_local(STR("/friends")), L_discover_dismissed, STR("")); }

const route discover_routes[] = {
    {POST, "/friends/suggested/{num:int}/dismiss", .act = dismiss_act, .show = dismissed, .who = MEMBER, .idempotent = true},
    {0}};
