/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The news against a plain query: the same posts, in the same order, page by page. */
#include "base/testing.h"

#include <pthread.h>
#include <stdatomic.h>

#include "graph/privacy.h"
#include "support/world.h"

#define PEOPLE 24
#define POSTS 1500

static world *w;
static int64_t people[PEOPLE];

/* A town: some write hundreds of posts, some none; guests of walls write too; audiences of all kinds. */
static int town_open(db_engine engine, size_t budget)
{
    dice r = {42};
    if (!(w = world_open_small(engine, budget))) return -1;
    world_begin(w);
    for (size_t i = 0; i < PEOPLE; i++) people[i] = world_member(w, i == 3 ? ROLE_STAFF : ROLE_MEMBER);
    for (size_t i = 0; i < PEOPLE; i++)
        for (size_t j = 0; j < i; j++) {
            size_t kind = dice_below(&r, 10);
            if (kind < 4) world_befriend(w, people[i], people[j]);
            else if (kind < 6) world_edge(w, people[i], people[j], EDGE_OUT, EDGE_IN);
            else if (kind == 6) world_edge(w, people[i], people[j], EDGE_OUT | EDGE_BLOCKED, EDGE_IN | EDGE_BLOCKS);
        }
    for (int i = 0; i < POSTS; i++) {
        size_t least = dice_below(&r, PEOPLE);
        int64_t owner = people[dice_below(&r, least + 1)], author = dice_below(&r, 4) ? owner : people[dice_below(&r, PEOPLE)];
        static const char *const specs[] = {"0", "0", "1", "2", "3", "3", "4", "1-m2-m5", "4+m1+m7", "3-m4"};
        (void)world_post(w, owner, author, world_audience(w, owner, specs[dice_below(&r, 10)]));
    }
    world_setting(w, people[2], PRIVACY_WALL, LEVEL_FRIENDS);
    world_setting(w, people[6], PRIVACY_PROFILE, LEVEL_FRIENDS_OF_FRIENDS);
    world_state(w, people[4], MEMBER_SUSPENDED);
    world_end(w);
    return 0;
}

static int open_sqlite(void **state) { (void)state; return town_open(DB_SQLITE, (size_t)64 << 20); }
static int open_cramped(void **state) { (void)state; return town_open(DB_SQLITE, (size_t)8 << 10); }
static int open_postgres(void **state) { (void)state; return town_open(DB_POSTGRES, (size_t)64 << 20); }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

/* What the viewer should see, by the book: every post of followed walls, judged one by one. `d` is the snapshot to ask. */
static size_t plain_news(ctx *c, int64_t *out, size_t most)
{
    static int64_t ids[20000];
    long long viewer = c->viewer.num;
    size_t len = 0, found = world_ints(c->db, ids, 20000,
                                       "SELECT id FROM post WHERE author = owner AND deleted_at = 0 AND (owner = %lld OR owner IN"
                                       " (SELECT other FROM edge WHERE owner = %lld AND (bits & 1) > 0 AND (bits & 64) = 0))"
                                       " ORDER BY id DESC",
                                       viewer, viewer);
    for (size_t i = 0; i < found && len < most; i++) {
        bool may;
        int64_t owner = world_int(c->db, 0, "SELECT owner FROM post WHERE id = %lld", (long long)ids[i]);
        int64_t audience = world_int(c->db, 0, "SELECT audience FROM post WHERE id = %lld", (long long)ids[i]);
        assert_int_equal(privacy_see_post(c, owner, owner, audience, &may), OK);
        if (may) out[len++] = ids[i];
    }
    return len;
}

/* All pages one after the other. */
static size_t paged_news(ctx *c, dice *r, int64_t *out, size_t most)
{
    size_t len = 0, pages = 0;
    int64_t before = INT64_MAX;
    do {
        news_page page;
        size_t want = 1 + dice_below(r, 40);
        assert_int_equal(graph_news(c, before, want, &page), OK);
        assert_true(page.len <= want && len + page.len <= most);
        for (size_t i = 0; i < page.len; i++) out[len++] = page.items[i].id;
        assert_true(page.next < before);
        before = page.next;
        assert_true(++pages < 5000);
    } while (before);
    return len;
}

