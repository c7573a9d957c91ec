/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The lane on SQLite: one thread that writes, one that checkpoints.
 *
 *   take ─▶ BEGIN IMMEDIATE ─▶ ┌ SAVEPOINT, act, RELEASE or ROLLBACK TO ┐ ─▶ mark ─▶ COMMIT ─▶ publish ─▶ answer
 *                              └───────────── for each job ─────────────┘      │
 *                                           │ the transaction is gone          │ refused: full, busy
 *                                           ▼                                  ▼
 *                             the batch is void: each of its jobs again, in a transaction of its own
 *
 * A batch ends after 5 ms of acts; what was not begun goes back to the front of the queue. So do, after a void batch, the jobs
 * behind the one that hit the failure: nothing is wrong with them.
 *
 * Alone, a job has no savepoint: what fails is rolled back as a whole, and what SQLite says about its COMMIT is its answer.
 *
 * The checkpoint thread has a connection of its own. About once a second it moves pages if anything was committed; past
 * 32 MiB it asks for a restart, for which the lane waits at a door: while readers are waited for, at most 200 ms
 * (sqlite_wal.c), and the rest is moved. That is well before WAL_KEEP_BYTES: a log that has outgrown it is cut, and the COMMIT that cuts it waits for the file system. */
#include "db/lane_internal.h"

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "lane.sql.h"

#define CHECKPOINT_EVERY_MS 1000
#define WAL_LARGE (INT64_C(32) << 20)
#define MARK_AHEAD_MS 1000
#define CATCH_UP_ROUNDS 2
#define CATCH_UP_BYTES (INT64_C(256) << 10)

struct lane_engine {
    db *d;
    arena *scratch;       /* a batch's list of changes */
    int64_t mark, wanted; /* the id mill's mark: committed, and in this transaction */
    unsigned acts;        /* for run_twice */
    batch batch;
    pthread_t writer, checkpointer;
    db *checkpoint_db;
    pthread_mutex_t stop_lock;
    pthread_cond_t stop, door;
    bool stopping;
    bool shut; /* the log begins anew: no batch begins meanwhile */
};

/* --- one act ------------------------------------------------------------------------------------------------------- */

static bool is_twice(lane *l)
{
    return l->config.run_twice && ++l->engine->acts % LANE_RUN_TWICE == 0;
}

static rc act_in_savepoint(lane *l, lane_job *job, bool undo)
{
    db *d = l->engine->d;
    lane_prepare(l, job, d);
    TRY(db_savepoint(d));
    rc_code code = lane_act(job);
    rc_code ended = code == OK && !undo ? db_savepoint_keep(d) : db_savepoint_undo(d);
    if (ended != OK) db_rollback(d); /* what this act wrote could no longer be told from the rest: the batch is void */
    return code == OK ? ended : code;
}

/* Tests: whatever an act left outside the database would show the second time. */
static rc run_act(lane *l, lane_job *job)
{
    if (is_twice(l)) {
        rc_code first = act_in_savepoint(l, job, true);
        if (!db_in_transaction(l->engine->d)) return first;
    }
    return act_in_savepoint(l, job, false);
}

/* --- the id mill's mark -------------------------------------------------------------------------------------------- */

/* No id that this transaction stores may be above the mark that is stored with it. A second ahead: one write a second. */
static rc keep_mark(lane *l)
{
    lane_engine *e = l->engine;
    e->wanted = e->mark;
    if (!l->config.ids) return OK;
    int64_t high = id_mill_high(l->config.ids);
    if (high <= e->mark) return OK;
    e->wanted = high + MARK_AHEAD_MS;
    int64_t raised;
    return sql_node_reserve(e->d, l->config.node, e->wanted, l->config.holder, &raised);
}

/* --- commit -------------------------------------------------------------------------------------------------------- */

static rc commit(lane *l)
{
    lane_engine *e = l->engine;
    TRY(keep_mark(l));
    rc_code code = db_commit(e->d);
    /* What is on disk now? Only a new start, which reads the WAL from the beginning, can tell. */
    if (code == E_INTERNAL) die("COMMIT failed: %s", db_error(e->d));
    if (code == OK) e->mark = e->wanted;
    return code;
}

static void note_costs(lane *l, int jobs, int64_t acts_us, int64_t commit_us)
{
    lane_queue *q = &l->queue;
    pthread_mutex_lock(&q->lock);
    q->act_us = (q->act_us * 7 + acts_us / jobs) / 8;
    q->commit_us = (q->commit_us * 7 + commit_us) / 8;
    q->stats.batches++;
    q->stats.acts += (uint64_t)jobs;
    pthread_mutex_unlock(&q->lock);
}

