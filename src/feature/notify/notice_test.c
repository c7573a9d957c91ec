/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "feature/comment/comment.h"
#include "feature/friends/friends.h"
#include "feature/notify/notice.h"
#include "support/people.h"

/* ---- acts ---- */

static ctx *act(people *p, int64_t who)
{
    ctx *c = world_act(p->w, who);
    c->now = p->w->now += 1000;
    return c;
}

static int64_t post(people *p, int64_t author, int64_t owner, const char *text, int64_t audience)
{
    int64_t ordinal;
    ctx *c = act(p, author);
    assert_int_equal(world_ends(c, wall_add(c, owner, str_of(text), audience, &ordinal)), OK);
    return ordinal;
}

static void like(people *p, int64_t who, int64_t owner, int64_t ordinal, bool on)
{
    ctx *c = act(p, who);
    assert_int_equal(world_ends(c, wall_like(c, owner, ordinal, on)), OK);
}

static int64_t say(people *p, int64_t who, int64_t owner, int64_t ordinal, int64_t parent, const char *text)
{
    int64_t number;
    ctx *c = act(p, who);
    assert_int_equal(world_ends(c, comment_add(c, owner, ordinal, parent, str_of(text), &number)), OK);
    return number;
}

static void friends(people *p, friend_act what, int64_t who, int64_t other)
{
    ctx *c = act(p, who);
    assert_int_equal(world_ends(c, friends_do(c, what, other, STR(""))), OK);
}

/* ---- what somebody is told ---- */

/* "like 2+0, comment 1+0": kinds, the newest first, with how many are named and how many more there are. */
static const char *told(people *p, int64_t who)
{
    static const char *const names[NOTICE_KINDS] = {"", "like", "like-comment", "comment", "answer", "mention", "wall", "repost", "friends"};
    static char text[400];
    notice_page page;
    ctx *c = world_ctx(p->w, who);
    assert_int_equal(notice_read(c, INT64_MAX, &page), OK);
    text[0] = 0;
    for (size_t i = 0, at = 0; i < page.len; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s %zu+%lld", i ? ", " : "", names[page.items[i].what.kind],
                               page.items[i].named, (long long)page.items[i].others);
    world_done(c);
    return text;
}

static int64_t fresh(people *p, int64_t who)
{
    int64_t n;
    ctx *c = world_ctx(p->w, who);
    assert_int_equal(graph_notices(c, &n), OK);
    world_done(c);
    return n;
}

static const char *name_of(people *p, int64_t who)
{
    static char text[80];
    const member_card *card;
    ctx *c = world_ctx(p->w, who);
    assert_int_equal(graph_member(c, who, &card), OK);
    (void)snprintf(text, sizeof text, "look, @%.*s", STR_ARG(card->name));
    world_done(c);
    return text;
}

/* ---- tests ---- */

static void a_like_is_told_to_the_author_and_goes_with_the_like(void **state)
{
    people *p = *state;
    int64_t mine = post(p, p->anna, p->anna, "good day", LEVEL_EVERYONE);
    like(p, p->boris, p->anna, mine, true);
    assert_string_equal(told(p, p->anna), "like 1+0");
    assert_int_equal(fresh(p, p->anna), 1);
    like(p, p->boris, p->anna, mine, false);
    assert_string_equal(told(p, p->anna), "");
    assert_int_equal(fresh(p, p->anna), 0);
}

static void likes_of_one_post_are_one_line(void **state)
{
    people *p = *state;
    int64_t mine = post(p, p->anna, p->anna, "good day", LEVEL_EVERYONE), other = post(p, p->anna, p->anna, "good night", LEVEL_EVERYONE);
    for (int i = 0; i < 5; i++) like(p, world_member(p->w, ROLE_MEMBER), p->anna, mine, true);
    like(p, p->boris, p->anna, other, true);
    assert_string_equal(told(p, p->anna), "like 1+0, like 3+2");
    assert_int_equal(fresh(p, p->anna), 2);
}

