/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The lane on PostgreSQL: a pool of threads, each with a connection, each with one job at a time.
 *
 *   take one ─▶ mark ─▶ BEGIN ─▶ act ─▶ COMMIT ─▶ publish ─▶ answer
 *                ▲                │       │
 *                └── pause ◀──────┴───────┘ the server asks for another run, or the connection was lost before COMMIT
 *
 * A transaction that reads needs no mark and no COMMIT: its snapshot is dropped.
 *
 * The id mill's mark cannot be a row of every transaction, since they would all wait for it. It is stored by a transaction of
 * its own, two seconds ahead, by whichever thread finds that less than one of them is left; only a thread that finds it
 * passed must wait for that. The act may still issue an id past the mark (the mill borrows from the future when it is busy):
 * then the transaction is rolled back, the mark moved and the act run again.
 *
 * Connecting again is the engine's business, at db_begin_…: it asks a server that is down a few times a second and fails
 * at once in between, so the queue drains with E_BUSY instead of piling up. */
#include "db/lane_internal.h"

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "lane.sql.h"

#include <stdatomic.h>

#define TRIES 8 /* the first and seven more */
#define TRIES_LOST 4 /* without a connection: others wait for this thread */
#define TRY_WITHIN_US INT64_C(1500000)
#define PAUSE_US INT64_C(4000)
#define PAUSE_MAX_US INT64_C(64000)
#define MARK_AHEAD_MS 2000
#define MARK_LEFT_MS 1000

typedef struct worker {
    lane *l;
    db *d;
    arena *scratch;
    void *reader;
    unsigned acts; /* for run_twice */
    pthread_t thread;
} worker;

struct lane_engine {
    worker *workers;
    int n;
    pthread_mutex_t mark_lock; /* held while the mark is stored */
    _Atomic int64_t mark;
};

/* --- the id mill's mark -------------------------------------------------------------------------------------------- */

static int64_t mill_high(const lane *l) { return id_mill_high(l->config.ids); }

static rc store_mark(worker *w, int64_t mark)
{
    int64_t raised = 0;
    TRY(db_begin_write(w->d));
    rc_code code = sql_node_reserve(w->d, w->l->config.node, mark, w->l->config.holder, &raised);
    /* The mark that is stored is ours and lower, or it is not ours. No further id may come from this process. */
    if (code == OK && !raised) die("another process has taken over number %d", w->l->config.node);
    if (code == OK) code = db_commit(w->d);
    if (code != OK) db_rollback(w->d);
    else atomic_store(&w->l->engine->mark, mark);
    return code;
}

static int64_t latest(const lane *l)
{
    int64_t high = mill_high(l), now = clock_now();
    return high > now ? high : now;
}

static rc keep_mark(worker *w)
{
    lane_engine *e = w->l->engine;
    if (!w->l->config.ids) return OK;
    int64_t mark = atomic_load(&e->mark);
    if (latest(w->l) + MARK_LEFT_MS <= mark) return OK;
    if (mill_high(w->l) > mark) pthread_mutex_lock(&e->mark_lock);
    else if (pthread_mutex_trylock(&e->mark_lock) != 0) return OK; /* somebody is at it, and there is time */
    rc_code code = OK;
    if (latest(w->l) + MARK_LEFT_MS > atomic_load(&e->mark)) code = store_mark(w, latest(w->l) + MARK_AHEAD_MS);
    pthread_mutex_unlock(&e->mark_lock);
    return code;
}

static bool is_past_mark(const lane *l)
{
    return l->config.ids && mill_high(l) > atomic_load(&l->engine->mark);
}

/* --- one run of an act --------------------------------------------------------------------------------------------- */

static rc read_once(worker *w, lane_job *job, bool *again)
{
    const lane_readers *readers = w->l->config.readers;
    lane_prepare(w->l, job, w->d);
    if (w->l->config.current && !w->l->config.current(w->l->config.current_arg)) job->c->graph = NULL;
    if (readers) job->c->epoch = readers->enter(w->reader);
    rc_code code = db_begin_read(w->d);
    if (code == OK) code = lane_act(job);
    *again = db_wants_retry(w->d) || db_lost(w->d) || job->c->retry;
    db_rollback(w->d);
    if (readers) readers->leave(w->reader);
    return code;
}

static rc act_once(worker *w, lane_job *job, bool undo, bool *again)
{
    db *d = w->d;
    lane_prepare(w->l, job, d);
    TRY(db_begin_write(d));
    rc_code code = lane_act(job);
    *again = db_wants_retry(d) || db_lost(d) || job->c->retry || (code == OK && is_past_mark(w->l));
    if (code != OK || *again || undo) {
        db_rollback(d);
        return code;
    }
    code = db_commit(d);
    *again = code != OK && db_wants_retry(d);
    if (code != OK) db_rollback(d);
    return code;
}

