/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Walls: who may do what with a post, and what stays behind. What random operations find is in tests/model/. */
#include "base/testing.h"
#include "feature/wall/wall.h"
#include "support/world.h"

#define L(x) ((long long)(x))

static world *w;

static int open_sqlite(void **state) { (void)state; return (w = world_open(DB_SQLITE)) ? 0 : -1; }
static int open_postgres(void **state) { (void)state; return (w = world_open(DB_POSTGRES)) ? 0 : -1; }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

static int64_t write_on(int64_t owner, int64_t author, const char *text, int64_t audience)
{
    int64_t ordinal;
    ctx *c = world_act(w, author);
    assert_int_equal(wall_add(c, owner, str_of(text), audience, &ordinal), OK);
    world_done(c);
    return ordinal;
}

static int64_t version_of(int64_t owner, int64_t ordinal)
{
    return world_int(w->db, -1, "SELECT version FROM post WHERE bucket = %lld AND owner = %lld AND ordinal = %lld", L(bucket_of(owner)),
                     L(owner), L(ordinal));
}

static rc_code reword(int64_t owner, int64_t author, int64_t ordinal, const char *text)
{
    int64_t version = version_of(owner, ordinal);
    ctx *c = world_act(w, author);
    rc_code done = wall_edit(c, owner, ordinal, version, str_of(text));
    if (done == OK) world_done(c);
    else world_undo(c);
    return done;
}

static rc_code open_to(int64_t owner, int64_t ordinal, int64_t audience)
{
    ctx *c = world_act(w, owner);
    rc_code done = wall_set_audience(c, owner, ordinal, audience);
    if (done == OK) world_done(c);
    else world_undo(c);
    return done;
}

/* How many earlier wordings the viewer is shown; -1 when the post is not. */
static int wordings(int64_t viewer, int64_t owner, int64_t ordinal)
{
    wall_post p;
    wall_wording_list list = {0};
    ctx *c = world_ctx(w, viewer);
    bool there = wall_get(c, owner, ordinal, &p) == OK;
    if (there) assert_int_equal(wall_wordings(c, &p, &list), OK);
    world_done(c);
    return there ? (int)list.len : -1;
}

/* ---- the history ---- */

static void opening_a_post_does_not_publish_what_it_said_before(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), pal = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER);
    world_befriend(w, me, pal);
    int64_t post = write_on(me, me, "for myself", LEVEL_NOBODY);
    assert_int_equal(reword(me, me, post, "for friends, soon"), OK);
    assert_int_equal(open_to(me, post, LEVEL_FRIENDS), OK);
    assert_int_equal(reword(me, me, post, "for friends"), OK);
    assert_int_equal(open_to(me, post, LEVEL_EVERYONE), OK);
    assert_int_equal(reword(me, me, post, "for all"), OK);
    assert_int_equal(wordings(me, me, post), 3);
    assert_int_equal(wordings(pal, me, post), 2);
    assert_int_equal(wordings(other, me, post), 1);
    assert_int_equal(wordings(0, me, post), 1);
    assert_int_equal(open_to(me, post, LEVEL_FRIENDS), OK); /* what all could read is for friends now, with the post */
    assert_int_equal(wordings(pal, me, post), 2);
    assert_int_equal(wordings(other, me, post), -1);
}

static void wordings_on_somebody_elses_wall_follow_the_wall(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), host = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER);
    world_befriend(w, me, host);
    int64_t post = write_on(host, me, "hello", LEVEL_NOBODY);
    assert_int_equal(reword(host, me, post, "good day"), OK);
    assert_int_equal(wordings(host, host, post), 1);
    assert_int_equal(wordings(other, host, post), 1);
}

/* ---- who likes it ---- */

/* All pages, counted. */
static size_t likers(int64_t viewer, int64_t owner, int64_t ordinal, size_t *pages)
{
    wall_post p;
    size_t all = 0;
    int64_t after = 0;
    ctx *c = world_ctx(w, viewer);
    assert_int_equal(wall_get(c, owner, ordinal, &p), OK);
    *pages = 0;
    do {
        wall_liker_list list;
        int64_t last = after;
        assert_int_equal(wall_likes(c, &p, after, &list, &after), OK);
        for (size_t i = 0; i < list.len; i++) {
            assert_true(list.items[i].member > last);
            last = list.items[i].member;
        }
        all += list.len;
        ++*pages;
    } while (after);
    world_done(c);
    return all;
}

