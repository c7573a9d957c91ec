/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Looking at one's own page as somebody else: what is shown, and what must not show through (privacy.h). */
#include "base/testing.h"

#include <stdio.h>

#include "graph/privacy.h"
#include "support/people.h"

/* Looking at Anna's page as `viewer`: what may be seen of `of`. */
static bool sees(people *p, int64_t viewer, int64_t of, privacy_item item)
{
    bool may;
    ctx *c = world_ctx(p->w, p->anna);
    c->viewer = (struct viewer){viewer, viewer ? ROLE_MEMBER : ROLE_GUEST};
    c->page_of = p->anna;
    assert_int_equal(privacy_may(c, of, item, &may), OK);
    assert_int_equal(c->viewer.num, viewer); /* whoever was stepped out of is stepped into again */
    assert_int_equal(c->page_of, p->anna);
    world_done(c);
    return may;
}

static bool really_sees(people *p, int64_t viewer, int64_t of, privacy_item item)
{
    bool may;
    ctx *c = world_ctx(p->w, viewer);
    assert_int_equal(privacy_may(c, of, item, &may), OK);
    world_done(c);
    return may;
}

static bool sees_post(people *p, int64_t viewer, int64_t author, int64_t audience)
{
    bool may;
    ctx *c = world_ctx(p->w, p->anna);
    c->viewer = (struct viewer){viewer, viewer ? ROLE_MEMBER : ROLE_GUEST};
    c->page_of = p->anna;
    assert_int_equal(privacy_see_post(c, p->anna, author, audience, &may), OK);
    world_done(c);
    return may;
}

static void each_level_opens_to_whom_it_should(void **state)
{
    people *p = *state;
    const int64_t who[] = {0, VIEWER_MEMBER, VIEWER_FRIEND_OF_FRIEND, VIEWER_FRIEND};
    const int opens[] = {[LEVEL_EVERYONE] = 0, [LEVEL_MEMBERS] = 1, [LEVEL_FRIENDS_OF_FRIENDS] = 2, [LEVEL_FRIENDS] = 3, [LEVEL_NOBODY] = 4};
    for (int64_t level = 0; level < LEVEL_COUNT; level++) {
        world_setting(p->w, p->anna, PRIVACY_WALL, level);
        for (int i = 0; i < 4; i++) {
            assert_int_equal(sees(p, who[i], p->anna, PRIVACY_WALL), i >= opens[level]);
            if (level == LEVEL_EVERYONE)
                for (int64_t audience = 0; audience < LEVEL_COUNT; audience++)
                    assert_int_equal(sees_post(p, who[i], p->anna, audience), i >= opens[audience]);
        }
    }
}

static void somebody_in_particular_sees_what_they_would_see(void **state)
{
    people *p = *state;
    int64_t circle = world_circle(p->w, p->anna, &p->boris, 1);
    char spec[64];
    (void)snprintf(spec, sizeof spec, "4+m%lld", (long long)p->vera);
    const int64_t levels[] = {LEVEL_EVERYONE, LEVEL_MEMBERS, LEVEL_FRIENDS, LEVEL_NOBODY, world_audience(p->w, p->anna, spec),
                              world_audience(p->w, p->anna, "4+c1"), world_audience(p->w, p->anna, "0-c1")};
    assert_int_equal(circle, 1);
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        world_setting(p->w, p->anna, PRIVACY_WALL, levels[i]);
        const int64_t who[] = {0, p->boris, p->vera};
        for (size_t k = 0; k < 3; k++)
            assert_int_equal(sees(p, who[k], p->anna, PRIVACY_WALL), really_sees(p, who[k], p->anna, PRIVACY_WALL));
    }
    world_setting(p->w, p->anna, PRIVACY_WALL, LEVEL_EVERYONE);
    world_edge(p->w, p->anna, p->vera, EDGE_BLOCKS, EDGE_BLOCKED);
    assert_false(sees(p, p->vera, p->anna, PRIVACY_PROFILE));
}

/* Everything that the other alone decides changes nothing of what the owner is shown. */
static void what_the_other_hides_does_not_show(void **state)
{
    people *p = *state;
    world_setting(p->w, p->anna, PRIVACY_PRESENCE, LEVEL_MEMBERS);
    for (int round = 0; round < 2; round++) {
        assert_true(sees(p, p->vera, p->anna, PRIVACY_PROFILE));
        assert_true(sees(p, p->vera, p->anna, PRIVACY_PRESENCE));
        assert_true(sees_post(p, p->vera, p->anna, LEVEL_MEMBERS));
        world_setting(p->w, p->vera, PRIVACY_PRESENCE, LEVEL_NOBODY);
        world_edge(p->w, p->vera, p->anna, EDGE_BLOCKS, EDGE_BLOCKED);
    }
}

