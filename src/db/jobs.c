/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One thread, the runner, turns rows into light jobs of the lane:
 *
 *   claim (a transaction)  ─▶  up to 16 rows, leased for a minute  ─▶  each a light job: run + delete its row
 *                                                                       └─ failed ─▶ a light job: back off
 *   all answered ─▶ claim again; nothing due ─▶ sleep a second
 *
 * The lease is what makes a claim safe: its end is written into the row, and a row is deleted or put off only while it still
 * has that value. If the runner is so late that another one has claimed the row, the delete finds nothing, and the whole
 * transaction of the job is undone with it. */
#include "db/jobs.h"

#include "base/clock.h"
#include "base/log.h"
#include "db/db.h"
#include "db/sweep.h"
#include "jobs.sql.h"

#include <pthread.h>

#define CLAIM_MAX 16
#define LEASE_MS MS_MINUTE
#define BACK_OFF_MS (30 * MS_SECOND)
#define BACK_OFF_MAX_MS (12 * MS_HOUR)
#define ERROR_MAX 200

static const job_kind *const base_kinds[] = {&sweep_change, &sweep_once, NULL};

/* One claimed row on its way through the lane. */
typedef struct claimed {
    lane_job job; /* first: lane_job * and claimed * are the same address */
    ctx c;
    struct jobs *jobs;
    int64_t id, lease, tries;
    str name, payload;
    const job_kind *kind;
    str why;
    bool failing; /* the second way: putting it off */
} claimed;

struct jobs {
    lane *lane;
    const job_kind *const *kinds;
    pthread_t runner;
    pthread_mutex_t lock; /* over the rest */
    pthread_cond_t moved;
    bool stopping;
    int running;
    arena *arena; /* of one round: the runner's, while nothing runs */
    claimed round[CLAIM_MAX];
    int round_len;
};

rc job_add(ctx *c, const job_kind *kind, str payload, int64_t run_at)
{
    return sql_job_insert(c->db, str_of(kind->name), payload, run_at);
}

rc jobs_stats_get(ctx *c, jobs_stats *stats)
{
    job_counts_row row;
    TRY(sql_job_counts(c->db, c->arena, c->now, &row));
    *stats = (jobs_stats){row.due, row.running, row.dead, row.oldest};
    return OK;
}

/* --- a job that runs ----------------------------------------------------------------------------------------------- */

static const job_kind *find_in(const job_kind *const *kinds, str name)
{
    for (; kinds && *kinds; kinds++)
        if (str_eq(str_of((*kinds)->name), name)) return *kinds;
    return NULL;
}

static const job_kind *find_kind(const jobs *j, str name)
{
    const job_kind *kind = find_in(base_kinds, name);
    return kind ? kind : find_in(j->kinds, name);
}

static rc run_and_delete(lane_job *job)
{
    claimed *k = (claimed *)job;
    int64_t changed;
    if (!k->kind) return fail(&k->c, E_INTERNAL, MSG(L_NONE), "no such kind of job in this program");
    int64_t began = clock_us();
    TRY(k->kind->run(&k->c, k->payload));
    int64_t ms = (clock_us() - began) / 1000;
    if (ms > k->kind->max_ms) log_warn("job %s took %lld ms of %d", k->kind->name, (long long)ms, k->kind->max_ms);
    TRY(sql_job_finish(k->c.db, k->id, k->lease, &changed));
    if (changed == 0) return fail(&k->c, E_CONFLICT, MSG(L_NONE), "the lease ran out");
    return OK;
}

/* 30 s after the first try, four times as long after each further one. */
static int64_t back_off(int64_t tries)
{
    int64_t ms = BACK_OFF_MS;
    while (--tries > 0 && ms < BACK_OFF_MAX_MS) ms *= 4;
    return ms < BACK_OFF_MAX_MS ? ms : BACK_OFF_MAX_MS;
}

static rc put_off(lane_job *job)
{
    claimed *k = (claimed *)job;
    int64_t unused;
    int64_t tries = k->kind && k->kind->repeats && k->tries >= JOB_TRIES ? JOB_TRIES - 1 : k->tries;
    return sql_job_fail(k->c.db, k->c.now + back_off(k->tries), tries, k->why, k->id, k->lease, &unused);
}

static void ended(jobs *j)
{
    pthread_mutex_lock(&j->lock);
    j->running--;
    pthread_cond_signal(&j->moved);
    pthread_mutex_unlock(&j->lock);
}

/* The failing job's ctx is used again, so its error moves out of the way first. */
static void fail_later(claimed *k, rc_code result)
{
    const failure *err = &k->c.err;
    k->why = arena_printf(k->c.arena, "%s %.*s:%d %.*s", rc_reason(result), ERROR_MAX / 4, err->file ? err->file : "", err->line,
                          (int)(err->detail.len < ERROR_MAX ? err->detail.len : ERROR_MAX), err->detail.ptr ? err->detail.ptr : "");
    log_warn("job %s %lld, try %lld: %.*s", k->kind ? k->kind->name : "?", (long long)k->id, (long long)k->tries, STR_ARG(k->why));
    k->failing = true;
    k->job.act = put_off;
    if (lane_submit(k->jobs->lane, &k->job) != OK) ended(k->jobs); /* the lease will run out */
}