static rc_code acting(int64_t viewer, rc (*act)(ctx *, int64_t, int64_t), int64_t owner, int64_t ordinal)
{
    ctx *c = world_act(w, viewer);
    rc_code done = act(c, owner, ordinal);
    if (done == OK) world_done(c);
    else world_undo(c);
    return done;
}

static rc unlike(ctx *c, int64_t owner, int64_t ordinal) { return wall_like(c, owner, ordinal, false); }
static rc like(ctx *c, int64_t owner, int64_t ordinal) { return wall_like(c, owner, ordinal, true); }

static void who_does_not_show_themselves_is_not_among_those_who_like_a_post(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), hidden = world_member(w, ROLE_MEMBER), closed = world_member(w, ROLE_MEMBER);
    int64_t blocking = world_member(w, ROLE_MEMBER), gone = world_member(w, ROLE_MEMBER), reader = world_member(w, ROLE_MEMBER);
    int64_t post = write_on(me, me, "hello", LEVEL_EVERYONE), all[] = {hidden, closed, blocking, gone, reader};
    for (size_t i = 0; i < 5; i++) assert_int_equal(acting(all[i], like, me, post), OK);
    world_setting(w, hidden, PRIVACY_FOUND, LEVEL_NOBODY);
    world_setting(w, closed, PRIVACY_PROFILE, LEVEL_FRIENDS);
    world_edge(w, blocking, reader, EDGE_BLOCKS, EDGE_BLOCKED);
    world_state(w, gone, MEMBER_GONE);
    size_t pages;
    assert_int_equal(likers(reader, me, post, &pages), 1); /* oneself */
    assert_int_equal(likers(hidden, me, post, &pages), 3); /* oneself, and the two who are open */
    world_befriend(w, closed, reader);
    assert_int_equal(likers(reader, me, post, &pages), 2);
}

static void everybody_who_likes_a_post_can_be_reached_page_by_page(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), post = write_on(me, me, "hello", LEVEL_EVERYONE), last = 0;
    world_begin(w);
    for (int i = 0; i < 2 * LIKES_PAGE + 3; i++) {
        last = world_member(w, ROLE_MEMBER);
        world_sql(w, "INSERT INTO post_like (bucket, post, member, at) SELECT bucket, id, %lld, 1 FROM post WHERE bucket = %lld"
                     " AND owner = %lld", L(last), L(bucket_of(me)), L(me));
    }
    world_end(w);
    size_t pages;
    assert_int_equal(likers(me, me, post, &pages), 2 * LIKES_PAGE + 3);
    assert_int_equal(pages, 3);
    for (int i = 0; i < 3; i++) world_setting(w, last - i, PRIVACY_FOUND, LEVEL_NOBODY);
    assert_int_equal(likers(me, me, post, &pages), 2 * LIKES_PAGE);
    assert_int_equal(pages, 2); /* no page that would be empty is promised */
}

/* ---- taking back ---- */

static int64_t likes_of(int64_t owner, int64_t ordinal)
{
    return world_int(w->db, -1, "SELECT likes FROM post WHERE bucket = %lld AND owner = %lld AND ordinal = %lld", L(bucket_of(owner)),
                     L(owner), L(ordinal));
}

static void what_is_ones_own_can_be_taken_back_from_behind_a_block(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), host = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER);
    world_befriend(w, me, host);
    int64_t post = write_on(host, me, "hello", LEVEL_EVERYONE), theirs = write_on(host, host, "good day", LEVEL_EVERYONE);
    assert_int_equal(acting(me, like, host, theirs), OK);
    world_edge(w, host, me, EDGE_BLOCKS, EDGE_BLOCKED);
    assert_int_equal(acting(me, unlike, host, theirs), OK);
    assert_int_equal(likes_of(host, theirs), 0);
    assert_int_equal(acting(me, unlike, host, theirs), E_NOT_FOUND); /* nothing there that is one's own: as for a stranger */
    assert_int_equal(acting(me, wall_delete, host, theirs), E_NOT_FOUND);
    assert_int_equal(acting(other, wall_delete, host, post), E_DENIED);
    assert_int_equal(acting(me, wall_delete, host, post), OK);
    assert_int_equal(acting(other, unlike, host, post), E_GONE);
}

static void a_wall_is_cleared_of_the_words_of_whoever_blocks_its_owner(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), guest = world_member(w, ROLE_MEMBER);
    world_befriend(w, me, guest);
    int64_t post = write_on(me, guest, "hello", LEVEL_EVERYONE);
    world_edge(w, guest, me, EDGE_BLOCKS, EDGE_BLOCKED);
    assert_int_equal(acting(me, wall_delete, me, post), OK);
}

