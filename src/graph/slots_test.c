/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Slots without a database: a row of counters plays its part. A "snapshot" is one look at a counter after graph_enter; the
 * parts are edge lists whose length is the counter. Run with -fsanitize=thread and with address. */
#include "base/testing.h"

#include <pthread.h>
#include <sched.h>

#include "base/clock.h"
#include "graph/parts.h"
#include "support/world.h"

#define NUMS 64
#define READERS 4
#define HAMMER_US 2000000

typedef struct reading {
    ctx c;
    graph_reader *reader;
} reading;

static reading reading_open(graph *g)
{
    return (reading){.c = {.arena = arena_open(), .graph = g}, .reader = graph_reader_open(g)};
}

static void reading_close(reading *r)
{
    graph_leave(r->reader);
    graph_reader_close(r->reader);
    arena_close(r->c.arena);
}

static part *edges_of_length(ctx *c, size_t len)
{
    edges_part *p = part_new(c, sizeof *p + len * sizeof(edge));
    p->len = len;
    for (size_t i = 0; i < len; i++) p->items[i] = (edge){(uint32_t)i, (uint32_t)len};
    return &p->head;
}

static size_t length(const part *p) { return ((const edges_part *)p)->len; }

static void publish(graph *g, int64_t num)
{
    change one = {.kind = CHANGE_EDGES, .a = num};
    graph_publish(g, &one);
}

static void a_part_that_was_kept_is_found_until_a_change_takes_it_out(void **state)
{
    (void)state;
    graph *g = graph_open(1 << 20);
    reading r = reading_open(g);
    r.c.epoch = graph_enter(r.reader);
    assert_null(part_get(&r.c, 5, PART_EDGES));
    part *p = part_keep(&r.c, 5, PART_EDGES, edges_of_length(&r.c, 3));
    assert_ptr_equal(part_get(&r.c, 5, PART_EDGES), p);
    assert_null(part_get(&r.c, 5, PART_DOORS));
    assert_null(part_get(&r.c, 6, PART_EDGES));
    publish(g, 5);
    assert_null(part_get(&r.c, 5, PART_EDGES));
    assert_int_equal(length(p), 3); /* still ours until we leave */
    assert_int_equal(graph_stats_get(g).bytes, 0);
    reading_close(&r);
    graph_close(g);
}

static void a_fill_older_than_the_last_change_is_used_alone(void **state)
{
    (void)state;
    graph *g = graph_open(1 << 20);
    reading late = reading_open(g), fresh = reading_open(g);
    late.c.epoch = graph_enter(late.reader);
    publish(g, 5);
    part *p = part_keep(&late.c, 5, PART_EDGES, edges_of_length(&late.c, 1));
    assert_int_equal(length(p), 1);
    assert_null(part_get(&late.c, 5, PART_EDGES));
    assert_int_equal(graph_stats_get(g).refused, 1);
    /* Another kind of part and another slot have not moved. */
    part *other = part_keep(&late.c, 6, PART_EDGES, edges_of_length(&late.c, 2));
    assert_ptr_equal(part_get(&late.c, 6, PART_EDGES), other);

    fresh.c.epoch = graph_enter(fresh.reader);
    part *now = part_keep(&fresh.c, 5, PART_EDGES, edges_of_length(&fresh.c, 4));
    assert_ptr_equal(part_get(&late.c, 5, PART_EDGES), now);
    reading_close(&late);
    reading_close(&fresh);
    graph_close(g);
}

static void of_two_fills_the_first_stays(void **state)
{
    (void)state;
    graph *g = graph_open(1 << 20);
    reading a = reading_open(g), b = reading_open(g);
    a.c.epoch = graph_enter(a.reader);
    b.c.epoch = graph_enter(b.reader);
    part *mine = edges_of_length(&b.c, 2), *first = part_keep(&a.c, 5, PART_EDGES, edges_of_length(&a.c, 2));
    assert_ptr_equal(part_keep(&b.c, 5, PART_EDGES, mine), first);
    reading_close(&a);
    reading_close(&b);
    graph_close(g);
}

