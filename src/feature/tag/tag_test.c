/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tags: what is one, whose posts its page shows. */
#include "base/testing.h"
#include "feature/tag/tag.h"
#include "feature/wall/text.h"
#include "feature/wall/wall.h"
#include "support/world.h"

static world *w;

static int open_sqlite(void **state) { (void)state; return (w = world_open(DB_SQLITE)) ? 0 : -1; }
static int open_postgres(void **state) { (void)state; return (w = world_open(DB_POSTGRES)) ? 0 : -1; }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

static int64_t write(int64_t author, const char *text, int64_t audience)
{
    int64_t ordinal;
    ctx *c = world_act(w, author);
    c->now = w->now += 1000;
    assert_int_equal(wall_add(c, author, str_of(text), audience, &ordinal), OK);
    world_done(c);
    return ordinal;
}

/* All pages of a tag: how many posts, and on how many pages. */
static size_t found(int64_t viewer, const char *tag, size_t *pages)
{
    size_t all = 0;
    int64_t before = INT64_MAX;
    ctx *c = world_ctx(w, viewer);
    *pages = 0;
    do {
        news_page page;
        int64_t last = before;
        assert_int_equal(tag_posts(c, str_of(tag), before, &page), OK);
        assert_true(page.len <= TAG_PAGE);
        for (size_t i = 0; i < page.len; i++) {
            assert_true(page.items[i].id < last);
            last = page.items[i].id;
        }
        all += page.len;
        before = page.next;
        ++*pages;
    } while (before);
    world_done(c);
    return all;
}

static void a_tags_page_shows_what_its_viewer_may_see(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), pal = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER);
    size_t pages;
    world_befriend(w, me, pal);
    int64_t open = write(me, "By #Ferry, twice by #ferry", LEVEL_EVERYONE);
    write(me, "To friends: #ferry", LEVEL_FRIENDS);
    write(other, "No tag: ferry, a#ferry, #ferryman", LEVEL_EVERYONE);
    assert_int_equal(found(me, "ferry", &pages), 2);
    assert_int_equal(found(pal, "ferry", &pages), 2);
    assert_int_equal(found(other, "ferry", &pages), 1);
    assert_int_equal(found(0, "ferry", &pages), 1);
    world_edge(w, me, other, EDGE_BLOCKS, EDGE_BLOCKED);
    assert_int_equal(found(other, "ferry", &pages), 0);
    ctx *c = world_act(w, me);
    assert_int_equal(wall_edit(c, me, open, 0, STR("On #foot")), OK);
    world_done(c);
    assert_int_equal(found(0, "ferry", &pages), 0);
    assert_int_equal(found(0, "foot", &pages), 1);
    c = world_act(w, me);
    assert_int_equal(wall_delete(c, me, open), OK);
    world_done(c);
    assert_int_equal(found(0, "foot", &pages), 0);
    c = world_act(w, me);
    c->now = w->now += POST_UNDO_MS + 1000;
    assert_int_equal(wall_sweep.run(c, STR("")), OK);
    world_done(c);
    assert_int_equal(world_int(w->db, -1, "SELECT count(*) FROM tag WHERE tag = 'foot'"), 0);
}

static void every_post_of_a_tag_is_reached_once(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER);
    size_t pages;
    for (int i = 0; i < TAG_PAGE; i++) write(i % 2 ? me : other, "#pages", LEVEL_EVERYONE);
    assert_int_equal(found(me, "pages", &pages), TAG_PAGE);
    assert_int_equal(pages, 1); /* no page that would be empty is promised */
    for (int i = 0; i < 2 * TAG_PAGE; i++) write(other, "#pages", i % 2 ? LEVEL_NOBODY : LEVEL_EVERYONE);
    assert_int_equal(found(me, "pages", &pages), 2 * TAG_PAGE);
    assert_int_equal(pages, 2);
    assert_int_equal(found(other, "pages", &pages), 3 * TAG_PAGE);
}

#define TESTS TEST(a_tags_page_shows_what_its_viewer_may_see), TEST(every_post_of_a_tag_is_reached_once)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("tags on SQLite", tests, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("tags on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
