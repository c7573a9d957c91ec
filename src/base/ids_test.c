/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include "base/ids.h"

#include <pthread.h>

#define NOW INT64_C(1700000000000)

static void an_id_tells_its_moment_and_bucket(void **state)
{
    (void)state;
    id_mill *m = id_mill_open(63, ID_EPOCH_MS);
    int64_t id = id_next(m, 4095, NOW);
    assert_int_equal(id_time(id), NOW);
    assert_int_equal(id_bucket(id), 4095);
    assert_int_equal(id >> 4 & 63, 63);
    assert_int_equal(id & 15, 0);
    assert_true(id > id_floor(NOW) && id < id_floor(NOW + 1));
    id_mill_close(m);
}

static void the_bucket_of_an_owner_is_its_low_bits(void **state)
{
    (void)state;
    assert_int_equal(bucket_of(4095), 4095);
    assert_int_equal(bucket_of(4096), 0);
    assert_int_equal(bucket_of(INT32_MAX), 4095);
}

static void the_seventeenth_of_a_millisecond_borrows_from_the_next(void **state)
{
    (void)state;
    id_mill *m = id_mill_open(0, ID_EPOCH_MS);
    int64_t before = 0;
    for (int i = 0; i < 17; i++) {
        int64_t id = id_next(m, 1, NOW);
        assert_true(id > before);
        assert_int_equal(id_time(id), i < 16 ? NOW : NOW + 1);
        before = id;
    }
    assert_int_equal(id_mill_high(m), NOW + 1);
    id_mill_close(m);
}

static void buckets_do_not_share_a_sequence(void **state)
{
    (void)state;
    id_mill *m = id_mill_open(0, ID_EPOCH_MS);
    for (int64_t bucket = 0; bucket < BUCKETS; bucket++) assert_int_equal(id_next(m, bucket, NOW) & 15, 0);
    id_mill_close(m);
}

static void a_clock_set_back_still_gives_rising_ids(void **state)
{
    (void)state;
    id_mill *m = id_mill_open(0, ID_EPOCH_MS);
    int64_t first = id_next(m, 1, NOW), second = id_next(m, 1, NOW - 60000);
    assert_int_equal(second, first + 1);
    assert_true(id_next(m, 1, 0) > second); /* not even 2005 */
    id_mill_close(m);
}

static void no_id_lies_at_or_below_the_floor(void **state)
{
    (void)state;
    id_mill *m = id_mill_open(0, NOW);
    assert_int_equal(id_mill_high(m), NOW);
    int64_t id = id_next(m, 1, NOW - 1000);
    assert_int_equal(id_time(id), NOW + 1);
    assert_int_equal(id & 15, 0);
    id_mill_close(m);
}

static void the_floor_may_be_unknown(void **state)
{
    (void)state;
    id_mill *m = id_mill_open(0, 0);
    assert_true(id_mill_high(m) < ID_EPOCH_MS);
    assert_int_equal(id_time(id_next(m, 1, NOW)), NOW);
    assert_int_equal(id_mill_high(m), NOW);
    id_mill_close(m);
}

static void ids_last_until_2074(void **state)
{
    (void)state;
    id_mill *m = id_mill_open(0, 0);
    int64_t last = ID_EPOCH_MS + (INT64_C(1) << 41) - 1;
    int64_t id = id_next(m, 4095, last);
    assert_true(id > 0);
    assert_int_equal(id_time(id), last);
    id_mill_close(m);
}

enum { THREADS = 4, EACH = 20000 };
typedef struct worker {
    id_mill *mill;
    int64_t *ids;
    bool rising;
} worker;

static void *work(void *arg)
{
    worker *w = arg;
    w->rising = true;
    for (int i = 0; i < EACH; i++) {
        w->ids[i] = id_next(w->mill, 7, NOW + i / 10);
        if (i > 0 && w->ids[i] <= w->ids[i - 1]) w->rising = false;
    }
    return NULL;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void threads_never_get_the_same_id(void **state)
{
    (void)state;
    static int64_t ids[THREADS * EACH];
    pthread_t threads[THREADS];
    worker workers[THREADS];
    id_mill *m = id_mill_open(0, 0);
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (worker){.mill = m, .ids = ids + i * EACH};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_true(workers[i].rising);
    }
    qsort(ids, THREADS * EACH, sizeof *ids, by_value);
    for (int i = 1; i < THREADS * EACH; i++) assert_true(ids[i] > ids[i - 1]);
    id_mill_close(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_id_tells_its_moment_and_bucket),
        TEST(the_bucket_of_an_owner_is_its_low_bits),
        TEST(the_seventeenth_of_a_millisecond_borrows_from_the_next),
        TEST(buckets_do_not_share_a_sequence),
        TEST(a_clock_set_back_still_gives_rising_ids),
        TEST(no_id_lies_at_or_below_the_floor),
        TEST(the_floor_may_be_unknown),
        TEST(ids_last_until_2074),
        TEST(threads_never_get_the_same_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
