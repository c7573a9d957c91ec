/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Half-edges, mutual friends, circles, settings, cards: memory and acts give what the tables hold. */
#include "base/testing.h"
#include "graph/privacy.h"
#include "support/world.h"

#define PEOPLE 60
#define MOST 64

static world *w;

static int open_sqlite(void **state) { (void)state; return (w = world_open(DB_SQLITE)) ? 0 : -1; }
static int open_postgres(void **state) { (void)state; return (w = world_open(DB_POSTGRES)) ? 0 : -1; }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

/* A read or an act, so that each question is asked both ways. */
static ctx *look(bool writing, int64_t viewer) { return writing ? world_act(w, viewer) : world_ctx(w, viewer); }

static void half_edges_read_as_the_table_has_them_without_silent_followers(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER), fan = world_member(w, ROLE_MEMBER);
    world_befriend(w, a, b);
    world_edge(w, fan, a, EDGE_OUT, EDGE_IN);
    for (int writing = 0; writing < 2; writing++) {
        ctx *c = look(writing, a);
        unsigned bits;
        edge_list list;
        assert_int_equal(graph_edge(c, a, b, &bits), OK);
        assert_int_equal(bits, EDGE_OUT | EDGE_FRIEND); /* EDGE_IN goes without saying beside EDGE_FRIEND */
        assert_int_equal(graph_edge(c, a, fan, &bits), OK);
        assert_int_equal(bits, 0);
        assert_int_equal(graph_edge(c, fan, a, &bits), OK);
        assert_int_equal(bits, EDGE_OUT);
        assert_int_equal(graph_edges(c, a, &list), OK);
        assert_int_equal(list.len, 1);
        assert_int_equal(list.items[0].other, b);
        world_done(c);
    }
}

static void a_list_longer_than_a_page_of_rows_is_read_to_its_end(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    int64_t a = world_member(w, ROLE_MEMBER);
    world_begin(w);
    for (int i = 0; i < MANY; i++)
        world_sql(w, "INSERT INTO edge (bucket, owner, other, bits, near, at) VALUES (%lld, %lld, %d, %d, 1, 0)",
                  (long long)bucket_of(a), (long long)a, 100000 + 3 * i, EDGE_OUT | EDGE_FRIEND);
    world_told(w, CHANGE_EDGES, a, 0);
    world_end(w);
    for (int writing = 0; writing < 2; writing++) {
        ctx *c = look(writing, a);
        edge_list list;
        unsigned bits;
        assert_int_equal(graph_edges(c, a, &list), OK);
        assert_int_equal(list.len, MANY);
        for (uint32_t i = 0; i < MANY; i++) assert_int_equal(list.items[i].other, 100000 + 3 * i);
        assert_int_equal(graph_edge(c, a, 100000 + 3 * (MANY - 1), &bits), OK);
        assert_true(bits & EDGE_FRIEND);
        assert_int_equal(graph_edge(c, a, 100001, &bits), OK);
        assert_int_equal(bits, 0);
        world_done(c);
    }
}

static void random_edges(dice *r, const int64_t *people)
{
    static const unsigned kinds[][2] = {
        {EDGE_OUT | EDGE_IN | EDGE_FRIEND, EDGE_OUT | EDGE_IN | EDGE_FRIEND}, {EDGE_OUT, EDGE_IN},
        {EDGE_BLOCKS, EDGE_BLOCKED}, {EDGE_OUT | EDGE_ASK_OUT, EDGE_IN | EDGE_ASK_IN | EDGE_NEW}};
    world_begin(w);
    for (size_t i = 0; i < PEOPLE; i++) {
        /* Some know everybody, some hardly anyone: both ways of walking two lists are taken. */
        size_t one_in = i % 10 == 0 ? 1 : i % 3 == 0 ? 3 : 40;
        for (size_t j = 0; j < i; j++) {
            const unsigned *kind = kinds[dice_below(r, 10) < 7 ? 0 : dice_below(r, 4)];
            if (dice_below(r, one_in) == 0) world_edge(w, people[i], people[j], kind[0], kind[1]);
        }
    }
    world_end(w);
}

