/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/notify/notice.h"

#include "db/change.h"
#include "graph/graph.h"

#define SWEEP_SLICE 100
#define SWEEP_PAUSE_MS (60 * INT64_C(60000))

static rc moved(ctx *c, int64_t member) { return change_emit(c, CHANGE_NOTICES, member, 0); }

/* ---- telling ---- */

static rc state_of(ctx *c, int64_t member, notice_state_of_row *out)
{
    rc_code found = sql_notice_state_of(c->db, c->arena, bucket_of(member), member, out);
    if (found == E_NOT_FOUND) *out = (notice_state_of_row){0}, found = OK;
    return found;
}

static rc wants(ctx *c, int64_t member, notice_kind kind, bool *yes)
{
    unsigned bits;
    const member_card *card;
    notice_state_of_row state;
    *yes = false;
    if (member == c->viewer.num || member <= 0) return OK;
    rc_code found = graph_member(c, member, &card);
    if (found != OK) return found == E_NOT_FOUND ? OK : found; /* a number that a link names, and nobody has */
    TRY(graph_edge(c, member, c->viewer.num, &bits));
    if (bits & (EDGE_BLOCKS | EDGE_BLOCKED)) return OK;
    TRY(state_of(c, member, &state));
    *yes = !(state.off >> kind & 1);
    return OK;
}

rc notice_tell(ctx *c, int64_t member, notice_of what)
{
    bool yes;
    TRY(wants(c, member, what.kind, &yes));
    if (!yes) return OK;
    TRY(sql_notice_put(c->db, bucket_of(member), member, what.kind, what.about, c->viewer.num, what.post, what.comment, c->now));
    return moved(c, member);
}

rc notice_tell_reader(ctx *c, int64_t member, notice_of what, int64_t owner, int64_t author, int64_t audience)
{
    bool may = false;
    viewer actor = c->viewer;
    c->viewer = (viewer){member, ROLE_MEMBER};
    rc_code judged = member > 0 ? privacy_see_post(c, owner, author, audience, &may) : OK;
    c->viewer = actor;
    TRY(judged);
    return may ? notice_tell(c, member, what) : OK;
}

rc notice_untell(ctx *c, int64_t member, notice_kind kind, int64_t about)
{
    int64_t dropped;
    TRY(sql_notice_drop(c->db, bucket_of(member), member, kind, about, c->viewer.num, &dropped));
    return dropped ? moved(c, member) : OK;
}

static rc forget(ctx *c, int64_t member, int64_t actor)
{
    int64_t dropped;
    TRY(sql_notice_drop_of(c->db, bucket_of(member), member, actor, &dropped));
    return dropped ? moved(c, member) : OK;
}

rc notice_part(ctx *c, int64_t a, int64_t b)
{
    int64_t first = bucket_of(a) <= bucket_of(b) ? a : b; /* the lower bucket first, as everywhere */
    TRY(forget(c, first, first == a ? b : a));
    return forget(c, first == a ? b : a, first);
}

/* ---- reading ---- */

static notice_group *group_of(notice_page *p, const notice_row *row)
{
    for (size_t i = 0; i < p->len; i++)
        if (p->items[i].what.kind == (notice_kind)row->kind && p->items[i].what.about == row->about) return &p->items[i];
    return NULL;
}

/* False: the page has as many groups as it holds, and this row would be another. */
static bool take(notice_page *p, const notice_row *row, int64_t seen)
{
    notice_group *g = group_of(p, row);
    if (!g) {
        if (p->len == NOTICES_PAGE) return false;
        g = &p->items[p->len++];
        *g = (notice_group){.what = {(notice_kind)row->kind, row->about, row->post, row->comment}, .at = row->at, .fresh = row->at > seen};
    }
    for (size_t i = 0; i < g->named; i++)
        if (g->actors[i] == row->actor) return true;
    if (g->named < NOTICE_ACTORS) g->actors[g->named++] = row->actor;
    else g->others++;
    return true;
}

rc notice_read(ctx *c, int64_t before, notice_page *out)
{
    int64_t me = c->viewer.num;
    notice_row_list rows;
    notice_state_of_row state;
    *out = (notice_page){.items = ARENA_ARRAY(c->arena, notice_group, NOTICES_PAGE)};
    TRY(state_of(c, me, &state));
    TRY(sql_notice_newest(c->db, c->arena, bucket_of(me), me, before, NOTICES_SCAN_MAX, &rows));
    if (rows.len) out->newest = rows.items[0].at;
    for (size_t i = 0; i < rows.len; i++) {
        bool may;
        TRY(privacy_see_author(c, rows.items[i].actor, &may));
        if (may && !take(out, &rows.items[i], state.seen_at)) {
            out->next = rows.items[i].at + 1;
            return OK;
        }
    }
    if (rows.len == NOTICES_SCAN_MAX) out->next = rows.items[rows.len - 1].at;
    return OK;
}

rc notice_seen(ctx *c, int64_t at)
{
    int64_t me = c->viewer.num;
    TRY(sql_notice_state_seen(c->db, bucket_of(me), me, at < c->now ? at : c->now));
    return moved(c, me);
}

rc notice_off(ctx *c, unsigned *off)
{
    notice_state_of_row state;
    TRY(state_of(c, c->viewer.num, &state));
    *off = (unsigned)state.off;
    return OK;
}

rc notice_set_off(ctx *c, unsigned off)
{
    int64_t me = c->viewer.num;
    return sql_notice_state_off(c->db, bucket_of(me), me, (int64_t)off);
}

/* ---- sweeping ---- */

static rc sweep_run(ctx *c, str payload)
{
    notice_old_row_list old;
    TRY(sql_notice_old(c->db, c->arena, c->now - NOTICES_KEPT_MS, SWEEP_SLICE, &old));
    for (size_t i = 0; i < old.len; i++) {
        const notice_old_row *n = &old.items[i];
        int64_t dropped;
        TRY(sql_notice_drop(c->db, n->bucket, n->member, n->kind, n->about, n->actor, &dropped));
    }
    return job_add(c, &notice_sweep, payload, old.len == SWEEP_SLICE ? 0 : c->now + SWEEP_PAUSE_MS);
}

const job_kind notice_sweep = {"notice_sweep", sweep_run, JOB_SLICE_MS, .repeats = true};
