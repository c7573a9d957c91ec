/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Numbers for processes on both engines; following, which only PostgreSQL needs, on that. */
#include "base/testing.h"

#include "base/clock.h"
#include "db/follow.h"
#include "db/sweep.h"
#include "graph/privacy.h"
#include "support/world.h"

#define L(x) ((long long)(x))

static world *w;

static int open_sqlite(void **state) { (void)state; return (w = world_open(DB_SQLITE)) ? 0 : -1; }
static int open_postgres(void **state) { (void)state; return (w = world_open(DB_POSTGRES)) ? 0 : -1; }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

/* ================ numbers ================ */

static node_lease take(int64_t holder, int64_t now)
{
    node_lease lease = {.holder = holder};
    assert_int_equal(node_take(w->db, now, &lease), OK);
    return lease;
}

static void free_all(void) { world_sql(w, "DELETE FROM node"); }

static void each_process_has_a_number_of_its_own(void **state)
{
    (void)state;
    bool seen[NODES] = {0};
    node_lease one_too_many = {.holder = 99};
    free_all();
    for (int i = 0; i < NODES; i++) {
        node_lease lease = take(i + 1, w->now);
        assert_false(seen[lease.number]);
        seen[lease.number] = true;
    }
    assert_int_equal(node_take(w->db, w->now, &one_too_many), E_LIMIT);
}

static void a_number_that_was_given_back_comes_before_one_that_ran_out(void **state)
{
    (void)state;
    free_all();
    for (int i = 0; i < NODES; i++) (void)take(i + 1, w->now);
    node_lease seventh = {.number = 7, .holder = 8};
    assert_int_equal(node_leave(w->db, &seventh), OK);
    assert_int_equal(take(100, w->now + NODE_LEASE_MS).number, 7);
    /* Of those that ran out, the one that did so first; who renews keeps theirs. */
    int64_t later = w->now + NODE_LEASE_MS / 2;
    for (int i = 0; i < NODES; i++) {
        node_lease lease = {.number = i, .holder = i + 1};
        if (i != 7 && i != 5) assert_int_equal(node_renew(w->db, later, &lease), OK);
    }
    assert_int_equal(take(101, w->now + NODE_LEASE_MS).number, 5);
}

static void whoever_lost_a_number_learns_it_and_the_mark_goes_over(void **state)
{
    (void)state;
    free_all();
    node_lease old = take(1, w->now);
    world_sql(w, "UPDATE node SET high_water = 123456 WHERE number = %d", old.number);
    assert_int_equal(node_renew(w->db, w->now + 100 * NODE_LEASE_MS, &old), OK); /* late, but nobody wanted it */
    for (int i = 1; i < NODES; i++) (void)take(i + 1, w->now);
    node_lease fresh = take(500, w->now + 102 * NODE_LEASE_MS);
    assert_int_not_equal(fresh.number, old.number);
    for (int i = 1; i < NODES; i++) (void)take(600 + i, w->now + 103 * NODE_LEASE_MS + i);
    assert_int_equal(node_renew(w->db, w->now, &old), E_CONFLICT);
    assert_int_equal(node_leave(w->db, &old), E_CONFLICT);
    assert_int_equal(world_int(w->db, 0, "SELECT high_water FROM node WHERE number = %d", old.number), 123456);
}

/* ================ following ================ */

static struct { int64_t walls[4000]; size_t len; int forgotten; } told;
static bool to_graph;

static void hear(void *arg, const change *changes)
{
    (void)arg;
    if (to_graph) graph_publish(w->graph, changes);
    for (; changes; changes = changes->next)
        if (changes->kind == CHANGE_WALL && told.len < sizeof told.walls / sizeof *told.walls) told.walls[told.len++] = changes->a;
}

static void hear_forget(void *arg)
{
    (void)arg;
    told.forgotten++;
    if (to_graph) graph_forget(w->graph);
}

static follower *follow(void)
{
    follower *f;
    follow_config c = {.where = w->where, .publish = hear, .forget = hear_forget};
    memset(&told, 0, sizeof told);
    to_graph = false;
    free_all();
    c.lease = take(1, w->now);
    assert_int_equal(follow_open(&c, &f), OK);
    return f;
}

/* Another process: a connection that commits a change of this wall. */
static void change_wall(db *d, int64_t wall)
{
    char sql[200];
    (void)snprintf(sql, sizeof sql, "INSERT INTO change (xid, kind, a, b, at) VALUES (pg_current_xact_id()::text::bigint, %d, %lld, 0, 0)",
                   CHANGE_WALL, L(wall));
    assert_int_equal(db_script(d, sql), OK);
}

static void poll_once(follower *f) { assert_int_equal(follow_poll(f, w->now), OK); }

