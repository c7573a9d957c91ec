/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who waits. Two lists, requests and light jobs, under one mutex; light jobs run in what the requests leave over.
 *
 * A job is refused when it would wait too long, because a member who reads "busy" at once is better off than one who waits
 * and leaves, and whoever waits keeps others waiting. The estimate:
 *
 *      age of the batch that runs  +  batches needed × cost of a commit  +  jobs × cost of an act
 *
 * with moving averages for the two costs. The first term makes the lane shut by itself when a disk hangs. */
#include "db/lane_internal.h"

#include "base/clock.h"
#include "base/log.h"

#define FIRST_ACT_US 50
#define FIRST_COMMIT_US 1000
#define LIGHT_TURN 16 /* PostgreSQL: each 16th job taken is a light one, if there is any */

void queue_init(lane_queue *q, int workers)
{
    *q = (lane_queue){.workers = workers, .act_us = FIRST_ACT_US, .commit_us = FIRST_COMMIT_US};
    q->members = calloc(LANE_MEMBER_CELLS, sizeof *q->members);
    if (!q->members) die("out of memory");
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->work, NULL);
}

void queue_drop(lane_queue *q)
{
    pthread_cond_destroy(&q->work);
    pthread_mutex_destroy(&q->lock);
    free(q->members);
}

/* --- lists --------------------------------------------------------------------------------------------------------- */

static void push(job_list *l, lane_job *job)
{
    job->next = NULL;
    if (l->tail) l->tail->next = job;
    else l->head = job;
    l->tail = job;
    l->n++;
}

static void push_front(job_list *l, lane_job *job)
{
    job->next = l->head;
    l->head = job;
    if (!l->tail) l->tail = job;
    l->n++;
}

static lane_job *pop(job_list *l)
{
    lane_job *job = l->head;
    if (!job) return NULL;
    l->head = job->next;
    if (!l->head) l->tail = NULL;
    l->n--;
    return job;
}

/* --- members ------------------------------------------------------------------------------------------------------- */

static size_t home_of(int64_t member)
{
    return (size_t)(((uint64_t)member * UINT64_C(0x9E3779B97F4A7C15)) >> 32) % LANE_MEMBER_CELLS;
}

/* The member's cell, or the free one where it would be. */
static size_t cell_of(const lane_queue *q, int64_t member)
{
    size_t at = home_of(member);
    while (q->members[at].member && q->members[at].member != member) at = (at + 1) % LANE_MEMBER_CELLS;
    return at;
}

/* Frees a cell and moves up those behind it that would no longer be found (Knuth 6.4, algorithm R). */
static void cell_free(lane_queue *q, size_t hole)
{
    size_t at = hole;
    for (;;) {
        q->members[hole] = (member_cell){0};
        size_t home;
        do {
            at = (at + 1) % LANE_MEMBER_CELLS;
            if (!q->members[at].member) return;
            home = home_of(q->members[at].member);
        } while (hole <= at ? hole < home && home <= at : hole < home || home <= at);
        q->members[hole] = q->members[at];
        hole = at;
    }
}

static bool member_enters(lane_queue *q, int64_t member, bool pressing)
{
    if (!member) return true;
    member_cell *cell = &q->members[cell_of(q, member)];
    if (cell->jobs >= LANE_MEMBER_MAX && !pressing) return false;
    cell->member = member;
    cell->jobs++;
    return true;
}

static void member_leaves(lane_queue *q, int64_t member)
{
    size_t at = cell_of(q, member);
    if (--q->members[at].jobs == 0) cell_free(q, at);
}

void queue_release(lane_queue *q, const lane_job *job)
{
    if (!job->member && !job->light) return;
    pthread_mutex_lock(&q->lock);
    if (job->member) member_leaves(q, job->member);
    if (job->light && q->light_running) {
        q->light_running--;
        pthread_cond_broadcast(&q->work); /* somebody may have waited for its place */
    }
    pthread_mutex_unlock(&q->lock);
}

