/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/presence/presence_web.h"

#include "base/clock.h"

#define LONG_AGO (30 * MS_DAY)

void presence_note(req *r)
{
    ctx *c = r->c;
    if (graph_here(c, c->viewer.num) && !req_after(r, presence_store, STR(""))) graph_here_again(c, c->viewer.num);
}

static bool same_day(civil a, civil b) { return a.year == b.year && a.month == b.month && a.day == b.day; }

html presence_words(const view *v, presence p, gender g)
{
    int64_t now = v->r->c->now;
    civil then = clock_local(p.hour);
    msg m = {.key = L_presence_online, .g = g, .n = then.hour};
    if (p.online) return view_say(v, m);
    if (!p.hour) return (html){STR("")};
    if (now - p.hour < MS_HOUR) m.key = L_presence_hour;
    else if (same_day(then, clock_local(now))) m.key = L_presence_today;
    else if (same_day(then, clock_local(now - MS_DAY))) m.key = L_presence_yesterday;
    else if (now - p.hour < LONG_AGO) {
        m.key = L_presence_date;
        m.s = view_say(v, msg_n((enum lang_key)(L_common_month_1 + (then.month - 1)), then.day)).s;
    } else m.key = L_presence_long;
    return view_say(v, m);
}
