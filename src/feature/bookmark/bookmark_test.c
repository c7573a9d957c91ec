/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Bookmarks: what is kept, what is shown of it. */
#include "base/testing.h"
#include "feature/bookmark/bookmark.h"
#include "support/world.h"

#define L(x) ((long long)(x))

static world *w;

static int open_sqlite(void **state) { (void)state; return (w = world_open(DB_SQLITE)) ? 0 : -1; }
static int open_postgres(void **state) { (void)state; return (w = world_open(DB_POSTGRES)) ? 0 : -1; }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

static int64_t write(int64_t author, int64_t audience)
{
    int64_t ordinal;
    ctx *c = world_act(w, author);
    c->now = w->now += 1000;
    assert_int_equal(wall_add(c, author, STR("Words"), audience, &ordinal), OK);
    world_done(c);
    return ordinal;
}

static rc_code acting(int64_t viewer, rc (*act)(ctx *, int64_t, int64_t), int64_t owner, int64_t ordinal)
{
    ctx *c = world_act(w, viewer);
    c->now = w->now += 1000;
    rc_code done = act(c, owner, ordinal);
    if (done == OK) world_done(c);
    else world_undo(c);
    return done;
}

/* All pages, the latest kept first. */
static size_t kept(int64_t viewer, uint32_t *ordinals, size_t most, size_t *pages)
{
    size_t all = 0;
    bookmark_place below = BOOKMARKS_NEWEST;
    ctx *c = world_ctx(w, viewer);
    *pages = 0;
    do {
        bookmark_list list;
        assert_int_equal(bookmark_read(c, below, &list), OK);
        for (size_t i = 0; i < list.len; i++, all++)
            if (all < most) ordinals[all] = list.items[i].ordinal;
        below = list.next;
        ++*pages;
    } while (below.at);
    world_done(c);
    return all;
}

static int64_t counted(int64_t member)
{
    return world_int(w->db, -1, "SELECT bookmarks FROM member WHERE bucket = %lld AND num = %lld", L(bucket_of(member)), L(member));
}

static void what_is_kept_is_shown_while_it_is_open(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER);
    int64_t one = write(other, LEVEL_EVERYONE), two = write(other, LEVEL_EVERYONE), closed = write(other, LEVEL_FRIENDS);
    uint32_t seen[4];
    size_t pages;
    assert_int_equal(acting(me, bookmark_add, other, two), OK);
    assert_int_equal(acting(me, bookmark_add, other, one), OK);
    assert_int_equal(acting(me, bookmark_add, other, one), OK);
    assert_int_equal(acting(me, bookmark_add, other, closed), E_NOT_FOUND);
    assert_int_equal(counted(me), 2);
    assert_int_equal(kept(me, seen, 4, &pages), 2);
    assert_int_equal(seen[0], one); /* the latest kept, not the latest written */
    assert_int_equal(kept(other, seen, 4, &pages), 0);
    world_edge(w, other, me, EDGE_BLOCKS, EDGE_BLOCKED);
    assert_int_equal(kept(me, seen, 4, &pages), 0);
    assert_int_equal(acting(me, bookmark_drop, other, one), OK);
    assert_int_equal(acting(me, bookmark_drop, other, one), E_NOT_FOUND);
    world_edge(w, other, me, 0, 0);
    assert_int_equal(kept(me, seen, 4, &pages), 1);
    assert_int_equal(acting(me, bookmark_drop, other, one), OK); /* done already */
    assert_int_equal(counted(me), 1);
    assert_int_equal(acting(other, wall_delete, other, two), OK);
    assert_int_equal(kept(me, seen, 4, &pages), 0);
}

static void every_bookmark_is_reached_once(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER);
    uint32_t seen[2 * BOOKMARKS_PAGE + 2];
    size_t pages;
    for (int i = 0; i < BOOKMARKS_PAGE; i++) assert_int_equal(acting(me, bookmark_add, other, write(other, LEVEL_EVERYONE)), OK);
    assert_int_equal(kept(me, seen, BOOKMARKS_PAGE, &pages), BOOKMARKS_PAGE);
    assert_int_equal(pages, 1);
    for (int i = 0; i < BOOKMARKS_PAGE + 1; i++) assert_int_equal(acting(me, bookmark_add, other, write(other, LEVEL_EVERYONE)), OK);
    assert_int_equal(kept(me, seen, 2 * BOOKMARKS_PAGE + 1, &pages), 2 * BOOKMARKS_PAGE + 1);
    assert_int_equal(pages, 3);
    for (int i = 0; i < 2 * BOOKMARKS_PAGE; i++) assert_true(seen[i] > seen[i + 1]);
}

static void there_is_an_end_to_bookmarks(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), one = write(me, LEVEL_EVERYONE), two = write(me, LEVEL_EVERYONE);
    world_sql(w, "UPDATE member SET bookmarks = %d WHERE bucket = %lld AND num = %lld", BOOKMARKS_MAX - 1, L(bucket_of(me)), L(me));
    assert_int_equal(acting(me, bookmark_add, me, one), OK);
    assert_int_equal(acting(me, bookmark_add, me, two), E_LIMIT);
    assert_int_equal(counted(me), BOOKMARKS_MAX);
}

#define TESTS TEST(what_is_kept_is_shown_while_it_is_open), TEST(every_bookmark_is_reached_once), TEST(there_is_an_end_to_bookmarks)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("bookmarks on SQLite", tests, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("bookmarks on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