static void an_act_neither_sees_nor_fills_memory(void **state)
{
    (void)state;
    graph *g = graph_open(1 << 20);
    reading r = reading_open(g);
    r.c.epoch = graph_enter(r.reader);
    (void)part_keep(&r.c, 5, PART_EDGES, edges_of_length(&r.c, 3));
    r.c.writing = true;
    assert_null(part_get(&r.c, 5, PART_EDGES));
    part *own = edges_of_length(&r.c, 1);
    assert_ptr_equal(part_keep(&r.c, 6, PART_EDGES, own), own);
    r.c.writing = false;
    assert_null(part_get(&r.c, 6, PART_EDGES));
    reading_close(&r);
    graph_close(g);
}

static void numbers_that_no_member_can_have_leave_nothing(void **state)
{
    (void)state;
    static const int64_t foreign[] = {0, -1, INT64_MIN, (int64_t)INT32_MAX + 1, INT64_MAX};
    graph *g = graph_open(1 << 20);
    reading r = reading_open(g);
    r.c.epoch = graph_enter(r.reader);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(length(part_keep(&r.c, foreign[i], PART_EDGES, edges_of_length(&r.c, 2))), 2);
        assert_null(part_get(&r.c, foreign[i], PART_EDGES));
        publish(g, foreign[i]);
    }
    assert_int_equal(graph_stats_get(g).slots, 0);
    (void)part_keep(&r.c, INT32_MAX, PART_EDGES, edges_of_length(&r.c, 2));
    assert_non_null(part_get(&r.c, INT32_MAX, PART_EDGES));
    reading_close(&r);
    graph_close(g);
}

static void past_the_budget_what_nobody_used_goes_and_what_is_used_stays(void **state)
{
    (void)state;
    enum { BUDGET = 64 << 10, MANY = 40000 };
    graph *g = graph_open(BUDGET);
    reading r = reading_open(g);
    for (int64_t num = 1; num <= MANY; num++) {
        r.c.epoch = graph_enter(r.reader);
        (void)part_keep(&r.c, num, PART_EDGES, edges_of_length(&r.c, 10));
        if (num > 1) assert_non_null(part_get(&r.c, 1, PART_EDGES)); /* asked for all the time */
        assert_true(graph_stats_get(g).bytes <= BUDGET + BUDGET / 2); /* what is filled during two rounds of the hand */
        graph_leave(r.reader);
    }
    graph_stats s = graph_stats_get(g);
    assert_true(s.drops > MANY / 2);
    assert_true(s.bytes > BUDGET / 2);
    reading_close(&r);
    graph_close(g);
}

/* ---- the hammer ---- */

static struct {
    graph *g;
    _Atomic size_t truth[NUMS + 1];     /* the database: raised by a commit */
    _Atomic size_t published[NUMS + 1]; /* raised after the publish */
    _Atomic bool stop;
    _Atomic uint64_t looks, stale, torn;
} hammer;

/* What a request does: enter, look at memory, on a miss read the truth and offer it. */
static size_t hammer_read(reading *r, int64_t num, bool dawdle)
{
    part *p = part_get(&r->c, num, PART_EDGES);
    if (!p) {
        size_t seen = atomic_load(&hammer.truth[num]);
        if (dawdle) sched_yield(); /* the moment in which a publish passes */
        p = part_keep(&r->c, num, PART_EDGES, edges_of_length(&r->c, seen));
    }
    const edges_part *e = (const edges_part *)p;
    for (size_t i = 0; i < e->len; i++)
        if (e->items[i].other != i || e->items[i].bits != e->len) atomic_fetch_add(&hammer.torn, 1);
    return e->len;
}

