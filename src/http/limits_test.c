/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include <pthread.h>

#include "base/clock.h"
#include "http/limits.h"

#define NOON (INT64_C(20000) * MS_DAY + 12 * MS_HOUR)
static const limit_rule three = {.burst = 3, .per_minute = 6}; /* one every ten seconds */

static int open_limits(void **state)
{
    *state = limits_open();
    return 0;
}

static int close_limits(void **state)
{
    limits_close(*state);
    return 0;
}

static bool take(limits *l, str key, int64_t now)
{
    int wait = -1;
    bool taken = limit_take(l, key, three, now, &wait);
    if (taken) assert_int_equal(wait, -1);
    else assert_in_range(wait, 1, 30);
    return taken;
}

static void drain(limits *l, str key, int64_t now)
{
    for (int i = 0; i < three.burst; i++) assert_true(take(l, key, now));
    assert_false(take(l, key, now));
}

static void a_burst_passes_and_the_next_waits(void **state)
{
    int wait;
    drain(*state, STR("a"), NOON);
    assert_false(limit_take(*state, STR("a"), three, NOON, &wait));
    assert_int_equal(wait, 10);
    assert_false(limit_take(*state, STR("a"), three, NOON + 9999, &wait));
    assert_int_equal(wait, 1);
}

static void a_bucket_refills_at_its_rate(void **state)
{
    drain(*state, STR("a"), NOON);
    assert_false(take(*state, STR("a"), NOON + 9999));
    assert_true(take(*state, STR("a"), NOON + 10000));
    assert_false(take(*state, STR("a"), NOON + 10000));
    drain(*state, STR("a"), NOON + MS_HOUR); /* full again, and no fuller */
}

static void refusals_cost_nothing(void **state)
{
    drain(*state, STR("a"), NOON);
    for (int i = 0; i < 100; i++) assert_false(take(*state, STR("a"), NOON + 5000));
    assert_true(take(*state, STR("a"), NOON + 10000));
}

static void keys_do_not_share_a_bucket(void **state)
{
    drain(*state, STR("a"), NOON);
    drain(*state, STR("b"), NOON);
    drain(*state, STR(""), NOON);
    drain(*state, STR("a\0"), NOON);
}

static void rates_may_be_slower_than_one_a_minute(void **state)
{
    limit_rule hourly = {.burst = 1, .per_minute = 1.0 / 60};
    int wait = 0;
    assert_true(limit_take(*state, STR("a"), hourly, NOON, &wait));
    assert_false(limit_take(*state, STR("a"), hourly, NOON + MS_MINUTE, &wait));
    assert_int_equal(wait, 59 * 60);
    assert_true(limit_take(*state, STR("a"), hourly, NOON + MS_HOUR, &wait));
}

static void the_next_day_begins_afresh(void **state)
{
    int64_t midnight = clock_day(NOON) + MS_DAY;
    drain(*state, STR("a"), midnight - 1);
    drain(*state, STR("a"), midnight);
}

/* A request that began long ago, or a clock that was set back. */
static void a_moment_of_the_past_empties_and_refills_nothing(void **state)
{
    drain(*state, STR("a"), NOON);
    static const int64_t before[] = {1, MS_HOUR, 13 * MS_HOUR, MS_DAY, 2 * MS_DAY, 400 * MS_DAY};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        assert_false(take(*state, STR("a"), NOON - before[i]));
        assert_false(take(*state, STR("a"), NOON));
    }
    assert_true(take(*state, STR("a"), NOON + 10000));
    assert_false(take(*state, STR("a"), NOON + 10000));
}

/* A client who has used up a limit cannot make the table forget it by coming from very many addresses. */
static void a_flood_of_others_does_not_refill_an_empty_bucket(void **state)
{
    limit_rule slow = {.burst = 5, .per_minute = 0.1};
    int wait;
    for (int i = 0; i < 5; i++) assert_true(limit_take(*state, STR("guesser"), slow, NOON, &wait));
    char key[32];
    for (int i = 0; i < 300000; i++) {
        int len = snprintf(key, sizeof key, "other %d", i);
        assert_true(limit_take(*state, (str){key, (size_t)len}, slow, NOON, &wait));
    }
    assert_false(limit_take(*state, STR("guesser"), slow, NOON, &wait));
}

enum { THREADS = 4, EACH = 5000, BURST = 1000 };
typedef struct worker {
    limits *limits;
    int taken;
} worker;

static void *work(void *arg)
{
    worker *w = arg;
    limit_rule rule = {.burst = BURST, .per_minute = 1};
    int wait;
    for (int i = 0; i < EACH; i++) w->taken += limit_take(w->limits, STR("shared"), rule, NOON, &wait);
    return NULL;
}

static void threads_together_take_exactly_the_burst(void **state)
{
    pthread_t threads[THREADS];
    worker workers[THREADS];
    int taken = 0;
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (worker){.limits = *state};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        taken += workers[i].taken;
    }
    assert_int_equal(taken, BURST);
}

#define WITH_LIMITS(function) cmocka_unit_test_setup_teardown(function, open_limits, close_limits)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_LIMITS(a_burst_passes_and_the_next_waits),
        WITH_LIMITS(a_bucket_refills_at_its_rate),
        WITH_LIMITS(refusals_cost_nothing),
        WITH_LIMITS(keys_do_not_share_a_bucket),
        WITH_LIMITS(rates_may_be_slower_than_one_a_minute),
        WITH_LIMITS(the_next_day_begins_afresh),
        WITH_LIMITS(a_moment_of_the_past_empties_and_refills_nothing),
        WITH_LIMITS(a_flood_of_others_does_not_refill_an_empty_bucket),
        WITH_LIMITS(threads_together_take_exactly_the_burst),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
