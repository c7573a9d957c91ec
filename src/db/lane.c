/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The doors of the lane, and what both engines do around an act. How it works: lane.h; who waits: lane_queue.c; how a batch
 * runs: lane_sqlite.c; how the pool runs: lane_postgres.c.
 *
 * A job's way, whatever the engine:
 *
 *   queue_add ─▶ queue_take_… ─▶ lane_prepare, act (perhaps again) ─▶ COMMIT ─▶ lane_publish ─▶ lane_answer
 *
 * Everything up to COMMIT leaves no trace outside the transaction: the ctx's arena, its changes and its error belong to the
 * run and are begun anew by the next one. */
#include "db/lane_internal.h"

#include "base/log.h"
#include "lane.sql.h"

#define DEFAULT_THREADS 16

rc lane_open(const lane_config *config, lane **out)
{
    bool postgres = db_engine_for(config->where) == DB_POSTGRES;
    lane *l = calloc(1, sizeof *l);
    if (!l) die("out of memory");
    l->config = *config;
    if (l->config.threads <= 0) l->config.threads = DEFAULT_THREADS;
    queue_init(&l->queue, postgres ? l->config.threads : 1);
    rc_code code = postgres ? lane_postgres_open(l) : lane_sqlite_open(l);
    if (code != OK) {
        queue_drop(&l->queue);
        free(l);
        l = NULL;
    }
    *out = l;
    return code;
}

void lane_close(lane *l)
{
    if (!l) return;
    queue_close(&l->queue);
    l->engine_close(l);
    queue_drop(&l->queue);
    free(l);
}

rc lane_submit(lane *l, lane_job *job)
{
    return queue_add(&l->queue, job, job->pressing);
}

lane_stats lane_stats_get(lane *l)
{
    lane_queue *q = &l->queue;
    pthread_mutex_lock(&q->lock);
    lane_stats stats = q->stats;
    stats.queued = q->requests.n + q->light.n;
    pthread_mutex_unlock(&q->lock);
    return stats;
}

rc lane_high_water(db *d, int node, int64_t *ms)
{
    node_high_row row = {0};
    arena *a = arena_open();
    rc_code code = sql_node_high(d, a, node, &row);
    arena_close(a);
    *ms = row.high_water;
    return code == E_NOT_FOUND ? OK : code;
}

/* --- submit and wait ----------------------------------------------------------------------------------------------- */

typedef struct waiter {
    lane_job job; /* first: lane_job * and waiter * are the same address */
    rc (*act)(ctx *, void *);
    void *arg;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool done;
    rc_code result;
} waiter;

static rc waiter_act(lane_job *job)
{
    waiter *w = (waiter *)job;
    return w->act(job->c, w->arg);
}

static void waiter_done(lane_job *job, rc_code result)
{
    waiter *w = (waiter *)job;
    pthread_mutex_lock(&w->lock);
    w->result = result;
    w->done = true;
    pthread_cond_signal(&w->answered);
    pthread_mutex_unlock(&w->lock);
}

rc lane_run(lane *l, ctx *c, rc (*act)(ctx *, void *), void *arg)
{
    waiter w = {.job = {.c = c, .act = waiter_act, .done = waiter_done}, .act = act, .arg = arg};
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.answered, NULL);
    pthread_mutex_lock(&w.lock);
    w.result = queue_add(&l->queue, &w.job, true);
    w.done = w.result != OK;
    while (!w.done) pthread_cond_wait(&w.answered, &w.lock);
    pthread_mutex_unlock(&w.lock);
    pthread_cond_destroy(&w.answered);
    pthread_mutex_destroy(&w.lock);
    return w.result;
}

/* --- around an act ------------------------------------------------------------------------------------------------- */

void lane_prepare(lane *l, lane_job *job, db *d)
{
    ctx *c = job->c;
    c->db = d;
    c->graph = l->config.graph;
    c->ids = l->config.ids;
    c->media = l->config.media;
    c->writing = !job->reads;
    c->retry = false;
    c->err = (failure){0};
    c->changes = NULL;
}

rc lane_act(lane_job *job)
{
    ctx *c = job->c;
    rc_code code = job->act(job);
    if (code != OK && c->err.code != code) (void)fail(c, code, MSG(L_NONE), "%s", db_error(c->db));
    return code;
}

void lane_answer(lane *l, lane_job *job, rc_code result, const char *why)
{
    ctx *c = job->c;
    /* Its transaction is over: whoever goes on with the ctx has snapshots of their own and may read memory again. */
    c->db = NULL;
    c->writing = false;
    if (result == OK) c->err = (failure){0};
    else c->changes = NULL;
    if (result != OK && c->err.code != result) (void)fail(c, result, MSG(L_NONE), "%s", why);
    queue_release(&l->queue, job);
    job->done(job, result);
}

/* Copies, so that the list can run through the jobs of a batch without tying their arenas together. */
static change **copy_changes(arena *a, const change *from, change **end)
{
    for (; from; from = from->next) {
        change *copy = ARENA_NEW(a, change);
        *copy = *from;
        copy->next = NULL;
        *end = copy;
        end = &copy->next;
    }
    return end;
}

void lane_publish(lane *l, arena *a, lane_job *const *jobs, const rc_code *results, int n)
{
    change *all = NULL, **end = &all;
    if (!l->config.publish) return;
    for (int i = 0; i < n; i++)
        if (results[i] == OK) end = copy_changes(a, jobs[i]->c->changes, end);
    if (all) l->config.publish(l->config.publish_arg, all);
}
