/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include <stdlib.h>

#include "base/clock.h"
#include "feature/discover/discover.h"
#include "support/people.h"

static suggestion_list suggested(people *p, int64_t viewer)
{
    suggestion_list all;
    ctx *c = world_ctx(p->w, viewer);
    assert_int_equal(discover_suggest(c, &all), OK);
    world_done(c);
    return all;
}

static size_t how_many(people *p, int64_t viewer) { return suggested(p, viewer).len; }

static rc dismisses(people *p, int64_t viewer, int64_t other)
{
    ctx *c = world_act(p->w, viewer);
    return world_ends(c, discover_dismiss(c, other));
}

/* ---- suggestions ---- */

static void friends_of_friends_are_suggested_most_shared_first(void **state)
{
    people *p = *state;
    int64_t dina = world_member(p->w, ROLE_MEMBER), egor = world_member(p->w, ROLE_MEMBER);
    world_befriend(p->w, p->boris, p->vera);
    world_befriend(p->w, p->boris, egor);
    world_befriend(p->w, p->anna, dina);
    world_befriend(p->w, dina, egor);
    suggestion_list all = suggested(p, p->anna);
    assert_int_equal(all.len, 2);
    assert_int_equal(all.items[0].num, egor);
    assert_int_equal(all.items[0].mutual, 2);
    assert_int_equal(all.items[1].num, p->vera);
    assert_int_equal(all.items[1].mutual, 1);
    assert_int_equal(how_many(p, world_member(p->w, ROLE_MEMBER)), 0);
}

static void nobody_is_suggested_with_whom_something_is_between(void **state)
{
    people *p = *state;
    const unsigned bits[][2] = {{EDGE_OUT, EDGE_IN},         {EDGE_OUT | EDGE_ASK_OUT, EDGE_IN | EDGE_ASK_IN | EDGE_NEW},
                                {EDGE_IN | EDGE_ASK_IN, EDGE_OUT | EDGE_ASK_OUT}, {EDGE_BLOCKS, EDGE_BLOCKED}, {EDGE_BLOCKED, EDGE_BLOCKS}};
    world_befriend(p->w, p->boris, p->vera);
    assert_int_equal(how_many(p, p->anna), 1);
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
        world_edge(p->w, p->anna, p->vera, bits[i][0], bits[i][1]);
        assert_int_equal(how_many(p, p->anna), 0);
    }
    world_edge(p->w, p->anna, p->vera, 0, 0);
    assert_int_equal(how_many(p, p->anna), 1);
}

static void nobody_is_suggested_who_hides_or_through_a_list_that_is_closed(void **state)
{
    people *p = *state;
    world_befriend(p->w, p->boris, p->vera);
    const privacy_item of_vera[] = {PRIVACY_FOUND, PRIVACY_PROFILE};
    for (size_t i = 0; i < 2; i++) {
        world_setting(p->w, p->vera, (int)of_vera[i], LEVEL_FRIENDS);
        assert_int_equal(how_many(p, p->anna), 0);
        world_setting(p->w, p->vera, (int)of_vera[i], LEVEL_MEMBERS);
        assert_int_equal(how_many(p, p->anna), 1);
    }
    world_setting(p->w, p->boris, PRIVACY_FRIENDS, LEVEL_NOBODY);
    assert_int_equal(how_many(p, p->anna), 0);
    world_setting(p->w, p->boris, PRIVACY_FRIENDS, LEVEL_FRIENDS);
    world_state(p->w, p->vera, MEMBER_SUSPENDED);
    assert_int_equal(how_many(p, p->anna), 0);
}

static void whoever_is_dismissed_is_not_suggested_again(void **state)
{
    people *p = *state;
    world_befriend(p->w, p->boris, p->vera);
    assert_int_equal(dismisses(p, p->anna, p->vera), OK);
    assert_int_equal(dismisses(p, p->anna, p->vera), OK);
    assert_int_equal(how_many(p, p->anna), 0);
    assert_int_equal(how_many(p, p->vera), 1); /* the other way nothing was said */
    assert_int_equal(dismisses(p, p->anna, p->anna), E_INVALID);
    assert_int_equal(dismisses(p, p->anna, 999999), E_NOT_FOUND);
}

static void five_are_suggested_of_a_crowd(void **state)
{
    people *p = *state;
    world_begin(p->w);
    for (int i = 0; i < SUGGEST_EDGES + 20; i++) world_befriend(p->w, p->boris, world_member(p->w, ROLE_MEMBER));
    world_end(p->w);
    assert_int_equal(how_many(p, p->anna), SUGGESTIONS);
}

/* ---- birthdays ---- */

static void born(people *p, int64_t who, int64_t birthday, int show)
{
    world_sql(p->w, "UPDATE member SET birthday = %lld, birthday_show = %d WHERE num = %lld", (long long)birthday, show, (long long)who);
}

static birthday_ahead_list ahead(people *p, int64_t viewer, int64_t now)
{
    birthday_ahead_list all;
    ctx *c = world_ctx(p->w, viewer);
    c->now = now;
    assert_int_equal(discover_birthdays(c, &all), OK);
    world_done(c);
    return all;
}