static void pages_cover_what_a_plain_query_finds_without_gap_or_repeat(void **state)
{
    (void)state;
    static int64_t want[5000], got[5000];
    dice r = {1};
    for (int i = 0; i < 2 * PEOPLE; i++) {
        ctx *c = i % 4 == 3 ? world_act(w, people[i % PEOPLE]) : world_ctx(w, people[i % PEOPLE]);
        size_t wanted = plain_news(c, want, 5000), len = paged_news(c, &r, got, 5000);
        assert_int_equal(len, wanted);
        if (len) assert_memory_equal(got, want, len * sizeof *got);
        world_done(c);
    }
}

static void a_candidate_carries_what_its_row_holds(void **state)
{
    (void)state;
    int64_t owner = people[0], id = world_post(w, owner, owner, LEVEL_MEMBERS);
    news_page page;
    ctx *c = world_ctx(w, owner);
    assert_int_equal(graph_news(c, INT64_MAX, 1, &page), OK);
    assert_int_equal(page.len, 1);
    ring_post p = page.items[0];
    assert_int_equal(p.id, id);
    assert_int_equal(p.owner, owner);
    assert_int_equal(p.author, owner);
    assert_int_equal(p.audience, LEVEL_MEMBERS);
    assert_int_equal(p.ordinal, world_int(c->db, 0, "SELECT ordinal FROM post WHERE id = %lld", (long long)id));
    world_done(c);
}

static size_t ids_of(ctx *c, news_choice which, int64_t *ids)
{
    news_page page;
    assert_int_equal(graph_news_of(c, which, INT64_MAX, 20, &page), OK);
    for (size_t i = 0; i < page.len; i++) ids[i] = page.items[i].id;
    return page.len;
}

static void a_part_of_the_news_holds_friends_followed_or_a_circle(void **state)
{
    (void)state;
    int64_t reader = world_member(w, ROLE_MEMBER), friend_ = world_member(w, ROLE_MEMBER), near = world_member(w, ROLE_MEMBER),
            followed = world_member(w, ROLE_MEMBER), ids[20];
    world_befriend(w, reader, friend_);
    world_befriend(w, reader, near);
    world_edge(w, reader, followed, EDGE_OUT, EDGE_IN);
    int64_t circle = world_circle(w, reader, &near, 1);
    int64_t own = world_post(w, reader, reader, LEVEL_EVERYONE), of_friend = world_post(w, friend_, friend_, LEVEL_FRIENDS),
            of_near = world_post(w, near, near, LEVEL_FRIENDS), of_followed = world_post(w, followed, followed, LEVEL_EVERYONE);
    ctx *c = world_ctx(w, reader);
    assert_int_equal(ids_of(c, (news_choice){.kind = NEWS_ALL}, ids), 4);
    assert_true(ids[0] == of_followed && ids[1] == of_near && ids[2] == of_friend && ids[3] == own);
    assert_int_equal(ids_of(c, (news_choice){.kind = NEWS_FRIENDS}, ids), 2);
    assert_true(ids[0] == of_near && ids[1] == of_friend);
    assert_int_equal(ids_of(c, (news_choice){.kind = NEWS_FOLLOWED}, ids), 1);
    assert_true(ids[0] == of_followed);
    assert_int_equal(ids_of(c, (news_choice){NEWS_CIRCLE, circle}, ids), 1);
    assert_true(ids[0] == of_near);
    assert_int_equal(ids_of(c, (news_choice){NEWS_CIRCLE, circle + 1}, ids), 0);
    world_done(c);
}