static void whoever_may_write_there_no_more_cannot_bring_their_post_back(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), host = world_member(w, ROLE_MEMBER);
    world_befriend(w, me, host);
    int64_t post = write_on(host, me, "hello", LEVEL_EVERYONE);
    assert_int_equal(acting(me, wall_delete, host, post), OK);
    world_setting(w, host, PRIVACY_POST, LEVEL_NOBODY);
    assert_int_equal(acting(me, wall_restore, host, post), E_DENIED);
    world_setting(w, host, PRIVACY_POST, LEVEL_FRIENDS);
    world_edge(w, host, me, EDGE_BLOCKS, EDGE_BLOCKED);
    assert_int_equal(acting(me, wall_restore, host, post), E_DENIED);
    world_befriend(w, me, host);
    assert_int_equal(acting(me, wall_restore, host, post), OK);
}

static void a_post_is_deleted_once_by_who_deletes_it_twice(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), host = world_member(w, ROLE_MEMBER), n;
    world_befriend(w, me, host);
    int64_t post = write_on(host, me, "hello", LEVEL_EVERYONE), own = write_on(me, me, "mine", LEVEL_EVERYONE);
    for (int time = 0; time < 2; time++) {
        assert_int_equal(acting(me, wall_delete, host, post), OK);
        assert_int_equal(acting(me, wall_delete, me, own), OK);
        assert_int_equal(version_of(me, own), 1);
    }
    assert_int_equal(acting(host, wall_delete, host, post), E_GONE); /* somebody else was faster */
    ctx *c = world_ctx(w, me);
    assert_int_equal(wall_count(c, me, &n), OK);
    assert_int_equal(n, 0);
    world_done(c);
}

static void posts_of_more_audiences_than_a_page_has_are_all_counted(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), n;
    world_begin(w);
    for (int i = 1; i <= 450; i++)
        world_sql(w, "INSERT INTO wall_count (bucket, owner, audience, posts) VALUES (%lld, %lld, %d, 2)", L(bucket_of(me)), L(me),
                  1000 + i);
    world_end(w);
    ctx *c = world_ctx(w, me);
    assert_int_equal(wall_count(c, me, &n), OK);
    assert_int_equal(n, 900);
    world_done(c);
}

static rc_code warn(int64_t owner, int64_t viewer, int64_t ordinal, const char *what, int64_t later)
{
    ctx *c = world_act(w, viewer);
    c->now += later;
    rc_code done = wall_warn(c, owner, ordinal, str_of(what));
    if (done == OK) world_done(c);
    else world_undo(c);
    return done;
}

static void only_the_author_says_what_a_post_warns_of(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), host = world_member(w, ROLE_MEMBER);
    world_befriend(w, me, host);
    int64_t post = write_on(host, me, "The butler did it", LEVEL_EVERYONE);
    assert_int_equal(warn(host, host, post, "An ending", 0), E_DENIED);
    assert_int_equal(warn(host, me, post, "An ending", 0), OK);
    assert_int_equal(version_of(host, post), 1);
    assert_int_equal(warn(host, me, post, "An ending", 0), OK);
    assert_int_equal(version_of(host, post), 1); /* nothing is new */
    assert_int_equal(warn(host, me, post, "", POST_EDIT_MS + 5000), E_DENIED);
    assert_int_equal(wordings(host, host, post), 0); /* the words were not changed */
}

/* ---- pins ---- */

static rc pin(ctx *c, int64_t owner, int64_t ordinal) { return wall_pin(c, owner, ordinal, true); }
static rc unpin(ctx *c, int64_t owner, int64_t ordinal) { return wall_pin(c, owner, ordinal, false); }

/* What the viewer is shown on top of the wall. */
static size_t pins(int64_t viewer, int64_t owner, uint32_t first[1])
{
    news_page page;
    ctx *c = world_ctx(w, viewer);
    assert_int_equal(wall_pins(c, owner, &page), OK);
    if (page.len) first[0] = page.items[0].ordinal;
    size_t len = page.len;
    world_done(c);
    return len;
}

