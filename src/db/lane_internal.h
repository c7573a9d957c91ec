/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Shared by the files of the lane, and nobody else:
 *
 *   lane.c           the doors: open, close, submit, run; what both engines do around an act
 *   lane_queue.c     who waits, how long it will take, who waits too often
 *   lane_sqlite.c    one thread, batches, the checkpoint thread
 *   lane_postgres.c  a pool of threads, retries */
#ifndef VECHE_LANE_INTERNAL_H
#define VECHE_LANE_INTERNAL_H

#include <pthread.h>

#include "db/db.h"
#include "db/lane.h"

#define LANE_BATCH_MAX 256
#define LANE_BATCH_US INT64_C(5000)
#define LANE_WAIT_MAX_US INT64_C(250000)
#define LANE_MEMBER_MAX 16
#define LANE_QUEUE_MAX 16384 /* of each kind, whatever the estimate says */
#define LANE_RUN_TWICE 10

/* --- lane_queue.c */

typedef struct job_list {
    lane_job *head, *tail;
    int n;
} job_list;

/* How many jobs each member has in the lane: open addressing, linear probing. About half of the cells are
 * in use at most. */
#define LANE_MEMBER_CELLS (4 * LANE_QUEUE_MAX)
typedef struct member_cell {
    int64_t member; /* 0: free */
    int jobs;
} member_cell;

typedef struct lane_queue {
    pthread_mutex_t lock; /* over all of this */
    pthread_cond_t work;
    job_list requests, light;
    member_cell *members;
    bool closing;
    int workers;           /* threads that take jobs */
    int64_t act_us, commit_us; /* moving averages */
    int64_t began_us;      /* the batch that runs now; 0: none (PostgreSQL: always) */
    unsigned turn;         /* PostgreSQL: counts takes, so that light jobs get theirs */
    int light_running;
    lane_stats stats;
} lane_queue;

/* One batch: requests first, then light jobs. */
typedef struct batch {
    lane_job *jobs[LANE_BATCH_MAX];
    rc_code results[LANE_BATCH_MAX];
    int n;
} batch;

void queue_init(lane_queue *q, int workers);
void queue_drop(lane_queue *q);
/* `pressing` jobs pass the estimate and the member's cap. */
rc queue_add(lane_queue *q, lane_job *job, bool pressing);
/* Waits for work; false when the lane closes and nothing is left. */
bool queue_take_batch(lane_queue *q, batch *b);
lane_job *queue_take_one(lane_queue *q);
/* Jobs that were taken and not run, from `from` on, go back to the front. */
void queue_put_back(lane_queue *q, batch *b, int from);
/* The job has been run; before done(), so that the member may queue another. */
void queue_release(lane_queue *q, const lane_job *job);
void queue_close(lane_queue *q);

/* --- lane.c */

typedef struct lane_engine lane_engine; /* what lane_sqlite.c or lane_postgres.c keeps */

struct lane {
    lane_config config;
    lane_queue queue;
    lane_engine *engine;
    void (*engine_close)(lane *);
};

/* Makes the job's ctx ready for a run from the start. */
void lane_prepare(lane *l, lane_job *job, db *d);
/* Runs the act. If it fails without saying why in c->err, the engine's words go there while they are fresh. */
rc lane_act(lane_job *job);
/* Answers the job. The reason goes to c->err if the act has left none there. */
void lane_answer(lane *l, lane_job *job, rc_code result, const char *why);
/* Tells memory what the jobs with result OK have changed, as one list made in `a`. */
void lane_publish(lane *l, arena *a, lane_job *const *jobs, const rc_code *results, int n);

/* --- the engines. Each fills l->engine and l->engine_close, and starts its threads. */
rc lane_sqlite_open(lane *l);
rc lane_postgres_open(lane *l);

#endif