static void guests_and_hermits_have_no_news(void **state)
{
    (void)state;
    int64_t hermit = world_member(w, ROLE_MEMBER), viewers[] = {0, hermit};
    for (size_t i = 0; i < 2; i++) {
        news_page page;
        ctx *c = world_ctx(w, viewers[i]);
        assert_int_equal(graph_news(c, INT64_MAX, 20, &page), OK);
        assert_int_equal(page.len, 0);
        assert_int_equal(page.next, 0);
        world_done(c);
    }
}

static bool shows(ctx *c, int64_t id)
{
    news_page page;
    assert_int_equal(graph_news(c, INT64_MAX, 20, &page), OK);
    for (size_t i = 0; i < page.len; i++)
        if (page.items[i].id == id) return true;
    return false;
}

static void what_others_write_on_a_wall_is_on_the_wall_and_not_in_the_news(void **state)
{
    (void)state;
    enum { GUESTS_POSTS = RING_POSTS + 8 };
    int64_t reader = world_member(w, ROLE_MEMBER), host = world_member(w, ROLE_MEMBER), guest = world_member(w, ROLE_MEMBER);
    world_befriend(w, reader, host);
    int64_t first = world_post(w, host, host, LEVEL_FRIENDS);
    for (int i = 0; i < GUESTS_POSTS; i++) (void)world_post(w, host, guest, LEVEL_EVERYONE);
    ctx *c = world_ctx(w, reader);
    for (int warm = 0; warm < 2; warm++) {
        news_page news, wall;
        assert_int_equal(graph_news(c, INT64_MAX, 20, &news), OK);
        assert_int_equal(news.len, 1);
        assert_int_equal(news.items[0].id, first);
        size_t seen = 0;
        for (int64_t before = INT64_MAX; before; before = wall.next) {
            assert_int_equal(graph_wall(c, host, before, false, 20, &wall), OK);
            for (size_t i = 0; i < wall.len; i++, seen++)
                assert_int_equal(wall.items[i].author, seen < GUESTS_POSTS ? guest : host);
        }
        assert_int_equal(seen, GUESTS_POSTS + 1);
        assert_int_equal(graph_wall(c, host, INT64_MAX, true, 20, &wall), OK);
        assert_int_equal(wall.len, 1);
        assert_int_equal(wall.next, 0);
    }
    world_done(c);
}

static void a_wall_says_older_only_when_something_older_may_be_seen(void **state)
{
    (void)state;
    int64_t stranger = world_member(w, ROLE_MEMBER), host = world_member(w, ROLE_MEMBER);
    for (int i = 0; i < 3; i++) (void)world_post(w, host, host, LEVEL_NOBODY);
    for (int i = 0; i < 2; i++) (void)world_post(w, host, host, LEVEL_EVERYONE);
    news_page page;
    ctx *c = world_ctx(w, stranger);
    assert_int_equal(graph_wall(c, host, INT64_MAX, false, 2, &page), OK);
    assert_int_equal(page.len, 2);
    assert_int_equal(page.next, 0);
    assert_int_equal(graph_wall(c, host, INT64_MAX, false, 1, &page), OK);
    assert_int_equal(page.len, 1);
    assert_int_equal(page.next, page.items[0].id);
    world_done(c);
    c = world_ctx(w, host);
    assert_int_equal(graph_wall(c, host, INT64_MAX, false, 2, &page), OK);
    assert_true(page.len == 2 && page.next != 0);
    world_done(c);
}

static void nothing_is_older_than_the_first_id(void **state)
{
    (void)state;
    ctx *c = world_ctx(w, people[0]);
    news_page page;
    static const int64_t none[] = {1, 0, -1, INT64_MIN};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        assert_int_equal(graph_news(c, none[i], 20, &page), OK);
        assert_int_equal(page.len, 0);
    }
    world_done(c);
}

static void a_deleted_post_is_gone_from_the_next_page_on(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    world_befriend(w, a, b);
    int64_t kept = world_post(w, b, b, LEVEL_FRIENDS), id = world_post(w, b, b, LEVEL_FRIENDS);
    ctx *c = world_ctx(w, a);
    assert_true(shows(c, id));
    world_done(c);
    world_delete_post(w, b, id);
    c = world_ctx(w, a);
    assert_false(shows(c, id));
    assert_true(shows(c, kept));
    world_done(c);
}

