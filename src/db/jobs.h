/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Jobs: work that an act leaves for later. A job is a row that commits with the act, so it is neither lost nor done for an act
 * that was undone. It runs at least once: whatever it does must be harmless the second time.
 *
 *   due ──claim──▶ leased ──OK──▶ gone (deleted in the transaction of its own work)
 *    ▲                │
 *    │ 30 s · 4^n     ├─ failed: last_error, back off to at most 12 h
 *    └────────────────┘    └─ the tenth time: kept as dead, for the operator to see
 *
 * A job runs as a light job of the lane, in one transaction with its own end. It should take at most its kind's max_ms; with
 * more to do it adds itself again with what is left (job_add) and returns OK. A job that takes the process down with it is
 * tried ten times as well: a try counts when it begins. */
#ifndef VECHE_JOBS_H
#define VECHE_JOBS_H

#include "db/lane.h"

/* One kind of job, a constant of the feature that owns it. `name` is stored: names are for ever. */
typedef struct job_kind {
    const char *name;
    /* Inside an act (c->writing). The payload is what job_add was given: ids, never a member's words. */
    rc (*run)(ctx *c, str payload);
    int max_ms;   /* a slice that takes longer is logged */
    bool repeats; /* adds itself again each time: jobs_open begins it where none of its kind waits, and failing does not end it */
} job_kind;

#define JOB_SLICE_MS 5
#define JOB_TRIES 10

/* Only inside an act. Runs no earlier than run_at (ms UTC; 0: at once). */
rc job_add(ctx *c, const job_kind *kind, str payload, int64_t run_at);

/* The thread that claims what is due and puts it into the lane. `kinds` ends with NULL and is borrowed; the kinds of the base
 * (the sweeps of `change` and `once`) are added to it. One for each process; on PostgreSQL several processes share the work. */
typedef struct jobs jobs;
rc jobs_open(lane *l, const job_kind *const *kinds, jobs **out);
/* Waits for the jobs that are running. Before lane_close. */
void jobs_close(jobs *j);

typedef struct jobs_stats {
    int64_t due, running, dead;
    int64_t oldest; /* since when the job that waits longest has been due; 0: none is */
} jobs_stats;
/* For the operator's page. Reads: in any transaction. */
rc jobs_stats_get(ctx *c, jobs_stats *stats);

#endif