static void a_hidden_friendship_stays_hidden(void **state)
{
    people *p = *state;
    world_setting(p->w, p->anna, PRIVACY_WALL, LEVEL_FRIENDS_OF_FRIENDS);
    assert_false(sees(p, p->vera, p->anna, PRIVACY_WALL));
    world_befriend(p->w, p->boris, p->vera);
    assert_true(sees(p, p->vera, p->anna, PRIVACY_WALL)); /* Vera shows her friends to members: Anna can look it up */
    world_setting(p->w, p->vera, PRIVACY_FRIENDS, LEVEL_NOBODY);
    assert_true(really_sees(p, p->vera, p->anna, PRIVACY_WALL));
    assert_false(sees(p, p->vera, p->anna, PRIVACY_WALL));
    world_setting(p->w, p->vera, PRIVACY_FRIENDS, LEVEL_MEMBERS);
    world_setting(p->w, p->boris, PRIVACY_FOUND, LEVEL_NOBODY);
    assert_false(sees(p, p->vera, p->anna, PRIVACY_WALL)); /* the friend is not to be found on Vera's page */
}

static void of_third_people_shows_only_what_owner_and_stranger_both_see(void **state)
{
    people *p = *state;
    const int64_t who[] = {VIEWER_MEMBER, VIEWER_FRIEND, p->vera};
    char spec[64];
    (void)snprintf(spec, sizeof spec, "0-m%lld", (long long)p->vera);
    const struct { int64_t level; bool shows; } cases[] = {
        {LEVEL_EVERYONE, true}, {LEVEL_MEMBERS, true}, {LEVEL_FRIENDS, false}, /* a stranger would not */
        {LEVEL_NOBODY, false}, {world_audience(p->w, p->boris, spec), true}};   /* Boris keeps Vera out: Anna does not learn it */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world_setting(p->w, p->boris, PRIVACY_FOUND, cases[i].level);
        for (size_t k = 0; k < 3; k++) assert_int_equal(sees(p, who[k], p->boris, PRIVACY_FOUND), cases[i].shows);
    }
    world_setting(p->w, p->boris, PRIVACY_FOUND, LEVEL_EVERYONE);
    assert_true(sees(p, 0, p->boris, PRIVACY_FOUND));
    (void)snprintf(spec, sizeof spec, "1-m%lld", (long long)p->anna);
    world_setting(p->w, p->boris, PRIVACY_FOUND, world_audience(p->w, p->boris, spec));
    for (size_t k = 0; k < 3; k++) assert_false(sees(p, who[k], p->boris, PRIVACY_FOUND)); /* Anna herself is kept out */
}

static void a_third_persons_block_does_not_show_and_their_presence_never(void **state)
{
    people *p = *state;
    world_setting(p->w, p->boris, PRIVACY_PRESENCE, LEVEL_EVERYONE);
    for (int round = 0; round < 2; round++) {
        assert_true(sees(p, p->vera, p->boris, PRIVACY_FOUND));
        assert_true(sees(p, p->vera, p->boris, PRIVACY_PROFILE));
        assert_true(sees_post(p, p->vera, p->boris, LEVEL_EVERYONE));
        assert_false(sees(p, p->vera, p->boris, PRIVACY_PRESENCE));
        assert_false(sees(p, 0, p->boris, PRIVACY_PRESENCE));
        world_edge(p->w, p->boris, p->vera, EDGE_BLOCKS, EDGE_BLOCKED);
    }
    assert_false(really_sees(p, p->vera, p->boris, PRIVACY_FOUND));
    world_edge(p->w, p->boris, p->anna, EDGE_BLOCKS, EDGE_BLOCKED); /* what Anna does not see herself is not there */
    assert_false(sees_post(p, p->vera, p->boris, LEVEL_EVERYONE));
}

static void only_ones_own_page_can_be_looked_at(void **state)
{
    people *p = *state;
    bool may;
    ctx *c = world_ctx(p->w, p->anna);
    c->viewer = (struct viewer){p->vera, ROLE_MEMBER};
    c->page_of = p->anna;
    assert_int_equal(privacy_check(c, p->boris, PRIVACY_PROFILE), E_DENIED);
    assert_int_equal(privacy_see_post(c, p->boris, p->boris, LEVEL_EVERYONE, &may), OK);
    assert_false(may);
    world_done(c);
}

#define WITH_PEOPLE(function) cmocka_unit_test_setup_teardown(function, people_open, people_close)

static int run(db_engine which)
{
    static const char *const groups[] = {[DB_SQLITE] = "standing in, SQLite", [DB_POSTGRES] = "standing in, PostgreSQL"};
    const struct CMUnitTest tests[] = {
        WITH_PEOPLE(each_level_opens_to_whom_it_should),
        WITH_PEOPLE(somebody_in_particular_sees_what_they_would_see),
        WITH_PEOPLE(what_the_other_hides_does_not_show),
        WITH_PEOPLE(a_hidden_friendship_stays_hidden),
        WITH_PEOPLE(of_third_people_shows_only_what_owner_and_stranger_both_see),
        WITH_PEOPLE(a_third_persons_block_does_not_show_and_their_presence_never),
        WITH_PEOPLE(only_ones_own_page_can_be_looked_at),
    };
    people_engine = which;
    return cmocka_run_group_tests_name(groups[which], tests, NULL, NULL);
}

int main(void)
{
    int failed = run(DB_SQLITE);
    if (getenv("VECHE_TEST_PG")) failed += run(DB_POSTGRES);
    return failed;
}