static void five_posts_stand_on_top_of_a_wall_for_those_who_may_see_them(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), pal = world_member(w, ROLE_MEMBER), all[PINS_MAX + 1];
    uint32_t first[1];
    world_befriend(w, me, pal);
    for (int i = 0; i <= PINS_MAX; i++) all[i] = write_on(me, me, "mine", i ? LEVEL_EVERYONE : LEVEL_NOBODY);
    int64_t theirs = write_on(me, pal, "by a friend", LEVEL_EVERYONE);
    for (int i = 0; i < PINS_MAX; i++) {
        w->now += 1000;
        assert_int_equal(acting(me, pin, me, all[i]), OK);
    }
    assert_int_equal(acting(me, pin, me, all[0]), OK);
    assert_int_equal(acting(me, pin, me, all[PINS_MAX]), E_LIMIT);
    assert_int_equal(acting(me, pin, me, theirs), E_DENIED);
    assert_int_equal(acting(pal, pin, me, theirs), E_DENIED);
    assert_int_equal(pins(me, me, first), PINS_MAX);
    assert_int_equal(first[0], all[PINS_MAX - 1]);
    assert_int_equal(pins(pal, me, first), PINS_MAX - 1);
    assert_int_equal(acting(me, wall_delete, me, all[1]), OK);
    assert_int_equal(acting(me, pin, me, all[PINS_MAX]), OK); /* what is deleted is not pinned */
    assert_int_equal(acting(me, wall_restore, me, all[1]), OK);
    assert_int_equal(pins(me, me, first), PINS_MAX);
    assert_int_equal(acting(me, unpin, me, all[2]), OK);
    assert_int_equal(pins(me, me, first), PINS_MAX - 1);
}

/* ---- reposts ---- */

static rc_code pass_on(int64_t viewer, int64_t owner, int64_t ordinal, int64_t audience, int64_t *number)
{
    ctx *c = world_act(w, viewer);
    c->now = w->now += 1000;
    rc_code done = wall_repost(c, owner, ordinal, STR("Look"), audience, number);
    if (done == OK) world_done(c);
    else world_undo(c);
    return done;
}

/* Does the viewer, who sees the repost, see what it passes on? */
static bool sees_original(int64_t viewer, int64_t owner, int64_t ordinal)
{
    wall_post p;
    wall_post_list first;
    ctx *c = world_ctx(w, viewer);
    assert_int_equal(wall_get(c, owner, ordinal, &p), OK);
    assert_int_equal(wall_originals(c, &p.original, 1, &first), OK);
    world_done(c);
    return first.len == 1;
}

static void a_repost_shows_nobody_what_they_could_not_read(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), fan = world_member(w, ROLE_MEMBER), pal = world_member(w, ROLE_MEMBER);
    int64_t other = world_member(w, ROLE_MEMBER), copy, n;
    world_befriend(w, me, pal);
    int64_t post = write_on(me, me, "To everyone", LEVEL_EVERYONE), friends = write_on(me, me, "To friends", LEVEL_FRIENDS);
    assert_int_equal(pass_on(pal, me, friends, LEVEL_EVERYONE, &n), E_DENIED);
    assert_int_equal(pass_on(fan, me, friends, LEVEL_EVERYONE, &n), E_NOT_FOUND);
    assert_int_equal(pass_on(fan, me, post, LEVEL_EVERYONE, &copy), OK);
    assert_true(sees_original(0, fan, copy));
    assert_int_equal(open_to(me, post, LEVEL_FRIENDS), OK);
    assert_false(sees_original(0, fan, copy));
    assert_false(sees_original(other, fan, copy));
    assert_false(sees_original(fan, fan, copy)); /* not even who passed it on */
    assert_true(sees_original(pal, fan, copy));
    assert_int_equal(pass_on(pal, fan, copy, LEVEL_EVERYONE, &n), E_DENIED);
    assert_int_equal(open_to(me, post, LEVEL_MEMBERS), OK);
    assert_false(sees_original(0, fan, copy));
    assert_true(sees_original(other, fan, copy));
    world_edge(w, me, other, EDGE_BLOCKS, EDGE_BLOCKED);
    assert_false(sees_original(other, fan, copy));
    world_setting(w, me, PRIVACY_WALL, LEVEL_FRIENDS);
    assert_false(sees_original(fan, fan, copy));
}

/* How many reposts of it the viewer is shown. */
static size_t reposts(int64_t viewer, int64_t owner, int64_t ordinal, size_t *pages)
{
    wall_post p;
    size_t all = 0;
    int64_t before = INT64_MAX;
    ctx *c = world_ctx(w, viewer);
    assert_int_equal(wall_get(c, owner, ordinal, &p), OK);
    *pages = 0;
    do {
        news_page page;
        assert_int_equal(wall_reposts(c, &p, before, &page), OK);
        all += page.len;
        before = page.next;
        ++*pages;
    } while (before);
    world_done(c);
    return all;
}

