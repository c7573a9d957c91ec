/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "db/node.h"

#include "node.sql.h"

#define TRIES 8 /* processes that start together want the same number */

/* Free since when; numbers without a row have always been free. */
static rc choose(db *d, arena *a, int64_t now, node_lease *out)
{
    node_all_row_list rows;
    int64_t high[NODES] = {0}, until[NODES] = {0};
    TRY(sql_node_all(d, a, &rows));
    for (size_t i = 0; i < rows.len; i++) {
        high[rows.items[i].number] = rows.items[i].high_water;
        until[rows.items[i].number] = rows.items[i].lease_until;
    }
    out->number = 0;
    for (int n = 1; n < NODES; n++)
        if (until[n] < until[out->number]) out->number = n;
    out->high = high[out->number];
    return until[out->number] <= now ? OK : E_LIMIT;
}

static rc take_once(db *d, arena *a, int64_t now, node_lease *out)
{
    int64_t taken = 0;
    TRY(db_begin_write(d));
    rc_code code = choose(d, a, now, out);
    if (code == OK) code = sql_node_lease(d, out->number, out->holder, now + NODE_LEASE_MS, now, &taken);
    if (code == OK) code = taken ? db_commit(d) : E_BUSY;
    if (code != OK) db_rollback(d);
    return code;
}

rc node_take(db *d, int64_t now, node_lease *out)
{
    arena *a = arena_open();
    rc_code code = E_BUSY;
    for (int i = 0; i < TRIES && code == E_BUSY; i++) code = take_once(d, a, now, out);
    arena_close(a);
    return code;
}

static rc set_until(db *d, int64_t until, const node_lease *lease)
{
    int64_t ours = 0;
    TRY(db_begin_write(d));
    rc_code code = sql_node_renew(d, until, lease->number, lease->holder, &ours);
    if (code == OK) code = ours ? db_commit(d) : E_CONFLICT;
    if (code != OK) db_rollback(d);
    return code;
}

rc node_renew(db *d, int64_t now, const node_lease *lease) { return set_until(d, now + NODE_LEASE_MS, lease); }

rc node_leave(db *d, const node_lease *lease) { return set_until(d, 0, lease); }