/* Polls until this wall is told last: other suites may hold transactions open in the same cluster. */
static void hear_of(follower *f, int64_t wall)
{
    for (int64_t began = clock_us(); !told.len || told.walls[told.len - 1] != wall;) {
        poll_once(f);
        if (clock_us() - began > 20000000) fail_msg("wall %lld is not told", L(wall));
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

/* From here on nothing that was committed before is told. */
static void settle(follower *f)
{
    change_wall(w->db, 999);
    hear_of(f, 999);
    told.len = 0;
}

static void what_others_commit_is_told_once_and_in_batches(void **state)
{
    (void)state;
    enum { MANY = 2 * FOLLOW_BATCH + 17 };
    follower *f = follow();
    settle(f);
    world_begin(w);
    for (int i = 0; i < MANY; i++) change_wall(w->db, 1000 + i);
    world_end(w);
    hear_of(f, 1000 + MANY - 1);
    assert_int_equal(told.len, MANY);
    for (int i = 0; i < MANY; i++) assert_int_equal(told.walls[i], 1000 + i);
    poll_once(f);
    assert_int_equal(told.len, MANY);
    follow_close(f);
}

static void what_we_have_told_ourselves_is_not_told_again(void **state)
{
    (void)state;
    follower *f = follow();
    settle(f);
    ctx *c = world_act(w, 0);
    assert_int_equal(change_emit(c, CHANGE_WALL, 5, 0), OK);
    follow_own(f, c->changes);
    world_done(c);
    change_wall(w->db, 6);
    hear_of(f, 6);
    assert_int_equal(told.len, 1);
    follow_close(f);
}

/* The smaller seq appears behind the larger one: a cursor that had moved past it would never see it. */
static void nobody_is_missed_who_commits_late(void **state)
{
    (void)state;
    db *late;
    follower *f = follow();
    settle(f);
    assert_int_equal(db_open(w->where, false, &late), OK);
    assert_int_equal(db_begin_write(late), OK);
    change_wall(late, 1);
    change_wall(w->db, 2);
    poll_once(f);
    assert_int_equal(told.len, 0);
    assert_int_equal(db_commit(late), OK);
    hear_of(f, 2);
    assert_int_equal(told.len, 2);
    follow_close(f);
    db_close(late);
}

static void memory_is_trusted_only_as_far_as_it_was_followed(void **state)
{
    (void)state;
    db *open;
    follower *f = follow();
    settle(f);
    assert_int_equal(db_open(w->where, false, &open), OK);
    assert_int_equal(db_begin_write(open), OK);
    change_wall(open, 1);
    change_wall(w->db, 2);
    /* What was committed behind an open transaction is not told: polls do not help. */
    for (int64_t began = clock_us(); clock_us() - began < FOLLOW_TRUST_US + FOLLOW_POLL_US;) {
        poll_once(f);
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    assert_int_equal(told.len, 0);
    assert_false(follow_current(f));
    db_rollback(open);
    hear_of(f, 2);
    assert_int_equal(told.len, 1);
    while (!follow_current(f)) poll_once(f);
    follow_close(f);
    db_close(open);
}

static void whoever_was_away_for_a_week_forgets_everything(void **state)
{
    (void)state;
    follower *f = follow();
    change_wall(w->db, 1);
    w->now = clock_now() + CHANGE_KEPT_MS;
    poll_once(f);
    assert_int_equal(told.forgotten, 1);
    assert_int_equal(told.len, 0);
    change_wall(w->db, 2);
    hear_of(f, 2);
    assert_int_equal(told.forgotten, 1);
    follow_close(f);
}

static bool is_open(int64_t viewer, int64_t owner)
{
    bool may;
    ctx *c = world_ctx(w, viewer);
    assert_int_equal(privacy_may(c, owner, PRIVACY_WALL, &may), OK);
    world_done(c);
    return may;
}

/* The graph of this world is one process's; what is committed silently is another's. */
static void telling_twice_changes_nothing_and_forgetting_reads_anew(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    follower *f = follow();
    to_graph = true;
    assert_true(is_open(a, b));
    for (int forgets = 0; forgets < 2; forgets++) {
        w->silent = true;
        world_setting(w, b, PRIVACY_WALL, forgets ? LEVEL_EVERYONE : LEVEL_NOBODY);
        w->silent = false;
        bool open = forgets != 0;
        assert_int_equal(is_open(a, b), !open); /* nobody has told yet */
        ctx *old = world_ctx(w, a);
        if (forgets) {
            graph_forget(w->graph);
        } else {
            const change one = {.kind = CHANGE_PRIVACY, .a = b};
            for (int i = 0; i < 3; i++) graph_publish(w->graph, &one);
        }
        assert_int_equal(is_open(a, b), open);
        graph_forget(w->graph);
        assert_int_equal(is_open(a, b), open);
        world_done(old);
    }
    follow_close(f);
}

/* A reader from before the forgetting may use what it reads, but not leave it behind. */
static void a_late_fill_does_not_outlive_the_forgetting(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    ctx *old = world_ctx(w, a);
    bool may;
    w->silent = true;
    world_setting(w, b, PRIVACY_WALL, LEVEL_NOBODY);
    w->silent = false;
    graph_forget(w->graph);
    assert_int_equal(privacy_may(old, b, PRIVACY_WALL, &may), OK);
    assert_true(may);
    assert_false(is_open(a, b));
    world_done(old);
}

int main(void)
{
    const struct CMUnitTest numbers[] = {
        TEST(each_process_has_a_number_of_its_own), TEST(a_number_that_was_given_back_comes_before_one_that_ran_out),
        TEST(whoever_lost_a_number_learns_it_and_the_mark_goes_over), TEST(a_late_fill_does_not_outlive_the_forgetting)};
    const struct CMUnitTest following[] = {
        TEST(each_process_has_a_number_of_its_own), TEST(a_number_that_was_given_back_comes_before_one_that_ran_out),
        TEST(whoever_lost_a_number_learns_it_and_the_mark_goes_over), TEST(a_late_fill_does_not_outlive_the_forgetting),
        TEST(what_others_commit_is_told_once_and_in_batches), TEST(what_we_have_told_ourselves_is_not_told_again),
        TEST(nobody_is_missed_who_commits_late), TEST(memory_is_trusted_only_as_far_as_it_was_followed),
        TEST(whoever_was_away_for_a_week_forgets_everything), TEST(telling_twice_changes_nothing_and_forgetting_reads_anew)};
    int failed = cmocka_run_group_tests_name("numbers on SQLite", numbers, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("following on PostgreSQL", following, open_postgres, close_world);
    return failed;
}