static int64_t reposts_counted(int64_t owner, int64_t ordinal)
{
    return world_int(w->db, -1, "SELECT reposts FROM post WHERE bucket = %lld AND owner = %lld AND ordinal = %lld", L(bucket_of(owner)),
                     L(owner), L(ordinal));
}

static void who_reposted_is_shown_to_those_who_may_see_it(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), fan = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER), n, again;
    int64_t post = write_on(me, me, "To everyone", LEVEL_EVERYONE);
    size_t pages;
    assert_int_equal(pass_on(fan, me, post, LEVEL_NOBODY, &n), OK);
    for (int i = 0; i < WALL_PAGE; i++) assert_int_equal(pass_on(other, me, post, LEVEL_EVERYONE, &n), OK);
    assert_int_equal(reposts_counted(me, post), WALL_PAGE + 1);
    assert_int_equal(reposts(me, me, post, &pages), WALL_PAGE);
    assert_int_equal(pages, 1);
    assert_int_equal(reposts(fan, me, post, &pages), WALL_PAGE + 1);
    assert_int_equal(pages, 2);
    assert_int_equal(pass_on(fan, other, n, LEVEL_EVERYONE, &again), OK); /* of a repost: the post itself */
    assert_int_equal(reposts_counted(me, post), WALL_PAGE + 2);
    assert_int_equal(reposts_counted(other, n), 0);
    assert_true(sees_original(0, fan, again));
}

static void a_repost_outlives_its_original_as_a_stub(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), fan = world_member(w, ROLE_MEMBER), copy, late;
    int64_t post = write_on(me, me, "To everyone", LEVEL_EVERYONE), other = write_on(me, me, "Another", LEVEL_EVERYONE);
    assert_int_equal(pass_on(fan, me, post, LEVEL_EVERYONE, &copy), OK);
    assert_int_equal(pass_on(fan, me, other, LEVEL_EVERYONE, &late), OK);
    assert_int_equal(acting(fan, wall_delete, fan, copy), OK);
    assert_int_equal(reposts_counted(me, post), 0);
    assert_int_equal(acting(fan, wall_restore, fan, copy), OK);
    assert_int_equal(reposts_counted(me, post), 1);
    assert_int_equal(acting(me, wall_delete, me, post), OK);
    assert_false(sees_original(fan, fan, copy));
    assert_int_equal(acting(me, wall_restore, me, post), OK);
    assert_true(sees_original(fan, fan, copy));
    assert_int_equal(acting(me, wall_delete, me, post), OK);
    assert_int_equal(acting(fan, wall_delete, fan, late), OK);
    ctx *c = world_act(w, 0);
    c->now = w->now += POST_UNDO_MS + 1000;
    assert_int_equal(wall_sweep.run(c, STR("")), OK);
    world_done(c);
    assert_int_equal(world_int(w->db, -1, "SELECT count(*) FROM repost WHERE bucket = %lld", L(bucket_of(me))), 0);
    assert_false(sees_original(fan, fan, copy));
    assert_int_equal(acting(fan, wall_delete, fan, copy), OK); /* an erased original counts nothing */
    assert_int_equal(reposts_counted(me, post), 0);
}

#define TESTS                                                                                                                 \
    TEST(opening_a_post_does_not_publish_what_it_said_before), TEST(wordings_on_somebody_elses_wall_follow_the_wall),         \
        TEST(who_does_not_show_themselves_is_not_among_those_who_like_a_post),                                                \
        TEST(everybody_who_likes_a_post_can_be_reached_page_by_page),                                                         \
        TEST(what_is_ones_own_can_be_taken_back_from_behind_a_block),                                                         \
        TEST(a_wall_is_cleared_of_the_words_of_whoever_blocks_its_owner),                                                     \
        TEST(whoever_may_write_there_no_more_cannot_bring_their_post_back), TEST(a_post_is_deleted_once_by_who_deletes_it_twice), \
        TEST(posts_of_more_audiences_than_a_page_has_are_all_counted), TEST(only_the_author_says_what_a_post_warns_of), \
        TEST(a_repost_shows_nobody_what_they_could_not_read), TEST(who_reposted_is_shown_to_those_who_may_see_it),             \
        TEST(a_repost_outlives_its_original_as_a_stub), \
        TEST(five_posts_stand_on_top_of_a_wall_for_those_who_may_see_them)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("walls on SQLite", tests, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("walls on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
