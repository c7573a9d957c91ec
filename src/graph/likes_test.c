/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the viewer likes and how many like a post: memory gives what the tables hold. */
#include "base/testing.h"
#include "graph/privacy.h"
#include "support/world.h"

static world *w;

static int open_sqlite(void **state) { (void)state; return (w = world_open(DB_SQLITE)) ? 0 : -1; }
static int open_postgres(void **state) { (void)state; return (w = world_open(DB_POSTGRES)) ? 0 : -1; }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

/* As wall_like does, without asking who may. */
static void like(int64_t member, int64_t owner, int64_t post, bool on)
{
    long long bucket = bucket_of(owner), id = post, num = member;
    world_begin(w);
    if (on) world_sql(w, "INSERT INTO post_like (bucket, post, member, at) VALUES (%lld, %lld, %lld, 0)", bucket, id, num);
    else world_sql(w, "DELETE FROM post_like WHERE bucket = %lld AND post = %lld AND member = %lld", bucket, id, num);
    world_sql(w, "UPDATE post SET likes = likes + %d WHERE bucket = %lld AND id = %lld", on ? 1 : -1, bucket, id);
    world_told(w, CHANGE_LIKED, member, post);
    world_told(w, CHANGE_WALL, owner, post);
    world_end(w);
}

static bool likes(bool writing, int64_t viewer, int64_t post)
{
    ctx *c = writing ? world_act(w, viewer) : world_ctx(w, viewer);
    bool yes;
    assert_int_equal(graph_liked(c, &post, 1, &yes), OK);
    world_done(c);
    return yes;
}

static void a_like_is_seen_at_once_by_who_set_it_and_by_nobody_else(void **state)
{
    (void)state;
    int64_t anna = world_member(w, ROLE_MEMBER), ivan = world_member(w, ROLE_MEMBER);
    int64_t post = world_post(w, anna, anna, LEVEL_EVERYONE), other = world_post(w, anna, anna, LEVEL_EVERYONE);
    for (int writing = 0; writing < 2; writing++) {
        assert_false(likes(writing, ivan, post));
        like(ivan, anna, post, true);
        assert_true(likes(writing, ivan, post));
        assert_false(likes(writing, ivan, other));
        assert_false(likes(writing, anna, post));
        assert_false(likes(writing, 0, post));
        like(ivan, anna, post, false);
        assert_false(likes(writing, ivan, post));
    }
}

static void likes_older_than_memory_keeps_are_still_found(void **state)
{
    (void)state;
    enum { MANY = 300 };
    int64_t anna = world_member(w, ROLE_MEMBER), ivan = world_member(w, ROLE_MEMBER), ids[MANY];
    bool liked[MANY];
    for (size_t i = 0; i < MANY; i++) {
        ids[i] = world_post(w, anna, anna, LEVEL_EVERYONE);
        if (i % 20 != 3) like(ivan, anna, ids[i], true);
    }
    for (int writing = 0; writing < 2; writing++) {
        ctx *c = writing ? world_act(w, ivan) : world_ctx(w, ivan);
        assert_int_equal(graph_liked(c, ids, MANY, liked), OK);
        for (size_t i = 0; i < MANY; i++) assert_int_equal(liked[i], i % 20 != 3);
        world_done(c);
    }
}

static void the_news_carry_how_many_like_a_post(void **state)
{
    (void)state;
    int64_t anna = world_member(w, ROLE_MEMBER), ivan = world_member(w, ROLE_MEMBER);
    int64_t post = world_post(w, anna, anna, LEVEL_EVERYONE);
    const int64_t likers[] = {ivan, anna};
    for (uint32_t many = 0; many <= 2; many++) {
        ctx *c = world_ctx(w, anna);
        news_page page;
        assert_int_equal(graph_news(c, INT64_MAX, 20, &page), OK);
        assert_int_equal(page.len, 1);
        assert_int_equal(page.items[0].likes, many);
        world_done(c);
        if (many < 2) like(likers[many], anna, post, true);
    }
}

#define TESTS                                                                                                              \
    TEST(a_like_is_seen_at_once_by_who_set_it_and_by_nobody_else), TEST(likes_older_than_memory_keeps_are_still_found),    \
        TEST(the_news_carry_how_many_like_a_post)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("likes on SQLite", tests, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("likes on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
