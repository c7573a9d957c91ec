/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A bucket needs one number: the moment at which it will be full again (the "generic cell rate algorithm"). Each take moves it
 * on by the time that one refill takes; it may lie at most a whole burst ahead of now. A moment in the past is a full bucket,
 * which is as good as none: nothing is ever deleted.
 *
 *   now                full_at             now + burst * interval
 *    |──── taken ─────────|────── left ───────────|
 *
 * The table is a set-associative cache: a MAC of the key names the set and the tag within it. Takes hold `key_lock` for
 * reading, so that many run at once, and the mutex of their set's stripe; the change of the day holds it for writing. */
#include "http/limits.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/random.h"
#include "crypto/token.h"

#define SETS 16384
#define WAYS 8 /* 16 bytes each: two cache lines a set, 2 MiB in all */
#define STRIPES 64
#define US_MINUTE 60e6
#define US_SECOND INT64_C(1000000)

typedef struct bucket {
    uint64_t tag;
    int64_t full_at; /* us */
} bucket;

struct limits {
    pthread_rwlock_t key_lock;
    int64_t day;
    unsigned char key[32];
    pthread_mutex_t stripes[STRIPES];
    _Atomic int64_t latest; /* the latest moment that was seen */
    bucket sets[SETS][WAYS];
};

limits *limits_open(void)
{
    limits *l = calloc(1, sizeof *l);
    if (!l) die("out of memory");
    if (pthread_rwlock_init(&l->key_lock, NULL) != 0) die("no lock");
    for (int i = 0; i < STRIPES; i++)
        if (pthread_mutex_init(&l->stripes[i], NULL) != 0) die("no lock");
    random_bytes(l->key, sizeof l->key);
    return l;
}

void limits_close(limits *l)
{
    if (!l) return;
    for (int i = 0; i < STRIPES; i++) pthread_mutex_destroy(&l->stripes[i]);
    pthread_rwlock_destroy(&l->key_lock);
    explicit_bzero(l, sizeof *l);
    free(l);
}

/* Leaves key_lock held for reading, in the day of `now` or a later one. Only forward: two requests around the change of the day
 * may come in either order. */
static void enter_day(limits *l, int64_t now)
{
    int64_t day = clock_day(now);
    pthread_rwlock_rdlock(&l->key_lock);
    while (day > l->day) {
        pthread_rwlock_unlock(&l->key_lock);
        pthread_rwlock_wrlock(&l->key_lock);
        if (day > l->day) {
            random_bytes(l->key, sizeof l->key);
            memset(l->sets, 0, sizeof l->sets);
            l->day = day;
        }
        pthread_rwlock_unlock(&l->key_lock);
        pthread_rwlock_rdlock(&l->key_lock);
    }
}

/* The bucket of this tag, or else the one to forget for it. */
static bucket *find_bucket(bucket set[WAYS], uint64_t tag)
{
    bucket *fullest = &set[0];
    for (int i = 0; i < WAYS; i++) {
        if (set[i].tag == tag) return &set[i];
        if (set[i].full_at < fullest->full_at) fullest = &set[i];
    }
    *fullest = (bucket){.tag = tag};
    return fullest;
}

/* Takes one, and returns 0; or returns how long until one is there. All in us. */
static int64_t take(bucket *b, int64_t now, int64_t interval, int64_t room)
{
    int64_t full_at = b->full_at > now ? b->full_at : now;
    int64_t wait = full_at + interval - (now + room);
    if (wait > 0) return wait;
    b->full_at = full_at + interval;
    return 0;
}

static int64_t interval_of(limit_rule rule)
{
    if (rule.burst < 1 || rule.burst > 1000000 || !(rule.per_minute >= 1.0 / 1440) || rule.per_minute > 1e6)
        die("no such limit: %d at once, %f a minute", rule.burst, rule.per_minute);
    return (int64_t)(US_MINUTE / rule.per_minute);
}

/* Time as the table knows it: never before what it has seen. */
static int64_t move_on(limits *l, int64_t now)
{
    int64_t latest = atomic_load(&l->latest);
    while (now > latest)
        if (atomic_compare_exchange_weak(&l->latest, &latest, now)) return now;
    return latest;
}

bool limit_take(limits *l, str key, limit_rule rule, int64_t now, int *retry_after_s)
{
    int64_t interval = interval_of(rule), room = interval * rule.burst;
    now = move_on(l, now);
    enter_day(l, now);

    unsigned char mac[MAC_BYTES];
    uint64_t where, tag;
    mac_bytes(l->key, sizeof l->key, key, mac);
    memcpy(&where, mac, sizeof where);
    memcpy(&tag, mac + sizeof where, sizeof tag);
    size_t set = where % SETS;

    pthread_mutex_t *stripe = &l->stripes[set % STRIPES];
    pthread_mutex_lock(stripe);
    int64_t wait = take(find_bucket(l->sets[set], tag), now * 1000, interval, room);
    pthread_mutex_unlock(stripe);
    pthread_rwlock_unlock(&l->key_lock);

    if (wait) *retry_after_s = (int)((wait + US_SECOND - 1) / US_SECOND);
    return wait == 0;
}