static void *hammer_reader(void *seed)
{
    dice d = {(uint64_t)(uintptr_t)seed};
    reading r = reading_open(hammer.g);
    while (!atomic_load(&hammer.stop)) {
        size_t least[4];
        int64_t nums[4];
        for (size_t i = 0; i < 4; i++) {
            nums[i] = 1 + (int64_t)dice_below(&d, NUMS);
            least[i] = atomic_load(&hammer.published[nums[i]]);
        }
        r.c.epoch = graph_enter(r.reader);
        for (size_t i = 0; i < 4; i++)
            if (hammer_read(&r, nums[i], dice_below(&d, 4) == 0) < least[i]) atomic_fetch_add(&hammer.stale, 1);
        graph_leave(r.reader);
        atomic_fetch_add(&hammer.looks, 4);
    }
    reading_close(&r);
    return NULL;
}

static void *hammer_publisher(void *seed)
{
    dice d = {(uint64_t)(uintptr_t)seed};
    while (!atomic_load(&hammer.stop)) {
        change batch[3] = {0};
        for (size_t i = 0; i < 3; i++) {
            batch[i] = (change){.next = i < 2 ? &batch[i + 1] : NULL, .kind = CHANGE_EDGES, .a = 1 + (int64_t)dice_below(&d, NUMS)};
            size_t now = atomic_load(&hammer.truth[batch[i].a]);
            atomic_store(&hammer.truth[batch[i].a], now < 500 ? now + 1 : now);
        }
        graph_publish(hammer.g, batch);
        for (size_t i = 0; i < 3; i++) atomic_store(&hammer.published[batch[i].a], atomic_load(&hammer.truth[batch[i].a]));
        if (dice_below(&d, 8) == 0) sched_yield();
    }
    return NULL;
}

static void hammer_run(size_t budget)
{
    pthread_t threads[READERS + 1];
    hammer.g = graph_open(budget);
    atomic_store(&hammer.stop, false);
    for (int i = 0; i <= NUMS; i++) {
        atomic_store(&hammer.truth[i], 0);
        atomic_store(&hammer.published[i], 0);
    }
    for (uintptr_t i = 0; i <= READERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, i == READERS ? hammer_publisher : hammer_reader, (void *)(i + 1)), 0);
    struct timespec nap = {.tv_nsec = 20000000};
    for (int64_t end = clock_us() + HAMMER_US / 2; clock_us() < end;) nanosleep(&nap, NULL);
    atomic_store(&hammer.stop, true);
    for (size_t i = 0; i <= READERS; i++) pthread_join(threads[i], NULL);
    graph_stats s = graph_stats_get(hammer.g);
    print_message("%llu looks, %llu fills, %llu refused, %llu drops\n", (unsigned long long)hammer.looks, (unsigned long long)s.fills,
                  (unsigned long long)s.refused, (unsigned long long)s.drops);
    graph_close(hammer.g);
    assert_int_equal(hammer.stale, 0);
    assert_int_equal(hammer.torn, 0);
    assert_true(hammer.looks > 1000);
    assert_true(s.drops > 100);
}

static void readers_under_a_publisher_never_see_what_was_before_their_entry(void **state)
{
    (void)state;
    hammer_run((size_t)64 << 20);
}

static void nor_when_memory_is_too_small_at_the_same_time(void **state)
{
    (void)state;
    hammer_run(4 << 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_part_that_was_kept_is_found_until_a_change_takes_it_out),
        TEST(a_fill_older_than_the_last_change_is_used_alone),
        TEST(of_two_fills_the_first_stays),
        TEST(an_act_neither_sees_nor_fills_memory),
        TEST(numbers_that_no_member_can_have_leave_nothing),
        TEST(past_the_budget_what_nobody_used_goes_and_what_is_used_stays),
        TEST(readers_under_a_publisher_never_see_what_was_before_their_entry),
        TEST(nor_when_memory_is_too_small_at_the_same_time),
    };
    return cmocka_run_group_tests_name("slots", tests, NULL, NULL);
}