static void friends_of_both_are_those_that_a_join_finds(void **state)
{
    (void)state;
    dice r = {7};
    int64_t people[PEOPLE], want[MOST], got[MOST];
    world_begin(w);
    for (size_t i = 0; i < PEOPLE; i++) people[i] = world_member(w, ROLE_MEMBER);
    world_end(w);
    random_edges(&r, people);
    for (int i = 0; i < 1500; i++) {
        int64_t a = people[dice_below(&r, PEOPLE)], b = people[dice_below(&r, PEOPLE)];
        size_t most = dice_below(&r, 12), len, total;
        bool yes;
        size_t wanted = world_ints(w->db, want, MOST,
                                   "SELECT x.other FROM edge x, edge y WHERE x.owner = %lld AND y.owner = %lld AND x.other = y.other"
                                   " AND (x.bits & 4) > 0 AND (y.bits & 4) > 0 ORDER BY x.other",
                                   (long long)a, (long long)b);
        ctx *c = look(i % 5 == 0, a);
        assert_int_equal(graph_mutual(c, a, b, most, got, &len, &total), OK);
        assert_int_equal(total, wanted);
        assert_int_equal(len, wanted < most ? wanted : most);
        if (len) assert_memory_equal(got, want, len * sizeof *got);
        assert_int_equal(graph_friend_of_friend(c, a, b, &yes), OK);
        assert_int_equal(yes, wanted > 0);
        world_done(c);
    }
}

static void a_long_and_a_short_list_are_walked_by_leaps(void **state)
{
    (void)state;
    int64_t star = world_member(w, ROLE_MEMBER), shy = world_member(w, ROLE_MEMBER), got[8];
    size_t len, total;
    world_begin(w);
    for (int i = 0; i < 3000; i++)
        world_sql(w, "INSERT INTO edge (bucket, owner, other, bits, near, at) VALUES (%lld, %lld, %d, %d, 1, 0)",
                  (long long)bucket_of(star), (long long)star, 200000 + 2 * i, i % 2 ? EDGE_OUT : EDGE_FRIEND);
    static const int others[] = {1000, 200000, 200001, 200002, 203004, 205996, 205998, 900000};
    for (size_t i = 0; i < 8; i++)
        world_sql(w, "INSERT INTO edge (bucket, owner, other, bits, near, at) VALUES (%lld, %lld, %d, %d, 1, 0)",
                  (long long)bucket_of(shy), (long long)shy, others[i], EDGE_FRIEND);
    world_told(w, CHANGE_EDGES, star, 0);
    world_told(w, CHANGE_EDGES, shy, 0);
    world_end(w);
    ctx *c = world_ctx(w, shy);
    assert_int_equal(graph_mutual(c, star, shy, 8, got, &len, &total), OK);
    assert_int_equal(total, 3);
    assert_int_equal(got[0], 200000);
    assert_int_equal(got[1], 203004);
    assert_int_equal(got[2], 205996);
    world_done(c);
}

static void circles_hold_whom_their_rows_hold(void **state)
{
    (void)state;
    int64_t owner = world_member(w, ROLE_MEMBER), others[40];
    for (size_t i = 0; i < 40; i++) others[i] = world_member(w, ROLE_MEMBER);
    int64_t first = world_circle(w, owner, others, 20), second = world_circle(w, owner, others + 10, 30);
    int64_t empty = world_circle(w, owner, others, 0);
    for (int writing = 0; writing < 2; writing++) {
        ctx *c = look(writing, owner);
        for (size_t i = 0; i < 40; i++) {
            bool in;
            assert_int_equal(graph_in_circle(c, owner, first, others[i], &in), OK);
            assert_int_equal(in, i < 20);
            assert_int_equal(graph_in_circle(c, owner, second, others[i], &in), OK);
            assert_int_equal(in, i >= 10);
            assert_int_equal(graph_in_circle(c, owner, empty, others[i], &in), OK);
            assert_false(in);
            assert_int_equal(graph_in_circle(c, owner, 99, others[i], &in), OK);
            assert_false(in);
        }
        world_done(c);
    }
}

