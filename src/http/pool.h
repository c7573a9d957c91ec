/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* pool: a few threads for work that takes long and holds no database connection: Argon2. The queue is short on purpose:
 * 64 MiB and a tenth of a second each, so what does not fit is refused (503) instead of making everybody wait. */
#ifndef VECHE_POOL_H
#define VECHE_POOL_H

#include "base/rc.h"

typedef struct pool pool;
typedef struct pool_job pool_job;
struct pool_job {
    pool_job *next;
    void (*run)(pool_job *);
};

pool *pool_open(int threads, int queue_max);
/* Runs what is queued, then ends the threads. */
void pool_close(pool *p);
/* E_BUSY when the queue is full; run() is then not called. */
rc pool_submit(pool *p, pool_job *job);

#endif