/* --- in ------------------------------------------------------------------------------------------------------------ */

static int64_t estimate_us(const lane_queue *q, int64_t now)
{
    int64_t acts = q->requests.n * q->act_us;
    int64_t by_number = q->requests.n / LANE_BATCH_MAX, by_time = acts / LANE_BATCH_US;
    int64_t batches = 1 + (by_number > by_time ? by_number : by_time);
    int64_t age = q->began_us ? now - q->began_us : 0;
    return age + batches * q->commit_us + acts / q->workers;
}

static rc admit(lane_queue *q, const lane_job *job, bool pressing)
{
    const job_list *list = job->light ? &q->light : &q->requests;
    bool idle = !q->began_us && q->requests.n == 0;
    if (q->closing || list->n >= LANE_QUEUE_MAX) return E_BUSY;
    if (!pressing && !job->light && !idle && estimate_us(q, job->queued_us) > LANE_WAIT_MAX_US) return E_BUSY;
    return member_enters(q, job->member, pressing) ? OK : E_LIMIT;
}

rc queue_add(lane_queue *q, lane_job *job, bool pressing)
{
    job->queued_us = clock_us();
    pthread_mutex_lock(&q->lock);
    rc_code code = admit(q, job, pressing);
    if (code == OK) push(job->light ? &q->light : &q->requests, job);
    else q->stats.refused++;
    pthread_mutex_unlock(&q->lock);
    if (code == OK) pthread_cond_signal(&q->work);
    return code;
}

/* --- out ----------------------------------------------------------------------------------------------------------- */

static bool wait_for_work(lane_queue *q)
{
    while (!q->requests.n && !q->light.n) {
        if (q->closing) return false;
        pthread_cond_wait(&q->work, &q->lock);
    }
    return true;
}

/* All requests that fit; then one light job, or, when no request waits, as many as fit. */
static void fill(lane_queue *q, batch *b)
{
    int room = LANE_BATCH_MAX - 1;
    b->n = 0;
    while (b->n < room && q->requests.n) b->jobs[b->n++] = pop(&q->requests);
    int light = b->n ? 1 : LANE_BATCH_MAX;
    while (light-- && q->light.n) b->jobs[b->n++] = pop(&q->light);
}

bool queue_take_batch(lane_queue *q, batch *b)
{
    pthread_mutex_lock(&q->lock);
    q->began_us = 0;
    bool any = wait_for_work(q);
    if (any) {
        fill(q, b);
        q->began_us = clock_us();
    }
    pthread_mutex_unlock(&q->lock);
    return any;
}

void queue_put_back(lane_queue *q, batch *b, int from)
{
    if (from >= b->n) return;
    pthread_mutex_lock(&q->lock);
    for (int i = b->n - 1; i >= from; i--) push_front(b->jobs[i]->light ? &q->light : &q->requests, b->jobs[i]);
    pthread_mutex_unlock(&q->lock);
    b->n = from;
}

/* Light jobs never hold more than half of the workers. */
static bool light_is_next(const lane_queue *q)
{
    if (!q->light.n || (q->light_running + 1) * 2 > q->workers + 1) return false;
    return !q->requests.n || q->turn % LIGHT_TURN == 0;
}

lane_job *queue_take_one(lane_queue *q)
{
    lane_job *job = NULL;
    pthread_mutex_lock(&q->lock);
    for (;;) {
        q->turn++;
        if (light_is_next(q)) job = pop(&q->light);
        else job = pop(&q->requests);
        if (job || (q->closing && !q->light.n)) break;
        pthread_cond_wait(&q->work, &q->lock);
    }
    if (job && job->light) q->light_running++;
    pthread_mutex_unlock(&q->lock);
    return job;
}

void queue_close(lane_queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closing = true;
    pthread_cond_broadcast(&q->work);
    pthread_mutex_unlock(&q->lock);
}