static void a_block_a_setting_and_a_suspension_act_at_once(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    world_befriend(w, a, b);
    int64_t id = world_post(w, b, b, LEVEL_EVERYONE);
    for (int step = 0; step < 7; step++) {
        ctx *c = world_ctx(w, a);
        assert_int_equal(shows(c, id), step % 2 == 0);
        world_done(c);
        if (step == 0) world_edge(w, b, a, EDGE_BLOCKS, EDGE_OUT | EDGE_BLOCKED);
        if (step == 1) world_befriend(w, a, b);
        if (step == 2) world_setting(w, b, PRIVACY_WALL, LEVEL_NOBODY);
        if (step == 3) world_setting(w, b, PRIVACY_WALL, LEVEL_FRIENDS);
        if (step == 4) world_state(w, b, MEMBER_SUSPENDED);
        if (step == 5) world_state(w, b, MEMBER_ACTIVE);
    }
}

/* Memory runs ahead of a long request: its news then name a post that its snapshot does not have, and whoever reads the
 * text leaves that one out. Everything else is as the snapshot has it. */
static void a_candidate_that_the_snapshot_lacks_is_skipped_and_nothing_else(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER), want[100], got[100];
    size_t len = 0;
    world_befriend(w, a, b);
    for (int i = 0; i < 40; i++) (void)world_post(w, b, b, LEVEL_FRIENDS);
    ctx *old = world_ctx(w, a);
    int64_t newer = world_post(w, b, b, LEVEL_FRIENDS);
    ctx *fresh = world_ctx(w, a);
    assert_true(shows(fresh, newer)); /* hangs the newer ring */
    world_done(fresh);

    news_page page;
    assert_int_equal(graph_news(old, INT64_MAX, 100, &page), OK);
    assert_int_equal(page.items[0].id, newer);
    for (size_t i = 0; i < page.len; i++)
        if (world_int(old->db, 0, "SELECT id FROM post WHERE id = %lld", (long long)page.items[i].id)) got[len++] = page.items[i].id;
    assert_int_equal(len, plain_news(old, want, 100));
    assert_int_equal(len, 40);
    assert_memory_equal(got, want, len * sizeof *got);
    world_done(old);
}

static void a_ring_read_from_an_old_snapshot_does_not_hang_behind_a_newer_post(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    world_befriend(w, a, b);
    ctx *old = world_ctx(w, a);
    int64_t id = world_post(w, b, b, LEVEL_FRIENDS);
    assert_false(shows(old, id));
    ctx *fresh = world_ctx(w, a);
    assert_true(shows(fresh, id));
    world_done(fresh);
    world_done(old);
}

/* 1,200 posts that the viewer may not see: pages are short or empty, but the cursor goes on to the end. */
static void too_many_closed_posts_give_a_short_page_with_a_cursor(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER), seen = 0, before = INT64_MAX;
    int pages = 0;
    world_begin(w);
    world_edge(w, a, b, EDGE_OUT, EDGE_IN);
    int64_t first = world_post(w, b, b, LEVEL_MEMBERS);
    for (int i = 0; i < 1200; i++) (void)world_post(w, b, b, LEVEL_NOBODY);
    int64_t last = world_post(w, b, b, LEVEL_MEMBERS);
    world_end(w);
    ctx *c = world_ctx(w, a);
    for (; before; pages++) {
        news_page page;
        assert_int_equal(graph_news(c, before, 20, &page), OK);
        for (size_t i = 0; i < page.len; i++) assert_int_equal(page.items[i].id, seen++ ? first : last);
        before = page.next;
    }
    assert_int_equal(seen, 2);
    assert_int_equal(pages, 3); /* 500, 500, 202 */
    world_done(c);
}

