/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Circles: who is in them, and what they open and keep out, while they are there and afterwards. */
#include "base/testing.h"
#include "feature/friends/circles.h"
#include "feature/friends/friends.h"
#include "support/world.h"

#define L(x) ((long long)(x))

static world *w;

static int open_sqlite(void **state) { (void)state; return (w = world_open(DB_SQLITE)) ? 0 : -1; }
static int open_postgres(void **state) { (void)state; return (w = world_open(DB_POSTGRES)) ? 0 : -1; }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

static int64_t new_circle(int64_t owner, const char *title)
{
    int64_t ordinal;
    ctx *c = world_act(w, owner);
    assert_int_equal(circle_create(c, str_of(title), &ordinal), OK);
    world_done(c);
    return ordinal;
}

static rc_code put_in(int64_t owner, int64_t circle, const int64_t *nums, size_t len)
{
    ctx *c = world_act(w, owner);
    rc_code done = circle_add(c, circle, nums, len);
    world_done(c);
    return done;
}

static bool is_in(int64_t owner, int64_t circle, int64_t num)
{
    bool yes;
    ctx *c = world_ctx(w, owner);
    assert_int_equal(graph_in_circle(c, owner, circle, num, &yes), OK);
    world_done(c);
    return yes;
}

static int64_t size_of(int64_t owner, int64_t circle)
{
    return world_int(w->db, -1, "SELECT members FROM circle WHERE bucket = %lld AND owner = %lld AND ordinal = %lld", L(bucket_of(owner)),
                     L(owner), L(circle));
}

static void a_circle_holds_friends_only_and_each_once(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), pal = world_member(w, ROLE_MEMBER), fan = world_member(w, ROLE_MEMBER);
    world_befriend(w, me, pal);
    world_edge(w, fan, me, EDGE_OUT, EDGE_IN);
    int64_t circle = new_circle(me, "choir"), nums[] = {pal, fan, pal, me, 2000000000};
    for (int time = 0; time < 2; time++) {
        assert_int_equal(put_in(me, circle, nums, 5), OK);
        assert_int_equal(size_of(me, circle), 1);
    }
    assert_true(is_in(me, circle, pal));
    assert_false(is_in(me, circle, fan));
    for (int time = 0; time < 2; time++) {
        ctx *c = world_act(w, me);
        assert_int_equal(circle_remove(c, circle, nums, 2), OK);
        world_done(c);
        assert_int_equal(size_of(me, circle), 0);
    }
    assert_false(is_in(me, circle, pal));
}

static bool sees(int64_t viewer, int64_t owner, int64_t audience)
{
    bool may;
    ctx *c = world_ctx(w, viewer);
    assert_int_equal(privacy_see_post(c, owner, owner, audience, &may), OK);
    world_done(c);
    return may;
}

static void the_end_of_a_friendship_closes_what_a_circle_opened_and_opens_nothing(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER), circle = new_circle(me, "one");
    world_befriend(w, me, other);
    world_sql(w, "UPDATE member SET friends = 1 WHERE num IN (%lld, %lld)", L(me), L(other));
    assert_int_equal(put_in(me, circle, &other, 1), OK);
    char opens[16], keeps[16];
    (void)snprintf(opens, sizeof opens, "4+c%d", (int)circle);
    (void)snprintf(keeps, sizeof keeps, "0-c%d", (int)circle);
    int64_t for_them = world_audience(w, me, opens), not_for_them = world_audience(w, me, keeps);
    assert_true(sees(other, me, for_them));
    assert_false(sees(other, me, not_for_them));
    ctx *c = world_act(w, me);
    assert_int_equal(friends_do(c, ACT_REMOVE, other, STR("")), OK);
    world_done(c);
    assert_false(sees(other, me, for_them));
    assert_false(sees(other, me, not_for_them));
}

static void drop_circle(int64_t owner, int64_t circle)
{
    ctx *c = world_act(w, owner);
    assert_int_equal(circle_delete(c, circle), OK);
    world_done(c);
}

static bool may_open(int64_t viewer, int64_t owner, privacy_item item)
{
    bool may;
    ctx *c = world_ctx(w, viewer);
    assert_int_equal(privacy_may(c, owner, item, &may), OK);
    world_done(c);
    return may;
}

