/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The lane: where writes (and on PostgreSQL reads too) run.
 *
 *   web thread ──submit──▶ queue ──▶ [ act act act … ] ──COMMIT──▶ publish to memory ──▶ done(job) each
 *                                      one batch, one fsync
 *
 * SQLite: one thread. It takes what is waiting (FIFO, never waits to fill), at most 256 acts or 5 ms, runs each inside a
 * savepoint, commits once, tells memory, then answers all. After each act it asks whether the transaction still exists: an
 * interrupt, a full disk or an I/O error may have rolled back everything, and the next savepoint would silently open a
 * transaction of its own. Then the batch is void, and each act is run again in a transaction of its own. Nobody is answered
 * before COMMIT returned OK. An I/O error on COMMIT ends the process: what is on disk is then unknown to us.
 *
 * PostgreSQL: a pool of threads, each with a connection; one act a transaction, SERIALIZABLE, seven retries with growing,
 * jittered pauses and 1.5 s at most, then E_BUSY. A connection that is lost during COMMIT is answered with E_BUSY at once: whether
 * it was committed is unknown, and the form's `once` token tells when it is sent again.
 *
 * The id mill's high-water mark (table `node`) is kept in the same transaction on SQLite, in one before it on PostgreSQL, a
 * second and more ahead: no id that was committed is ever above the stored mark.
 *
 * An act may run twice. It touches only the database and change_emit(). */
#ifndef VECHE_LANE_H
#define VECHE_LANE_H

#include "base/ctx.h"
#include "db/change.h"

typedef struct lane lane;
typedef struct lane_job lane_job;

struct lane_job {
    lane_job *next;
    ctx *c;          /* the job's own; the lane sets c->db, c->writing and clears c->err, c->changes before each run */
    int64_t member;  /* for the cap of queued jobs; 0: none */
    bool reads;      /* PostgreSQL: a read-only snapshot */
    bool pressing;   /* past the estimate and the member's cap: the answer to what was committed */
    bool light;      /* a background job: taken only when no request waits, at least one a batch */
    int64_t queued_us; /* set by the lane */
    rc (*act)(lane_job *);
    /* After the commit (result OK) or after the refusal; c->err says why. Runs on the lane's thread: hand over and return. The
     * lane does not touch the job again. */
    void (*done)(lane_job *, rc_code result);
};

/* How a thread of the lane reads memory: graph.h's functions, passed in because the graph stands above this folder. */
typedef struct lane_readers {
    void *(*open)(struct graph *g);
    uint64_t (*enter)(void *reader);
    void (*leave)(void *reader);
    void (*close)(void *reader);
} lane_readers;

typedef struct lane_config {
    const char *where;       /* as for db_open */
    int threads;             /* PostgreSQL only; 0: 16 */
    struct graph *graph;     /* passed on in each ctx */
    struct id_mill *ids;     /* NULL: no marks are kept */
    struct media *media;     /* passed on likewise; may be NULL */
    int node;                /* whose mark, 0–63 */
    int64_t holder;          /* of that number, see node.h; 0 on SQLite */
    /* PostgreSQL, where reads run here too: each thread is one reader of the graph. Entered before a snapshot begins (what it
     * returns goes to c->epoch), left when the act has returned. NULL: acts do not read memory. */
    const struct lane_readers *readers;
    /* Told once per batch, after the commit, before any done(), in the order of the commit; not called without changes. The
     * list lives for the call. On PostgreSQL several threads call it at once. */
    void (*publish)(void *arg, const change *changes);
    void *publish_arg;
    /* PostgreSQL: may a read ask memory now? NULL: always. Its ctx has no graph otherwise. */
    bool (*current)(void *arg);
    void *current_arg;
    /* Tests only: each tenth act is run, rolled back and run again. */
    bool run_twice;
} lane_config;

/* The schema must be there (migrate_to). */
rc lane_open(const lane_config *config, lane **out);
/* Finishes what is queued, then ends the threads. */
void lane_close(lane *l);

/* Queues a job. E_BUSY when the estimated wait is over 250 ms, E_LIMIT when this member already has 16 queued (a pressing one is
 * only refused when the lane closes or overflows); then done() is not called. */
rc lane_submit(lane *l, lane_job *job);

/* Submits and waits: admin commands, start-up, jobs, tests. Past the limits of lane_submit; never from an act or done(). */
rc lane_run(lane *l, ctx *c, rc (*act)(ctx *, void *), void *arg);

typedef struct lane_stats {
    uint64_t acts, batches, voided, retries, refused;
    int64_t queued;
    int64_t wal_bytes; /* at the last checkpoint look */
} lane_stats;
lane_stats lane_stats_get(lane *l);

/* The stored mark for id_mill_open(); 0 when this node is new. Inside a transaction. */
rc lane_high_water(struct db *d, int node, int64_t *ms);

#endif
