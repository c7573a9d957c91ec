/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "db/follow.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/log.h"
#include "change.sql.h"
#include "db/sweep.h"

#define OWN 8192 /* a power of two: the latest own rows, by seq */
/* Who was away for longer may have missed rows: a day before they are swept. */
#define AWAY_MAX_MS (CHANGE_KEPT_MS - MS_DAY)

struct follower {
    follow_config config;
    db *d;
    arena *arena;
    int64_t xid, seq;       /* the cursor: told up to here */
    int64_t mark, mark_us;  /* what was committed at that time lies below it; see follow.h */
    int64_t polled;         /* the wall clock at the last poll that worked */
    int64_t renewed_us;
    _Atomic int64_t current_us;
    _Atomic int64_t own[OWN];
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool running, stopping;
};

/* ---- own rows ---- */

void follow_own(follower *f, const change *changes)
{
    for (; changes; changes = changes->next) atomic_store_explicit(&f->own[changes->seq % OWN], changes->seq, memory_order_relaxed);
}

static bool is_own(follower *f, int64_t seq) { return atomic_load_explicit(&f->own[seq % OWN], memory_order_relaxed) == seq; }

/* ---- a poll ---- */

/* Everything is told from here on, and nothing before: memory must be empty of it. */
static void begin_at(follower *f, const change_horizon_row *horizon, int64_t now, int64_t now_us)
{
    f->xid = horizon->first - 1;
    f->seq = INT64_MAX;
    f->mark = horizon->next;
    f->mark_us = now_us;
    f->polled = now;
    atomic_store(&f->current_us, now_us);
}

static void tell(follower *f, const change_after_row_list *rows)
{
    change *list = ARENA_ARRAY(f->arena, change, rows->len), *next = NULL;
    for (size_t i = rows->len; i-- > 0;) {
        const change_after_row *row = &rows->items[i];
        if (is_own(f, row->seq)) continue;
        list[i] = (change){.next = next, .kind = (change_kind)row->kind, .a = row->a, .b = row->b, .seq = row->seq};
        next = &list[i];
    }
    if (next) f->config.publish(f->config.arg, next);
}

static rc tell_below(follower *f, int64_t below)
{
    change_after_row_list rows = {.len = FOLLOW_BATCH};
    while (rows.len == FOLLOW_BATCH) {
        arena_reset(f->arena);
        TRY(sql_change_after(f->d, f->arena, f->xid, f->seq, below, FOLLOW_BATCH, &rows));
        if (!rows.len) break;
        tell(f, &rows);
        f->xid = rows.items[rows.len - 1].xid;
        f->seq = rows.items[rows.len - 1].seq;
    }
    return OK;
}

static rc look(follower *f, int64_t now, int64_t now_us)
{
    change_horizon_row horizon;
    TRY(sql_change_horizon(f->d, f->arena, &horizon));
    if (now - f->polled > AWAY_MAX_MS) {
        f->config.forget(f->config.arg);
        begin_at(f, &horizon, now, now_us);
        return OK;
    }
    TRY(tell_below(f, horizon.first));
    f->polled = now;
    if (horizon.first < f->mark) return OK;
    atomic_store(&f->current_us, f->mark_us);
    f->mark = horizon.next;
    f->mark_us = now_us;
    return OK;
}

rc follow_poll(follower *f, int64_t now)
{
    int64_t now_us = clock_us(); /* before the snapshot: what is committed meanwhile is the next poll's */
    arena_reset(f->arena);
    TRY(db_begin_read(f->d));
    rc_code code = look(f, now, now_us);
    db_rollback(f->d);
    return code;
}

bool follow_current(const follower *f) { return clock_us() - atomic_load(&f->current_us) < FOLLOW_TRUST_US; }

/* ---- the thread ---- */

static void renew(follower *f)
{
    if (clock_us() - f->renewed_us < NODE_RENEW_MS * 1000) return;
    rc_code code = node_renew(f->d, clock_now(), &f->config.lease);
    if (code == E_CONFLICT) die("another process has taken over number %d", f->config.lease.number);
    if (code == OK) f->renewed_us = clock_us();
}

/* False when it is time to stop. */
static bool pause_between(follower *f)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += FOLLOW_POLL_US * 1000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&f->lock);
    for (int waited = 0; !f->stopping && waited == 0;) waited = pthread_cond_timedwait(&f->moved, &f->lock, &until);
    bool go_on = !f->stopping;
    pthread_mutex_unlock(&f->lock);
    return go_on;
}

static void *follow_main(void *arg)
{
    follower *f = arg;
    bool failed = false;
    do {
        rc_code code = follow_poll(f, clock_now());
        /* Once, not four times a second. */
        if (code != OK && !failed) log_warn("cannot follow the other processes: %s", db_error(f->d));
        failed = code != OK;
        if (!failed) renew(f);
    } while (pause_between(f));
    return NULL;
}

/* ---- open and close ---- */

static void drop(follower *f)
{
    db_close(f->d);
    arena_close(f->arena);
    pthread_cond_destroy(&f->moved);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

static rc open_cursor(follower *f)
{
    change_horizon_row horizon;
    int64_t now_us = clock_us();
    TRY(db_open(f->config.where, false, &f->d));
    TRY(db_begin_read(f->d));
    rc_code code = sql_change_horizon(f->d, f->arena, &horizon);
    db_rollback(f->d);
    if (code == OK) begin_at(f, &horizon, clock_now(), now_us);
    return code;
}

rc follow_open(const follow_config *config, follower **out)
{
    follower *f = calloc(1, sizeof *f);
    pthread_condattr_t monotonic;
    if (!f) die("out of memory");
    f->config = *config;
    f->arena = arena_open();
    f->renewed_us = clock_us();
    pthread_mutex_init(&f->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&f->moved, &monotonic);
    pthread_condattr_destroy(&monotonic);
    rc_code code = open_cursor(f);
    if (code != OK) {
        drop(f);
        f = NULL;
    }
    *out = f;
    return code;
}

void follow_start(follower *f)
{
    if (pthread_create(&f->thread, NULL, follow_main, f) != 0) die("cannot start the follower");
    f->running = true;
}

void follow_close(follower *f)
{
    if (!f) return;
    pthread_mutex_lock(&f->lock);
    f->stopping = true;
    pthread_cond_signal(&f->moved);
    pthread_mutex_unlock(&f->lock);
    if (f->running) pthread_join(f->thread, NULL);
    if (node_leave(f->d, &f->config.lease) != OK) log_warn("number %d is free in %d s", f->config.lease.number, (int)(NODE_LEASE_MS / MS_SECOND));
    drop(f);
}
