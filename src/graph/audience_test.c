/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Specs, interning, and what memory keeps of audiences. */
#include "base/testing.h"
#include "base/testing_arena.h"

#include "graph/audience.h"
#include "support/world.h"

static void what_is_not_canonical_is_not_read(void **state)
{
    (void)state;
    static const char *const bad[] = {"",     "5",        "9",     "x",      "3 ",      "33",      "3+",          "3+m",
                                      "3+m0", "3+m01",    "3+x1",  "3+m2+m1", "3+m1+m1", "3-m1+m2", "3+c1+m1",     "3+m2147483648",
                                      "-m1",  "3-c1-m1",  "3+m1 ", "3+m-1",  "3+m1,2",  "3m1",     "3+m99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        audience out;
        assert_int_equal(audience_parse(a, str_of(bad[i]), &out), E_SYNTAX);
    }
}

static void a_canonical_spec_reads_and_writes_as_itself(void **state)
{
    (void)state;
    static const char *const good[] = {"0", "4", "3+m17-m9-c4", "4+c1+c2", "1-m2147483647", "2+m1+m2+c3-m4-c5-c6"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        audience out;
        str spec;
        assert_int_equal(audience_parse(a, str_of(good[i]), &out), OK);
        assert_int_equal(audience_spec(a, &out, &spec), OK);
        assert_str(spec, str_of(good[i]));
    }
}

static void a_spec_is_sorted_and_without_repeats(void **state)
{
    (void)state;
    uint32_t members[] = {9, 3, 9, 3, 1}, circles[] = {2, 1};
    audience in = {.base = LEVEL_FRIENDS, .allow_members = {members, 5}, .except_circles = {circles, 2}};
    str spec;
    assert_int_equal(audience_spec(a, &in, &spec), OK);
    assert_str(spec, STR("3+m1+m3+m9-c1-c2"));
}

static void lists_and_numbers_have_bounds(void **state)
{
    (void)state;
    uint32_t many[AUDIENCE_LIST_MAX + 1], zero[] = {0}, huge[] = {(uint32_t)INT32_MAX + 1};
    for (uint32_t i = 0; i <= AUDIENCE_LIST_MAX; i++) many[i] = i + 1;
    str spec;
    audience full = {.base = LEVEL_NOBODY, .allow_members = {many, AUDIENCE_LIST_MAX}}, out;
    assert_int_equal(audience_spec(a, &full, &spec), OK);
    assert_int_equal(audience_parse(a, spec, &out), OK);
    assert_int_equal(out.allow_members.len, AUDIENCE_LIST_MAX);
    assert_int_equal(audience_parse(a, arena_printf(a, "%.*s+m9999", STR_ARG(spec)), &out), E_SYNTAX);
    audience bad[] = {{.base = LEVEL_NOBODY, .allow_members = {many, AUDIENCE_LIST_MAX + 1}},
                      {.base = LEVEL_COUNT},
                      {.base = LEVEL_MEMBERS, .except_members = {zero, 1}},
                      {.base = LEVEL_MEMBERS, .except_circles = {huge, 1}}};
    for (size_t i = 0; i < 4; i++) assert_int_equal(audience_spec(a, &bad[i], &spec), E_INVALID);
}

static void the_same_choice_becomes_the_same_number(void **state)
{
    (void)state;
    world *w = world_open(DB_SQLITE);
    int64_t owner = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER), first, again, theirs, plain;
    uint32_t one[] = {7, 5}, two[] = {5, 7, 7};
    ctx *act = world_act(w, owner);
    audience x = {.base = LEVEL_FRIENDS, .except_members = {one, 2}}, y = {.base = LEVEL_FRIENDS, .except_members = {two, 3}};
    audience level_only = {.base = LEVEL_MEMBERS};
    assert_int_equal(audience_intern(act, owner, &x, &first), OK);
    assert_int_equal(audience_intern(act, owner, &y, &again), OK);
    assert_int_equal(audience_intern(act, other, &x, &theirs), OK);
    assert_int_equal(audience_intern(act, owner, &level_only, &plain), OK);
    assert_true(first > LEVEL_MAX && first == again && first != theirs);
    assert_int_equal(id_bucket(first), bucket_of(owner));
    assert_int_equal(plain, LEVEL_MEMBERS);
    world_done(act);

    ctx *read = world_ctx(w, owner);
    assert_int_equal(audience_intern(read, owner, &x, &again), OK);
    assert_int_equal(again, first);
    audience fresh = {.base = LEVEL_NOBODY, .allow_members = {one, 1}};
    assert_int_equal(audience_intern(read, owner, &fresh, &again), E_INTERNAL); /* only an act may make one */
    world_done(read);
    world_close(w);
}

static void memory_keeps_what_was_read_and_a_number_that_leads_nowhere_is_nobody(void **state)
{
    (void)state;
    world *w = world_open(DB_SQLITE);
    int64_t owner = world_member(w, ROLE_MEMBER), stored = world_audience(w, owner, "1+c3-m9");
    const audience *got, *again;
    ctx *c = world_ctx(w, owner);
    assert_int_equal(audience_get(c, stored, &got), OK);
    assert_int_equal(got->base, LEVEL_MEMBERS);
    assert_int_equal(got->allow_circles.len, 1);
    assert_int_equal(got->allow_circles.items[0], 3);
    assert_int_equal(got->except_members.items[0], 9);
    assert_int_equal(audience_get(c, stored, &again), OK);
    assert_ptr_equal(got, again);
    static const int64_t nowhere[] = {-1, 5, 7, 8, 12345, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        assert_int_equal(audience_get(c, nowhere[i], &got), OK);
        assert_int_equal(got->base, LEVEL_NOBODY);
        assert_int_equal(got->allow_members.len + got->allow_circles.len, 0);
    }
    world_done(c);
    world_close(w);
}

static void more_audiences_than_memory_has_room_for_are_still_right(void **state)
{
    (void)state;
    enum { MANY = 30000 };
    world *w = world_open(DB_SQLITE);
    int64_t owner = world_member(w, ROLE_MEMBER);
    world_begin(w);
    for (int i = 0; i < MANY; i++) {
        int64_t id = id_next(w->ids, bucket_of(owner), w->now);
        world_sql(w, "INSERT INTO audience (bucket, id, owner, spec) VALUES (%lld, %lld, %lld, '4+m%lld')",
                  (long long)bucket_of(owner), (long long)id, (long long)owner, (long long)(id % 1000000007 + 1));
    }
    world_end(w);
    static int64_t ids[MANY];
    ctx *c = world_ctx(w, owner);
    assert_int_equal(world_ints(c->db, ids, MANY, "SELECT id FROM audience"), MANY);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < MANY; i++) {
            const audience *got;
            assert_int_equal(audience_get(c, ids[i], &got), OK);
            assert_int_equal(got->allow_members.items[0], ids[i] % 1000000007 + 1);
        }
    world_done(c);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_not_canonical_is_not_read),
        TEST(a_canonical_spec_reads_and_writes_as_itself),
        TEST(a_spec_is_sorted_and_without_repeats),
        TEST(lists_and_numbers_have_bounds),
        TEST(the_same_choice_becomes_the_same_number),
        TEST(memory_keeps_what_was_read_and_a_number_that_leads_nowhere_is_nobody),
        TEST(more_audiences_than_memory_has_room_for_are_still_right),
    };
    return cmocka_run_group_tests_name("audiences", tests, open_arena, close_arena);
}