/* Noon of a day: far from where the days of two places differ. */
static int64_t noon(int year, int month, int day)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t days = (int64_t)(year - 1970) * 365 + (year - 1969) / 4 + before[month - 1] + (month > 2 && year % 4 == 0) + day - 1;
    return days * MS_DAY + MS_DAY / 2;
}

static void the_next_seven_days_are_ahead_and_no_more(void **state)
{
    people *p = *state;
    const struct { int year, month, day, want; } cases[] = {
        {2025, 5, 14, 0}, {2025, 5, 13, 1}, {2025, 5, 8, 6}, {2025, 5, 7, -1}, {2025, 5, 15, -1}};
    born(p, p->boris, 19900514, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        birthday_ahead_list all = ahead(p, p->anna, noon(cases[i].year, cases[i].month, cases[i].day));
        assert_int_equal(all.len, cases[i].want >= 0);
        if (all.len) assert_int_equal(all.items[0].days, cases[i].want);
        if (all.len) assert_int_equal(all.items[0].age, 0); /* the year is not shown */
    }
}

static void the_year_ends_between(void **state)
{
    people *p = *state;
    born(p, p->boris, 19900102, 2);
    birthday_ahead_list all = ahead(p, p->anna, noon(2025, 12, 30));
    assert_int_equal(all.len, 1);
    assert_int_equal(all.items[0].days, 3);
    assert_int_equal(all.items[0].age, 36);
}

static void the_29th_of_february_is_the_28th_in_other_years(void **state)
{
    people *p = *state;
    born(p, p->boris, 20000229, 2);
    birthday_ahead_list all = ahead(p, p->anna, noon(2025, 2, 27));
    assert_int_equal(all.len, 1);
    assert_int_equal(all.items[0].days, 1);
    assert_int_equal(all.items[0].age, 25);
    all = ahead(p, p->anna, noon(2024, 2, 27));
    assert_int_equal(all.items[0].days, 2);
    assert_int_equal(ahead(p, p->anna, noon(2025, 2, 22)).len, 1);
    assert_int_equal(ahead(p, p->anna, noon(2025, 2, 21)).len, 0);
}

static void only_birthdays_that_the_viewer_may_know(void **state)
{
    people *p = *state;
    const int64_t day = noon(2025, 5, 14);
    born(p, p->boris, 19900514, 0);
    assert_int_equal(ahead(p, p->anna, day).len, 0);
    born(p, p->boris, 19900514, 2);
    assert_int_equal(ahead(p, p->anna, day).len, 1);
    assert_int_equal(ahead(p, p->vera, day).len, 0);
    world_setting(p->w, p->boris, PRIVACY_BIRTHDAY, LEVEL_NOBODY);
    assert_int_equal(ahead(p, p->anna, day).len, 0);
    world_setting(p->w, p->boris, PRIVACY_BIRTHDAY, LEVEL_FRIENDS);
    world_setting(p->w, p->boris, PRIVACY_PROFILE, LEVEL_NOBODY);
    assert_int_equal(ahead(p, p->anna, day).len, 0);
    world_setting(p->w, p->boris, PRIVACY_PROFILE, LEVEL_FRIENDS);
    assert_int_equal(ahead(p, p->anna, day).len, 1);
    world_state(p->w, p->boris, MEMBER_SUSPENDED);
    assert_int_equal(ahead(p, p->anna, day).len, 0);
}

static void the_next_ones_come_first_and_six_fit(void **state)
{
    people *p = *state;
    const int64_t day = noon(2025, 5, 10);
    for (int i = 0; i < 9; i++) {
        int64_t who = world_member(p->w, ROLE_MEMBER);
        world_befriend(p->w, p->anna, who);
        born(p, who, 19800510 + (i * 5) % 7, 1);
    }
    birthday_ahead_list all = ahead(p, p->anna, day);
    assert_int_equal(all.len, BIRTHDAYS);
    for (size_t i = 1; i < all.len; i++) assert_true(all.items[i - 1].days <= all.items[i].days);
    assert_int_equal(all.items[0].days, 0);
    assert_int_equal(all.items[BIRTHDAYS - 1].days, 4);
}

#define WITH_PEOPLE(function) cmocka_unit_test_setup_teardown(function, people_open, people_close)

static int run(db_engine which)
{
    static const char *const groups[] = {[DB_SQLITE] = "discover, SQLite", [DB_POSTGRES] = "discover, PostgreSQL"};
    const struct CMUnitTest tests[] = {
        WITH_PEOPLE(friends_of_friends_are_suggested_most_shared_first),
        WITH_PEOPLE(nobody_is_suggested_with_whom_something_is_between),
        WITH_PEOPLE(nobody_is_suggested_who_hides_or_through_a_list_that_is_closed),
        WITH_PEOPLE(whoever_is_dismissed_is_not_suggested_again),
        WITH_PEOPLE(five_are_suggested_of_a_crowd),
        WITH_PEOPLE(the_next_seven_days_are_ahead_and_no_more),
        WITH_PEOPLE(the_year_ends_between),
        WITH_PEOPLE(the_29th_of_february_is_the_28th_in_other_years),
        WITH_PEOPLE(only_birthdays_that_the_viewer_may_know),
        WITH_PEOPLE(the_next_ones_come_first_and_six_fit),
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
