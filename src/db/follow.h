/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* follow: how a process hears of what other processes have changed in the same PostgreSQL.
 *
 *   other process ─act─▶ change ─COMMIT─▶ ┆ ─poll, every FOLLOW_POLL_US─▶ publish, as the lane does after a commit of our own
 *
 * The order of `seq` is not the order of commits, and a smaller one may appear behind a larger one. So the cursor is (xid, seq)
 * and stops below the oldest transaction that is still open (pg_snapshot_xmin): what lies below is all there. Nothing is lost by
 * that, whoever dies or stands still; a row may be told twice, which costs memory a refill and changes nothing.
 *
 * How far memory can be trusted. A poll notes the number below which all that is committed lies (pg_snapshot_xmax); once every
 * transaction below it is over and told, memory holds everything that was committed until that poll. If that is longer ago than FOLLOW_TRUST_US (the thread got no
 * turn, the connection is away, the process was stopped, somebody holds a transaction open) follow_current says no, and whoever
 * reads must ask the database instead: what is slow is better than what was true. */
#ifndef VECHE_FOLLOW_H
#define VECHE_FOLLOW_H

#include "db/change.h"
#include "db/node.h"

#define FOLLOW_POLL_US INT64_C(250000)
#define FOLLOW_TRUST_US INT64_C(1000000)
#define FOLLOW_BATCH 500

typedef struct follower follower;

typedef struct follow_config {
    const char *where;
    node_lease lease; /* is prolonged as well */
    /* As lane_config.publish; from the follower's thread, while lanes may call it. */
    void (*publish)(void *arg, const change *changes);
    /* So far behind that rows may have been swept (CHANGE_KEPT_MS): all that was read before is to be forgotten. */
    void (*forget)(void *arg);
    void *arg;
} follow_config;

/* Sets the cursor to now: before memory is filled for the first time. */
rc follow_open(const follow_config *config, follower **out);
/* Starts the thread. It ends the process when the lease is somebody else's: see node.h. */
void follow_start(follower *f);
/* Ends the thread and gives the number back. */
void follow_close(follower *f);

/* Our own, told by the lane: they need not be told again. Any thread. */
void follow_own(follower *f, const change *changes);
/* May memory be asked? Any thread; cheap. */
bool follow_current(const follower *f);

/* One poll, which tells all that is there, batch by batch; `now` is the wall clock's. The thread's work, for tests. */
rc follow_poll(follower *f, int64_t now);

#endif
