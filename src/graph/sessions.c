/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who is asking? The first question of every request; so a member's sessions are in memory. A token says whose it is, its hash
 * says whether that is true. What the member does not want to read, and how much they were told and have not read, lies with them:
 * it is asked for by whoever is here, whose sessions are there already. */
#include <string.h>

#include "graph.sql.h"
#include "graph/parts.h"

static rc notices_read(ctx *c, int64_t num, int64_t *fresh)
{
    graph_notices_seen_row state = {0};
    graph_notices_fresh_row_list lines;
    rc_code found = sql_graph_notices_seen(c->db, c->arena, bucket_of(num), num, &state);
    if (found != OK && found != E_NOT_FOUND) return found;
    TRY(sql_graph_notices_fresh(c->db, c->arena, bucket_of(num), num, state.seen_at, NOTICES_COUNTED, &lines));
    *fresh = (int64_t)lines.len;
    return OK;
}

static rc sessions_fetch(ctx *c, int64_t num, const sessions_part **out)
{
    graph_sessions_row_list rows;
    quiet_rows quiet;
    int64_t notices;
    TRY(sql_graph_sessions(c->db, c->arena, bucket_of(num), num, GRAPH_SESSIONS_MAX, &rows));
    if (rows.len == 0) return E_NOT_FOUND; /* nothing is kept for numbers that somebody guesses */
    TRY(quiet_read(c, num, &quiet));
    TRY(notices_read(c, num, &notices));
    sessions_part *p = part_new(c, sizeof *p + rows.len * sizeof(graph_session) + quiet_size(&quiet));
    p->len = 0;
    p->notices = notices;
    p->quiet = quiet_put(&p->items[rows.len], &quiet);
    for (size_t i = 0; i < rows.len; i++) {
        const graph_sessions_row *row = &rows.items[i];
        if (row->hash.len != SESSION_HASH) continue;
        graph_session *s = &p->items[p->len++];
        *s = (graph_session){.created_day = row->created_day, .last_day = row->last_day, .expires = row->expires};
        memcpy(s->hash, row->hash.ptr, SESSION_HASH);
    }
    *out = (const sessions_part *)part_keep(c, num, PART_SESSIONS, &p->head);
    return OK;
}

rc graph_session_of(ctx *c, int64_t num, str hash, const graph_session **out)
{
    const sessions_part *p = (const sessions_part *)part_get(c, num, PART_SESSIONS);
    if (hash.len != SESSION_HASH) return E_NOT_FOUND;
    if (!p) TRY(sessions_fetch(c, num, &p));
    for (size_t i = 0; i < p->len; i++)
        if (memcmp(p->items[i].hash, hash.ptr, SESSION_HASH) == 0) return *out = &p->items[i], OK;
    return E_NOT_FOUND;
}

rc graph_quiet(ctx *c, const quiet **out)
{
    static const quiet nothing;
    *out = &nothing;
    int64_t me = c->viewer.num;
    if (me <= 0 || c->page_of) return OK;
    const sessions_part *p = (const sessions_part *)part_get(c, me, PART_SESSIONS);
    rc_code found = p ? OK : sessions_fetch(c, me, &p);
    if (found == OK) return *out = p->quiet, OK;
    if (found != E_NOT_FOUND) return found;
    /* Without a session nothing is kept. */
    quiet_rows rows;
    TRY(quiet_read(c, me, &rows));
    *out = quiet_put(arena_alloc(c->arena, quiet_size(&rows)), &rows);
    return OK;
}

rc graph_notices(ctx *c, int64_t *fresh)
{
    *fresh = 0;
    int64_t me = c->viewer.num;
    if (me <= 0 || c->page_of) return OK;
    const sessions_part *p = (const sessions_part *)part_get(c, me, PART_SESSIONS);
    rc_code found = p ? OK : sessions_fetch(c, me, &p);
    if (found == OK) return *fresh = p->notices, OK;
    return found == E_NOT_FOUND ? notices_read(c, me, fresh) : found;
}