static void nobody_is_told_of_what_they_do_themselves(void **state)
{
    people *p = *state;
    int64_t mine = post(p, p->anna, p->anna, name_of(p, p->anna), LEVEL_EVERYONE);
    like(p, p->anna, p->anna, mine, true);
    int64_t first = say(p, p->anna, p->anna, mine, 0, "first");
    (void)say(p, p->anna, p->anna, mine, first, "second");
    assert_string_equal(told(p, p->anna), "");
}

static void each_hears_of_a_comment_once(void **state)
{
    people *p = *state;
    int64_t mine = post(p, p->anna, p->anna, "good day", LEVEL_EVERYONE);
    int64_t first = say(p, p->boris, p->anna, mine, 0, "and to you");
    assert_string_equal(told(p, p->anna), "comment 1+0");
    (void)say(p, p->vera, p->anna, mine, first, name_of(p, p->boris));
    assert_string_equal(told(p, p->boris), "answer 1+0");
    assert_string_equal(told(p, p->anna), "comment 2+0");
    (void)say(p, p->vera, p->anna, mine, 0, name_of(p, p->anna));
    assert_string_equal(told(p, p->anna), "mention 1+0, comment 2+0");
}

static void the_owner_of_a_wall_hears_of_what_is_written_there(void **state)
{
    people *p = *state;
    int64_t there = post(p, p->boris, p->anna, name_of(p, p->anna), LEVEL_EVERYONE);
    assert_string_equal(told(p, p->anna), "wall 1+0");
    (void)say(p, p->vera, p->anna, there, 0, "hello");
    assert_string_equal(told(p, p->anna), "comment 1+0, wall 1+0");
    assert_string_equal(told(p, p->boris), "comment 1+0");
}

static void a_mention_is_told_to_whom_may_read_it(void **state)
{
    people *p = *state;
    (void)post(p, p->anna, p->anna, name_of(p, p->vera), LEVEL_FRIENDS);
    assert_string_equal(told(p, p->vera), "");
    assert_int_equal(fresh(p, p->vera), 0);
    (void)post(p, p->anna, p->anna, name_of(p, p->boris), LEVEL_FRIENDS);
    assert_string_equal(told(p, p->boris), "mention 1+0");
    (void)post(p, p->anna, p->anna, "[id4711|nobody] is told as well", LEVEL_EVERYONE);
}

static void a_repost_is_told_to_the_author_of_the_original(void **state)
{
    people *p = *state;
    int64_t mine = post(p, p->anna, p->anna, "pass it on", LEVEL_EVERYONE), copy;
    ctx *c = act(p, p->boris);
    assert_int_equal(world_ends(c, wall_repost(c, p->anna, mine, STR(""), LEVEL_EVERYONE, &copy)), OK);
    assert_string_equal(told(p, p->anna), "repost 1+0");
}

static void whoever_asked_hears_that_they_are_friends(void **state)
{
    people *p = *state;
    friends(p, ACT_ADD, p->vera, p->anna);
    assert_string_equal(told(p, p->anna), ""); /* requests have a counter of their own */
    friends(p, ACT_ACCEPT, p->anna, p->vera);
    assert_string_equal(told(p, p->vera), "friends 1+0");
    assert_string_equal(told(p, p->anna), "");
}

static void a_block_takes_away_what_was_told_and_there_is_silence_after_it(void **state)
{
    people *p = *state;
    int64_t annas = post(p, p->anna, p->anna, "good day", LEVEL_EVERYONE), veras = post(p, p->vera, p->vera, "good day", LEVEL_EVERYONE);
    int64_t boriss = post(p, p->boris, p->boris, "good day", LEVEL_EVERYONE);
    like(p, p->vera, p->anna, annas, true);
    like(p, p->anna, p->vera, veras, true);
    like(p, p->boris, p->anna, annas, true);
    friends(p, ACT_BLOCK, p->anna, p->vera);
    assert_string_equal(told(p, p->anna), "like 1+0");
    assert_string_equal(told(p, p->vera), "");
    assert_int_equal(fresh(p, p->vera), 0);
    (void)say(p, p->vera, p->boris, boriss, 0, name_of(p, p->anna));
    assert_string_equal(told(p, p->anna), "like 1+0");
}

