/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "db/sweep.h"

#include "base/clock.h"
#include "change.sql.h"

#define SWEEP_EVERY (10 * MS_MINUTE)

static rc come_back(ctx *c, const job_kind *kind, int64_t dropped)
{
    return job_add(c, kind, STR(""), dropped ? c->now : c->now + SWEEP_EVERY);
}

static rc run_sweep_change(ctx *c, str unused)
{
    (void)unused;
    int64_t before = c->now - CHANGE_KEPT_MS, dropped = 0;
    change_stale_row stale;
    TRY(sql_change_stale(c->db, c->arena, SWEEP_SLICE, before, &stale));
    if (stale.seq) TRY(sql_change_drop(c->db, stale.seq, before, &dropped));
    return come_back(c, &sweep_change, dropped);
}

static rc run_sweep_once(ctx *c, str unused)
{
    (void)unused;
    int64_t dropped = 0;
    once_stale_row stale;
    TRY(sql_once_stale(c->db, c->arena, c->now - ONCE_KEPT_MS, SWEEP_SLICE, &stale));
    if (stale.at) TRY(sql_once_drop(c->db, stale.at, &dropped));
    return come_back(c, &sweep_once, dropped);
}

const job_kind sweep_change = {"sweep_change", run_sweep_change, JOB_SLICE_MS, .repeats = true};
const job_kind sweep_once = {"sweep_once", run_sweep_once, JOB_SLICE_MS, .repeats = true};