static void answered(lane_job *job, rc_code result)
{
    claimed *k = (claimed *)job;
    if (result != OK && !k->failing) fail_later(k, result);
    else ended(k->jobs);
}

/* --- the runner ---------------------------------------------------------------------------------------------------- */

/* May run twice, so it begins with an empty round. */
static rc claim(ctx *c, void *arg)
{
    jobs *j = arg;
    job_claimed_list rows;
    int64_t lease = c->now + LEASE_MS;
    j->round_len = 0;
    TRY(sql_job_claim(c->db, c->arena, lease, c->now, CLAIM_MAX, &rows));
    for (size_t i = 0; i < rows.len; i++) {
        const job_claimed *row = &rows.items[i];
        j->round[j->round_len++] = (claimed){.jobs = j, .id = row->id, .lease = lease, .tries = row->tries, .name = row->kind,
                                             .payload = row->payload, .kind = find_kind(j, row->kind)};
    }
    return OK;
}

static void wait_for_all(jobs *j)
{
    pthread_mutex_lock(&j->lock);
    while (j->running) pthread_cond_wait(&j->moved, &j->lock);
    pthread_mutex_unlock(&j->lock);
}

static void start(jobs *j, claimed *k)
{
    k->c = (ctx){.arena = arena_open(), .now = clock_now()};
    k->job = (lane_job){.c = &k->c, .light = true, .act = run_and_delete, .done = answered};
    pthread_mutex_lock(&j->lock);
    j->running++;
    pthread_mutex_unlock(&j->lock);
    if (lane_submit(j->lane, &k->job) != OK) ended(j);
}

/* Returns how many jobs it found. */
static int run_round(jobs *j)
{
    ctx c = {.arena = j->arena, .now = clock_now()};
    arena_reset(j->arena);
    if (lane_run(j->lane, &c, claim, j) != OK) return 0;
    for (int i = 0; i < j->round_len; i++) start(j, &j->round[i]);
    wait_for_all(j);
    for (int i = 0; i < j->round_len; i++) arena_close(j->round[i].c.arena);
    return j->round_len;
}

/* False when it is time to stop. */
static bool sleep_a_second(jobs *j, bool busy)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += 1;
    pthread_mutex_lock(&j->lock);
    int waited = 0;
    while (!busy && !j->stopping && waited == 0) waited = pthread_cond_timedwait(&j->moved, &j->lock, &until);
    bool go_on = !j->stopping;
    pthread_mutex_unlock(&j->lock);
    return go_on;
}

static void *runner_main(void *arg)
{
    jobs *j = arg;
    int found = 0;
    while (sleep_a_second(j, found > 0)) found = run_round(j);
    return NULL;
}

/* --- open and close ------------------------------------------------------------------------------------------------ */

/* What repeats itself must have begun once. */
static rc begin_list(ctx *c, const job_kind *const *kind)
{
    for (; kind && *kind; kind++) {
        job_waiting_row waiting;
        if (!(*kind)->repeats) continue;
        TRY(sql_job_waiting(c->db, c->arena, str_of((*kind)->name), &waiting));
        if (!waiting.jobs) TRY(job_add(c, *kind, STR(""), c->now));
    }
    return OK;
}

static rc begin_repeating(ctx *c, void *kinds)
{
    TRY(begin_list(c, base_kinds));
    return begin_list(c, kinds);
}

static void jobs_drop(jobs *j)
{
    pthread_cond_destroy(&j->moved);
    pthread_mutex_destroy(&j->lock);
    arena_close(j->arena);
    free(j);
}

rc jobs_open(lane *l, const job_kind *const *kinds, jobs **out)
{
    jobs *j = calloc(1, sizeof *j);
    pthread_condattr_t monotonic;
    if (!j) die("out of memory");
    j->lane = l;
    j->kinds = kinds;
    j->arena = arena_open();
    pthread_mutex_init(&j->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&j->moved, &monotonic);
    pthread_condattr_destroy(&monotonic);
    ctx c = {.arena = j->arena, .now = clock_now()};
    rc_code code = lane_run(l, &c, begin_repeating, (void *)(uintptr_t)kinds);
    if (code != OK) {
        jobs_drop(j);
        *out = NULL;
        return code;
    }
    if (pthread_create(&j->runner, NULL, runner_main, j) != 0) die("cannot start the runner of jobs");
    *out = j;
    return OK;
}

void jobs_close(jobs *j)
{
    if (!j) return;
    pthread_mutex_lock(&j->lock);
    j->stopping = true;
    pthread_cond_signal(&j->moved);
    pthread_mutex_unlock(&j->lock);
    pthread_join(j->runner, NULL);
    jobs_drop(j);
}