static void whoever_is_suspended_is_not_named(void **state)
{
    people *p = *state;
    int64_t mine = post(p, p->anna, p->anna, "good day", LEVEL_EVERYONE);
    like(p, p->boris, p->anna, mine, true);
    like(p, p->vera, p->anna, mine, true);
    world_state(p->w, p->vera, MEMBER_SUSPENDED);
    assert_string_equal(told(p, p->anna), "like 1+0");
}

static void a_kind_that_is_off_is_not_told(void **state)
{
    people *p = *state;
    int64_t mine = post(p, p->anna, p->anna, "good day", LEVEL_EVERYONE);
    ctx *c = act(p, p->anna);
    assert_int_equal(world_ends(c, notice_set_off(c, 1u << NOTICE_LIKE)), OK);
    like(p, p->boris, p->anna, mine, true);
    (void)say(p, p->boris, p->anna, mine, 0, "and to you");
    assert_string_equal(told(p, p->anna), "comment 1+0");
}

static void what_was_read_is_not_counted_and_stays_in_the_list(void **state)
{
    people *p = *state;
    int64_t mine = post(p, p->anna, p->anna, "good day", LEVEL_EVERYONE);
    like(p, p->boris, p->anna, mine, true);
    int64_t until = p->w->now;
    like(p, p->vera, p->anna, post(p, p->anna, p->anna, "good night", LEVEL_EVERYONE), true);
    ctx *c = act(p, p->anna);
    assert_int_equal(world_ends(c, notice_seen(c, until)), OK);
    assert_int_equal(fresh(p, p->anna), 1);
    assert_string_equal(told(p, p->anna), "like 1+0, like 1+0");
    c = act(p, p->anna);
    assert_int_equal(world_ends(c, notice_seen(c, INT64_MAX)), OK);
    c = act(p, p->anna);
    assert_int_equal(world_ends(c, notice_seen(c, 1)), OK); /* nothing becomes unread again */
    assert_int_equal(fresh(p, p->anna), 0);
}

static void the_list_goes_on_where_the_page_ends(void **state)
{
    people *p = *state;
    for (int i = 0; i < NOTICES_PAGE + 5; i++) like(p, p->boris, p->anna, post(p, p->anna, p->anna, "good day", LEVEL_EVERYONE), true);
    notice_page page;
    ctx *c = world_ctx(p->w, p->anna);
    assert_int_equal(notice_read(c, INT64_MAX, &page), OK);
    assert_int_equal(page.len, NOTICES_PAGE);
    assert_int_equal(notice_read(c, page.next, &page), OK);
    assert_int_equal(page.len, 5);
    assert_int_equal(page.next, 0);
    world_done(c);
}

static void what_is_old_goes(void **state)
{
    people *p = *state;
    like(p, p->boris, p->anna, post(p, p->anna, p->anna, "good day", LEVEL_EVERYONE), true);
    ctx *c = act(p, p->anna);
    c->now = p->w->now += NOTICES_KEPT_MS + 1;
    assert_int_equal(world_ends(c, notice_sweep.run(c, STR(""))), OK);
    assert_string_equal(told(p, p->anna), "");
}

#define TOLD(name) cmocka_unit_test_setup_teardown(name, people_open, people_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(a_like_is_told_to_the_author_and_goes_with_the_like),
        TOLD(likes_of_one_post_are_one_line),
        TOLD(nobody_is_told_of_what_they_do_themselves),
        TOLD(each_hears_of_a_comment_once),
        TOLD(the_owner_of_a_wall_hears_of_what_is_written_there),
        TOLD(a_mention_is_told_to_whom_may_read_it),
        TOLD(a_repost_is_told_to_the_author_of_the_original),
        TOLD(whoever_asked_hears_that_they_are_friends),
        TOLD(a_block_takes_away_what_was_told_and_there_is_silence_after_it),
        TOLD(whoever_is_suspended_is_not_named),
        TOLD(a_kind_that_is_off_is_not_told),
        TOLD(what_was_read_is_not_counted_and_stays_in_the_list),
        TOLD(the_list_goes_on_where_the_page_ends),
        TOLD(what_is_old_goes),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (!getenv("VECHE_TEST_PG")) return failed;
    people_engine = DB_POSTGRES;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