static void note_void(lane *l)
{
    pthread_mutex_lock(&l->queue.lock);
    l->queue.stats.voided++;
    pthread_mutex_unlock(&l->queue.lock);
}

/* Everybody hears only now: the batch is on disk, and memory knows. */
static void answer_all(lane *l, lane_job *const *jobs, const rc_code *results, int n)
{
    lane_engine *e = l->engine;
    lane_publish(l, e->scratch, jobs, results, n);
    arena_reset(e->scratch);
    for (int i = 0; i < n; i++) lane_answer(l, jobs[i], results[i], db_error(e->d));
}

/* --- a job by itself ----------------------------------------------------------------------------------------------- */

static rc run_in_own(lane *l, lane_job *job)
{
    db *d = l->engine->d;
    lane_prepare(l, job, d);
    TRY(db_begin_write(d));
    TRY(lane_act(job));
    return commit(l); /* E_BUSY if the act did not tell us that the transaction is gone */
}

static void run_alone(lane *l, lane_job *job)
{
    rc_code result = run_in_own(l, job);
    if (result != OK) db_rollback(l->engine->d);
    answer_all(l, &job, &result, 1);
}

/* --- a batch ------------------------------------------------------------------------------------------------------- */

/* How many jobs of the batch have run, and whether their transaction still stands. */
typedef struct outcome {
    int ran;
    bool stands;
} outcome;

/* Past its time a batch still runs one light job, or a busy day would starve them. It stands in front of the other ones. */
static bool is_over(const batch *b, int i, int64_t began)
{
    if (i == 0 || clock_us() - began < LANE_BATCH_US) return false;
    return !(b->jobs[i]->light && !b->jobs[i - 1]->light);
}

/* The requests that must wait leave the batch; its first light job takes their place. */
static void cut(lane *l, batch *b, int at)
{
    int light = at;
    while (light < b->n && !b->jobs[light]->light) light++;
    if (light == b->n || light == at || b->jobs[at - 1]->light) {
        queue_put_back(&l->queue, b, at);
        return;
    }
    lane_job *first = b->jobs[light];
    memmove(&b->jobs[at + 1], &b->jobs[at], (size_t)(light - at) * sizeof *b->jobs);
    b->jobs[at] = first;
    queue_put_back(&l->queue, b, at + 1);
}

static outcome run_acts(lane *l, batch *b)
{
    db *d = l->engine->d;
    int64_t began = clock_us();
    for (int i = 0; i < b->n; i++) {
        if (is_over(b, i, began)) cut(l, b, i);
        if (i == b->n) break;
        b->results[i] = run_act(l, b->jobs[i]);
        if (!db_in_transaction(d)) return (outcome){i + 1, false};
    }
    return (outcome){b->n, true};
}

static bool any_ok(const batch *b)
{
    for (int i = 0; i < b->n; i++)
        if (b->results[i] == OK) return true;
    return false;
}

/* A batch in which nobody changed anything has nothing to commit. */
static bool commit_batch(lane *l, const batch *b)
{
    if (any_ok(b)) {
        if (commit(l) == OK) return true;
        db_rollback(l->engine->d);
        return false;
    }
    db_rollback(l->engine->d);
    return true;
}

static void run_again(lane *l, batch *b, int ran)
{
    db_rollback(l->engine->d);
    note_void(l);
    queue_put_back(&l->queue, b, ran);
    for (int i = 0; i < b->n; i++) run_alone(l, b->jobs[i]);
}

static void run_batch(lane *l, batch *b)
{
    lane_engine *e = l->engine;
    int64_t began = clock_us();
    rc_code code = db_begin_write(e->d);
    if (code != OK) {
        for (int i = 0; i < b->n; i++) b->results[i] = code;
        for (int i = 0; i < b->n; i++) lane_prepare(l, b->jobs[i], NULL);
        answer_all(l, b->jobs, b->results, b->n);
        return;
    }
    outcome o = run_acts(l, b);
    int64_t acted = clock_us();
    if (!o.stands || !commit_batch(l, b)) {
        run_again(l, b, o.ran);
        return;
    }
    note_costs(l, b->n, acted - began, clock_us() - acted);
    answer_all(l, b->jobs, b->results, b->n);
}

/* A lane that is never idle would not leave SQLite's lock for long enough to be taken, and the log would grow for ever: so it
 * waits at this door. */
static void shut_door(lane_engine *e, bool shut)
{
    pthread_mutex_lock(&e->stop_lock);
    e->shut = shut;
    if (!shut) pthread_cond_signal(&e->door);
    pthread_mutex_unlock(&e->stop_lock);
}