static rc write_once(worker *w, lane_job *job, bool *again)
{
    rc_code marked = keep_mark(w);
    if (marked != OK) {
        *again = db_wants_retry(w->d);
        return marked;
    }
    bool twice = w->l->config.run_twice && ++w->acts % LANE_RUN_TWICE == 0;
    if (twice) (void)act_once(w, job, true, again);
    *again = false;
    return act_once(w, job, false, again);
}

/* --- tries --------------------------------------------------------------------------------------------------------- */

static void note_retry(lane *l)
{
    pthread_mutex_lock(&l->queue.lock);
    l->queue.stats.retries++;
    pthread_mutex_unlock(&l->queue.lock);
}

/* 4, 8, 16 ms and so on, and up to as much again: those who collided must not collide again. The clock is chance enough. */
static void pause_before(int try)
{
    int64_t span = PAUSE_US << (try - 1);
    if (span > PAUSE_MAX_US) span = PAUSE_MAX_US;
    int64_t us = span + (int64_t)(((uint64_t)clock_us() * UINT64_C(0x9E3779B97F4A7C15)) >> 40) % span;
    nanosleep(&(struct timespec){.tv_nsec = us * 1000}, NULL);
}

static rc run_job(worker *w, lane_job *job)
{
    int64_t began = clock_us();
    for (int try = 1;; try++) {
        bool again = false;
        rc_code code = job->reads ? read_once(w, job, &again) : write_once(w, job, &again);
        if (!again) return code;
        if (try >= (db_lost(w->d) ? TRIES_LOST : TRIES) || clock_us() - began > TRY_WITHIN_US) return E_BUSY;
        note_retry(w->l);
        pause_before(try);
    }
}

static void note_cost(lane *l, int64_t us)
{
    lane_queue *q = &l->queue;
    pthread_mutex_lock(&q->lock);
    q->act_us = (q->act_us * 31 + us) / 32;
    q->stats.acts++;
    q->stats.batches++;
    pthread_mutex_unlock(&q->lock);
}

static void *worker_main(void *arg)
{
    worker *w = arg;
    for (lane_job *job; (job = queue_take_one(&w->l->queue)) != NULL;) {
        int64_t began = clock_us();
        rc_code result = run_job(w, job);
        note_cost(w->l, clock_us() - began);
        lane_publish(w->l, w->scratch, &job, &result, 1);
        arena_reset(w->scratch);
        lane_answer(w->l, job, result, db_error(w->d));
    }
    return NULL;
}

/* --- open and close ------------------------------------------------------------------------------------------------ */

static void engine_drop(lane_engine *e)
{
    for (int i = 0; i < e->n; i++) {
        worker *w = &e->workers[i];
        if (w->reader) w->l->config.readers->close(w->reader);
        db_close(e->workers[i].d);
        arena_close(e->workers[i].scratch);
    }
    pthread_mutex_destroy(&e->mark_lock);
    free(e->workers);
    free(e);
}

static void engine_close(lane *l)
{
    lane_engine *e = l->engine;
    for (int i = 0; i < e->n; i++) pthread_join(e->workers[i].thread, NULL);
    engine_drop(e);
}

static rc read_mark(lane *l)
{
    db *d = l->engine->workers[0].d;
    int64_t mark = 0;
    if (!l->config.ids) return OK;
    TRY(db_begin_read(d));
    rc_code code = lane_high_water(d, l->config.node, &mark);
    db_rollback(d);
    atomic_store(&l->engine->mark, mark);
    return code;
}

static rc open_workers(lane *l)
{
    lane_engine *e = l->engine;
    for (int i = 0; i < e->n; i++) {
        e->workers[i].l = l;
        e->workers[i].scratch = arena_open();
        if (l->config.readers) e->workers[i].reader = l->config.readers->open(l->config.graph);
    }
    for (int i = 0; i < e->n; i++) TRY(db_open(l->config.where, false, &e->workers[i].d));
    return read_mark(l);
}

rc lane_postgres_open(lane *l)
{
    lane_engine *e = calloc(1, sizeof *e);
    if (!e) die("out of memory");
    e->n = l->config.threads;
    e->workers = calloc((size_t)e->n, sizeof *e->workers);
    if (!e->workers) die("out of memory");
    pthread_mutex_init(&e->mark_lock, NULL);
    l->engine = e;
    l->engine_close = engine_close;
    l->queue.commit_us = 0; /* it is part of an act's cost here */
    rc_code code = open_workers(l);
    if (code != OK) {
        engine_drop(e);
        return code;
    }
    for (int i = 0; i < e->n; i++)
        if (pthread_create(&e->workers[i].thread, NULL, worker_main, &e->workers[i]) != 0)
            die("cannot start the lane's threads");
    return OK;
}
