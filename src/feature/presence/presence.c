/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/presence/presence.h"

#include "base/clock.h"
#include "base/ids.h"
#include "presence.sql.h"

static int64_t hour_of(int64_t ms) { return ms - ms % MS_HOUR; }

/* The minute in memory is its first moment. A little in the future is another request that began after this one; more than that
 * is a clock that was set back. */
static bool is_here(const ctx *c, int64_t num)
{
    int64_t age = c->now - graph_here_last(c, num);
    return age < ONLINE_MS + MS_MINUTE && age > -ONLINE_MS;
}

rc presence_online(ctx *c, int64_t num, bool *online)
{
    *online = false;
    /* Most are not here: of them nothing needs to be judged. */
    return is_here(c, num) ? privacy_may(c, num, PRIVACY_PRESENCE, online) : OK;
}

rc presence_of(ctx *c, int64_t num, presence *out)
{
    bool may;
    presence_hour_row row = {0};
    *out = (presence){0};
    TRY(privacy_may(c, num, PRIVACY_PRESENCE, &may));
    if (!may) return OK;
    *out = (presence){is_here(c, num), hour_of(graph_here_last(c, num))};
    if (out->online) return OK;
    rc found = sql_presence_hour(c->db, c->arena, bucket_of(num), num, &row);
    if (found != OK && found != E_NOT_FOUND) return found;
    if (row.hour > out->hour) out->hour = row.hour;
    return OK;
}

rc presence_friends(ctx *c, int64_t after, size_t most, int64_t *out, size_t *len, int64_t *next)
{
    edge_list edges;
    size_t judged = 0;
    *len = 0;
    *next = after;
    TRY(graph_edges(c, c->viewer.num, &edges));
    for (size_t i = 0; i < edges.len; i++) {
        edge e = edges.items[i];
        bool may;
        if (e.other <= after || !(e.bits & EDGE_FRIEND) || !is_here(c, e.other)) continue;
        if (*len == most || judged++ == PRESENCE_SCAN_MAX) return OK;
        TRY(privacy_may(c, e.other, PRIVACY_PRESENCE, &may));
        if (may) out[(*len)++] = e.other;
        *next = e.other;
    }
    *next = 0;
    return OK;
}

static bool hides(const audience *setting)
{
    return setting->base == LEVEL_NOBODY && !setting->allow_members.len && !setting->allow_circles.len;
}

rc presence_store(ctx *c, str unused)
{
    (void)unused;
    const audience *setting;
    int64_t stored, rows, num = c->viewer.num;
    TRY(graph_setting(c, num, PRIVACY_PRESENCE, &stored));
    TRY(audience_get(c, stored, &setting));
    if (hides(setting)) return sql_presence_drop(c->db, bucket_of(num), num);
    return sql_presence_put(c->db, bucket_of(num), num, hour_of(c->now), &rows);
}