/* ---- pages while people write ---- */

static struct { int64_t viewer; _Atomic int64_t newest; _Atomic bool stop; _Atomic int pages, wrong; } rush;

/* Each page is sorted, has no repeats, and holds what was published before it began. */
static void *rush_read(void *unused)
{
    (void)unused;
    db *d;
    if (db_open(w->where, true, &d) != OK) return NULL;
    graph_reader *reader = graph_reader_open(w->graph);
    ctx c = {.arena = arena_open(), .db = d, .graph = w->graph, .viewer = {rush.viewer, ROLE_MEMBER}};
    while (!atomic_load(&rush.stop)) {
        int64_t newest = atomic_load(&rush.newest);
        news_page page;
        arena_reset(c.arena);
        c.epoch = graph_enter(reader);
        bool good = db_begin_read(d) == OK && graph_news(&c, INT64_MAX, 20, &page) == OK;
        bool found = newest == 0;
        for (size_t i = 0; good && i < page.len; i++) {
            found = found || page.items[i].id == newest || i + 1 == 20;
            good = i == 0 || page.items[i].id < page.items[i - 1].id;
        }
        db_rollback(d);
        graph_leave(reader);
        atomic_fetch_add(&rush.pages, 1);
        if (!good || !found) atomic_fetch_add(&rush.wrong, 1);
    }
    graph_reader_close(reader);
    arena_close(c.arena);
    db_close(d);
    return NULL;
}

static void pages_stay_sorted_and_current_while_people_write(void **state)
{
    (void)state;
    enum { WRITERS = 30, POSTS_MORE = 600 };
    int64_t writers[WRITERS];
    pthread_t threads[2];
    dice r = {5};
    world_begin(w);
    rush.viewer = world_member(w, ROLE_MEMBER);
    for (size_t i = 0; i < WRITERS; i++) {
        writers[i] = world_member(w, ROLE_MEMBER);
        world_befriend(w, rush.viewer, writers[i]);
        (void)world_post(w, writers[i], writers[i], LEVEL_FRIENDS);
    }
    world_end(w);
    atomic_store(&rush.newest, 0);
    atomic_store(&rush.stop, false);
    for (size_t i = 0; i < 2; i++) assert_int_equal(pthread_create(&threads[i], NULL, rush_read, NULL), 0);
    for (int i = 0; i < POSTS_MORE; i++) {
        int64_t who = writers[dice_below(&r, WRITERS)];
        atomic_store(&rush.newest, world_post(w, who, who, LEVEL_FRIENDS));
    }
    atomic_store(&rush.stop, true);
    for (size_t i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    assert_int_equal(rush.wrong, 0);
    assert_true(rush.pages > 10);
}

#define TESTS                                                                                                              \
    TEST(pages_cover_what_a_plain_query_finds_without_gap_or_repeat), TEST(a_candidate_carries_what_its_row_holds),        \
        TEST(guests_and_hermits_have_no_news), TEST(a_part_of_the_news_holds_friends_followed_or_a_circle),                \
        TEST(what_others_write_on_a_wall_is_on_the_wall_and_not_in_the_news),                                              \
        TEST(a_wall_says_older_only_when_something_older_may_be_seen),                                                     \
        TEST(nothing_is_older_than_the_first_id), TEST(a_deleted_post_is_gone_from_the_next_page_on),                      \
        TEST(a_block_a_setting_and_a_suspension_act_at_once),                                                              \
        TEST(a_candidate_that_the_snapshot_lacks_is_skipped_and_nothing_else),                                             \
        TEST(a_ring_read_from_an_old_snapshot_does_not_hang_behind_a_newer_post),                                          \
        TEST(too_many_closed_posts_give_a_short_page_with_a_cursor), TEST(pages_stay_sorted_and_current_while_people_write)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("rings on SQLite", tests, open_sqlite, close_world);
    failed += cmocka_run_group_tests_name("rings with hardly any memory", tests, open_cramped, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("rings on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