static void a_setting_is_the_stored_one_or_else_the_default(void **state)
{
    (void)state;
    int64_t owner = world_member(w, ROLE_MEMBER), got;
    world_setting(w, owner, PRIVACY_WALL, LEVEL_FRIENDS);
    for (int writing = 0; writing < 2; writing++) {
        ctx *c = look(writing, owner);
        assert_int_equal(graph_setting(c, owner, PRIVACY_WALL, &got), OK);
        assert_int_equal(got, LEVEL_FRIENDS);
        assert_int_equal(graph_setting(c, owner, PRIVACY_PROFILE, &got), OK);
        assert_int_equal(got, privacy_default[PRIVACY_PROFILE]);
        assert_int_equal(graph_setting(c, owner, 77, &got), OK);
        assert_int_equal(got, LEVEL_NOBODY);
        world_done(c);
    }
}

static void a_card_shows_the_row_and_an_unknown_number_is_not_found(void **state)
{
    (void)state;
    int64_t num = world_member(w, ROLE_STAFF);
    char given[32];
    (void)snprintf(given, sizeof given, "Given%lld", (long long)num);
    for (int writing = 0; writing < 2; writing++) {
        ctx *c = look(writing, num);
        const member_card *m;
        assert_int_equal(graph_member(c, num, &m), OK);
        assert_true(str_eq(m->given, str_of(given)));
        assert_int_equal(m->num, num);
        assert_int_equal(m->role, ROLE_STAFF);
        assert_int_equal(m->state, MEMBER_ACTIVE);
        assert_int_equal(graph_member(c, 2000000000, &m), E_NOT_FOUND);
        assert_int_equal(graph_member(c, -5, &m), E_NOT_FOUND);
        assert_int_equal(graph_member(c, INT64_MAX, &m), E_NOT_FOUND);
        world_done(c);
    }
}

static void an_act_sees_its_own_writes_and_memory_only_after_the_commit(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    unsigned bits;
    ctx *c = world_ctx(w, a);
    assert_int_equal(graph_edge(c, a, b, &bits), OK); /* memory holds "nothing" now */
    world_done(c);

    ctx *act = world_act(w, a);
    world_sql(w, "INSERT INTO edge (bucket, owner, other, bits, near, at) VALUES (%lld, %lld, %lld, %d, 1, 0)",
              (long long)bucket_of(a), (long long)a, (long long)b, EDGE_OUT);
    assert_int_equal(change_emit(act, CHANGE_EDGES, a, 0), OK);
    assert_int_equal(graph_edge(act, a, b, &bits), OK);
    assert_int_equal(bits, EDGE_OUT);
    c = world_ctx(w, a);
    assert_int_equal(graph_edge(c, a, b, &bits), OK);
    assert_int_equal(bits, 0);
    world_done(c);
    world_done(act);

    c = world_ctx(w, a);
    assert_int_equal(graph_edge(c, a, b, &bits), OK);
    assert_int_equal(bits, EDGE_OUT);
    world_done(c);
}

#define TESTS                                                                            \
    cmocka_unit_test(half_edges_read_as_the_table_has_them_without_silent_followers),    \
    cmocka_unit_test(a_list_longer_than_a_page_of_rows_is_read_to_its_end),              \
    cmocka_unit_test(friends_of_both_are_those_that_a_join_finds),                       \
    cmocka_unit_test(a_long_and_a_short_list_are_walked_by_leaps),                       \
    cmocka_unit_test(circles_hold_whom_their_rows_hold),                                 \
    cmocka_unit_test(a_setting_is_the_stored_one_or_else_the_default),                   \
    cmocka_unit_test(a_card_shows_the_row_and_an_unknown_number_is_not_found),           \
    cmocka_unit_test(an_act_sees_its_own_writes_and_memory_only_after_the_commit)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("edges on SQLite", tests, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("edges on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