static void a_deleted_circle_keeps_its_people_out_by_name(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), in = world_member(w, ROLE_MEMBER), out = world_member(w, ROLE_MEMBER);
    world_befriend(w, me, in);
    world_befriend(w, me, out);
    int64_t circle = new_circle(me, "family"), bucket = bucket_of(me);
    assert_int_equal(put_in(me, circle, &in, 1), OK);
    char spec[32];
    (void)snprintf(spec, sizeof spec, "3-c%d", (int)circle);
    int64_t not_family = world_audience(w, me, spec), id = world_post(w, me, me, not_family);
    world_setting(w, me, PRIVACY_PROFILE, not_family);
    world_sql(w, "INSERT INTO wall_count (bucket, owner, audience, posts) VALUES (%lld, %lld, %lld, 1)", L(bucket), L(me), L(not_family));
    assert_false(may_open(in, me, PRIVACY_PROFILE));
    drop_circle(me, circle);
    assert_false(may_open(in, me, PRIVACY_PROFILE));
    assert_true(may_open(out, me, PRIVACY_PROFILE));
    int64_t now = world_int(w->db, 0, "SELECT audience FROM post WHERE bucket = %lld AND id = %lld", L(bucket), L(id));
    assert_false(sees(in, me, now));
    assert_true(sees(out, me, now));
    assert_int_equal(world_int(w->db, 0, "SELECT posts FROM wall_count WHERE bucket = %lld AND owner = %lld AND audience = %lld",
                               L(bucket), L(me), L(now)), 1);
}

static void what_named_a_circle_that_is_gone_is_closed_to_all(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), pal = world_member(w, ROLE_MEMBER), circle = new_circle(me, "gone");
    world_befriend(w, me, pal);
    char spec[32];
    (void)snprintf(spec, sizeof spec, "0-c%d", (int)circle);
    int64_t audience = world_audience(w, me, spec);
    assert_true(sees(pal, me, audience));
    drop_circle(me, circle);
    assert_false(sees(pal, me, audience)); /* in no setting and on no post: it was left as it is */
    assert_true(sees(me, me, audience));
}

static void a_circle_kept_out_with_too_many_people_is_not_deleted(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), circle = new_circle(me, "everybody"), bucket = bucket_of(me);
    world_begin(w);
    for (int i = 0; i <= AUDIENCE_LIST_MAX; i++)
        world_sql(w, "INSERT INTO circle_member (bucket, owner, ordinal, other) VALUES (%lld, %lld, %lld, %d)", L(bucket), L(me),
                  L(circle), 100000 + i);
    world_end(w);
    char spec[32];
    (void)snprintf(spec, sizeof spec, "0-c%d", (int)circle);
    world_setting(w, me, PRIVACY_WALL, world_audience(w, me, spec));
    ctx *c = world_act(w, me);
    assert_int_equal(circle_delete(c, circle), E_LIMIT);
    assert_int_equal(c->err.sentence.key, L_friends_circle_delete_many);
    world_undo(c);
    world_setting(w, me, PRIVACY_WALL, LEVEL_EVERYONE);
    drop_circle(me, circle); /* nothing keeps it out any more */
}

static void a_deleted_circle_is_empty_and_its_number_is_not_used_again(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), pal = world_member(w, ROLE_MEMBER);
    world_befriend(w, me, pal);
    int64_t first = new_circle(me, "first");
    assert_int_equal(put_in(me, first, &pal, 1), OK);
    for (int time = 0; time < 2; time++) {
        ctx *c = world_act(w, me);
        assert_int_equal(circle_delete(c, first), OK);
        world_done(c);
    }
    assert_false(is_in(me, first, pal));
    assert_int_equal(put_in(me, first, &pal, 1), E_NOT_FOUND);
    assert_int_not_equal(new_circle(me, "second"), first);
}

static void there_are_so_many_circles_and_no_more(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), ordinal;
    for (int i = 0; i < CIRCLES_MAX; i++) (void)new_circle(me, "circle");
    ctx *c = world_act(w, me);
    assert_int_equal(circle_create(c, STR("one more"), &ordinal), E_LIMIT);
    assert_int_equal(c->err.sentence.key, L_friends_circles_full);
    world_undo(c);
}

static void nobody_renames_a_circle_of_others(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER), circle = new_circle(me, "mine");
    ctx *c = world_act(w, other);
    assert_int_equal(circle_rename(c, circle, STR("theirs")), E_NOT_FOUND);
    world_undo(c);
    c = world_act(w, me);
    assert_int_equal(circle_rename(c, circle, STR("ours")), OK);
    world_done(c);
}

#define TESTS                                                                                                                  \
    TEST(a_circle_holds_friends_only_and_each_once),                                                                           \
        TEST(the_end_of_a_friendship_closes_what_a_circle_opened_and_opens_nothing),                                           \
        TEST(a_deleted_circle_keeps_its_people_out_by_name), TEST(what_named_a_circle_that_is_gone_is_closed_to_all),          \
        TEST(a_circle_kept_out_with_too_many_people_is_not_deleted),                                                           \
        TEST(a_deleted_circle_is_empty_and_its_number_is_not_used_again), TEST(there_are_so_many_circles_and_no_more),         \
        TEST(nobody_renames_a_circle_of_others)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("circles on SQLite", tests, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("circles on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
