/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The mill remembers one number per bucket: the last moment and sequence used, as (ms since 2005 << 4 | sequence). The
 * next id is that number plus one, or the present moment if that is later: so a full millisecond runs over into the next by
 * itself, and a clock set back only makes the numbers run ahead of it. A compare-and-swap is all the locking there is. */
#include "base/ids.h"

#include <stdatomic.h>

#include "base/log.h"

#define SEQUENCE_BITS 4
#define NODE_BITS 6
#define BUCKET_BITS 12
#define LAST_MOMENT ((INT64_C(1) << 41) - 1) /* September 2074 */

struct id_mill {
    int64_t node;
    _Atomic int64_t last[BUCKETS];
};

static int64_t moment_of(int64_t ms)
{
    int64_t moment = ms - ID_EPOCH_MS;
    if (moment > LAST_MOMENT) die("the clock is past the last id");
    return moment < 0 ? -1 : moment; /* a clock before 2005 is wrong; the ids just count on */
}

id_mill *id_mill_open(int node, int64_t floor_ms)
{
    if (node < 0 || node >= 1 << NODE_BITS) die("no such node: %d", node);
    id_mill *m = malloc(sizeof *m);
    if (!m) die("out of memory");
    m->node = node;
    /* Just before the first number of the next millisecond. */
    int64_t before = ((moment_of(floor_ms) + 1) << SEQUENCE_BITS) - 1;
    for (int i = 0; i < BUCKETS; i++) atomic_init(&m->last[i], before);
    return m;
}

void id_mill_close(id_mill *m) { free(m); }

int64_t id_next(id_mill *m, int64_t bucket, int64_t now_ms)
{
    if (bucket < 0 || bucket >= BUCKETS) die("no such bucket: %lld", (long long)bucket);
    int64_t moment = moment_of(now_ms);
    int64_t now = moment < 0 ? 0 : moment << SEQUENCE_BITS;
    int64_t last = atomic_load(&m->last[bucket]), next;
    do next = last < now ? now : last + 1;
    while (!atomic_compare_exchange_weak(&m->last[bucket], &last, next));

    int64_t at = next >> SEQUENCE_BITS, sequence = next & ((1 << SEQUENCE_BITS) - 1);
    if (at > LAST_MOMENT) die("the clock is past the last id");
    return (((at << BUCKET_BITS | bucket) << NODE_BITS | m->node) << SEQUENCE_BITS) | sequence;
}

int64_t id_mill_high(id_mill *m)
{
    int64_t high = atomic_load(&m->last[0]);
    for (int i = 1; i < BUCKETS; i++) {
        int64_t last = atomic_load(&m->last[i]);
        if (last > high) high = last;
    }
    /* An arithmetic shift: -1, "nothing yet", stays the millisecond before 2005. */
    return (high >> SEQUENCE_BITS) + ID_EPOCH_MS;
}