static void wait_at_door(lane_engine *e)
{
    pthread_mutex_lock(&e->stop_lock);
    while (e->shut) pthread_cond_wait(&e->door, &e->stop_lock);
    pthread_mutex_unlock(&e->stop_lock);
}

static void *writer_main(void *arg)
{
    lane *l = arg;
    while (queue_take_batch(&l->queue, &l->engine->batch)) {
        wait_at_door(l->engine);
        run_batch(l, &l->engine->batch);
    }
    return NULL;
}

/* --- checkpoints --------------------------------------------------------------------------------------------------- */

static bool sleep_until_next(lane_engine *e)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += CHECKPOINT_EVERY_MS / 1000;
    pthread_mutex_lock(&e->stop_lock);
    int waited = 0;
    while (!e->stopping && waited == 0) waited = pthread_cond_timedwait(&e->stop, &e->stop_lock, &until);
    bool go_on = !e->stopping;
    pthread_mutex_unlock(&e->stop_lock);
    return go_on;
}

/* What was written during a round is moved in the next, and is less each time: little is left for when the door is shut. */
static rc restart_log(lane_engine *e, int64_t bytes)
{
    int64_t before, unused;
    for (int i = 0; i < CATCH_UP_ROUNDS && bytes < 2 * WAL_LARGE; i++) {
        before = bytes;
        TRY(db_checkpoint(e->checkpoint_db, false, &bytes));
        if (bytes - before < CATCH_UP_BYTES) break;
    }
    shut_door(e, true);
    rc_code code = db_checkpoint(e->checkpoint_db, true, &unused);
    shut_door(e, false);
    return code;
}

static void checkpoint(lane *l)
{
    lane_engine *e = l->engine;
    int64_t bytes = 0;
    rc_code code = db_checkpoint(e->checkpoint_db, false, &bytes);
    if (code == OK && bytes > WAL_LARGE) code = restart_log(e, bytes);
    /* Busy readers: next time. The rest is logged by the engine, and nothing is lost while the WAL is there. */
    if (code == E_FULL) log_warn("no room for a checkpoint: %s", db_error(e->checkpoint_db));
    pthread_mutex_lock(&l->queue.lock);
    l->queue.stats.wal_bytes = bytes;
    pthread_mutex_unlock(&l->queue.lock);
}

static void *checkpoint_main(void *arg)
{
    lane *l = arg;
    uint64_t seen = 0;
    while (sleep_until_next(l->engine)) {
        uint64_t batches = lane_stats_get(l).batches;
        if (batches != seen) checkpoint(l);
        seen = batches;
    }
    return NULL;
}

/* --- open and close ------------------------------------------------------------------------------------------------ */

static void engine_drop(lane_engine *e)
{
    pthread_cond_destroy(&e->stop);
    pthread_cond_destroy(&e->door);
    pthread_mutex_destroy(&e->stop_lock);
    db_close(e->checkpoint_db);
    db_close(e->d);
    arena_close(e->scratch);
    free(e);
}

static void engine_close(lane *l)
{
    lane_engine *e = l->engine;
    pthread_join(e->writer, NULL);
    pthread_mutex_lock(&e->stop_lock);
    e->stopping = true;
    pthread_cond_signal(&e->stop);
    pthread_mutex_unlock(&e->stop_lock);
    pthread_join(e->checkpointer, NULL);
    engine_drop(e);
}

static rc read_mark(lane *l)
{
    lane_engine *e = l->engine;
    if (!l->config.ids) return OK;
    TRY(db_begin_read(e->d));
    rc_code code = lane_high_water(e->d, l->config.node, &e->mark);
    db_rollback(e->d);
    return code;
}

static rc open_databases(lane *l)
{
    TRY(db_open(l->config.where, false, &l->engine->d));
    TRY(db_open(l->config.where, false, &l->engine->checkpoint_db));
    return read_mark(l);
}

static void start_threads(lane *l)
{
    if (pthread_create(&l->engine->writer, NULL, writer_main, l) != 0 ||
        pthread_create(&l->engine->checkpointer, NULL, checkpoint_main, l) != 0)
        die("cannot start the lane's threads");
}

rc lane_sqlite_open(lane *l)
{
    lane_engine *e = calloc(1, sizeof *e);
    pthread_condattr_t monotonic;
    if (!e) die("out of memory");
    e->scratch = arena_open();
    pthread_mutex_init(&e->stop_lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&e->stop, &monotonic);
    pthread_cond_init(&e->door, NULL);
    pthread_condattr_destroy(&monotonic);
    l->engine = e;
    l->engine_close = engine_close;
    rc_code code = open_databases(l);
    if (code != OK) {
        engine_drop(e);
        return code;
    }
    start_threads(l);
    return OK;
}
