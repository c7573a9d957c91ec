/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include <string.h>

#include "feature/facts/facts.h"
#include "support/people.h"

static rc save(people *p, fact_section section, const facts *told)
{
    ctx *c = world_act(p->w, p->anna);
    rc_code code = facts_save(c, section, told);
    if (code == OK) world_done(c);
    else world_undo(c);
    return code;
}

static rc place(people *p, facts_place one)
{
    ctx *c = world_act(p->w, p->anna);
    if (!one.name.ptr) one.name = STR("A place");
    if (!one.town.ptr) one.town = STR("");
    if (!one.detail.ptr) one.detail = STR("");
    rc_code code = facts_place_save(c, &one);
    if (code == OK) world_done(c);
    else world_undo(c);
    return code;
}

static int64_t rows(const people *p, const char *table)
{
    return world_int(p->w->db, -1, "SELECT count(*) FROM %s WHERE owner = %lld", table, (long long)p->anna);
}

static size_t places_of(people *p)
{
    facts_place_list all;
    ctx *c = world_ctx(p->w, p->anna);
    assert_int_equal(facts_places_get(c, p->anna, &all), OK);
    world_done(c);
    return all.len;
}

/* ---- fields ---- */

static void every_field_has_a_number_and_a_name_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < FACTS; i++) {
        const fact_field *f = &fact_fields[i];
        assert_true(f->stored > 0 && f->name && f->label != L_NONE);
        assert_true((f->most == 0) == (f->choices > 0));
        for (int k = 0; k < i; k++) assert_true(f->stored != fact_fields[k].stored && strcmp(f->name, fact_fields[k].name) != 0);
    }
}

static void what_is_told_comes_back_and_nothing_told_leaves_no_row(void **state)
{
    people *p = *state;
    facts told = {0}, read;
    told.of[FACT_MUSIC].text = STR("Organ");
    told.of[FACT_CITY].text = STR("of another section");
    assert_int_equal(save(p, FACTS_INTERESTS, &told), OK);
    told.of[FACT_SMOKING].choice = 5;
    assert_int_equal(save(p, FACTS_VIEWS, &told), OK);
    ctx *c = world_ctx(p->w, p->boris);
    assert_int_equal(facts_get(c, p->anna, &read), OK);
    assert_str(read.of[FACT_MUSIC].text, STR("Organ"));
    assert_int_equal(read.of[FACT_SMOKING].choice, 5);
    assert_int_equal(read.of[FACT_CITY].text.len, 0);
    world_done(c);
    assert_int_equal(rows(p, "profile_fact"), 2);
    told = (facts){0};
    assert_int_equal(save(p, FACTS_INTERESTS, &told), OK);
    assert_int_equal(save(p, FACTS_INTERESTS, &told), OK);
    assert_int_equal(rows(p, "profile_fact"), 1);
}

static void a_choice_that_there_is_not_is_refused(void **state)
{
    people *p = *state;
    facts told = {0};
    for (int i = 0; i < FACTS; i++) {
        if (!fact_fields[i].choices) continue;
        told = (facts){0};
        told.of[i].choice = fact_fields[i].choices;
        assert_int_equal(save(p, FACTS_VIEWS, &told), OK);
        told.of[i].choice = fact_fields[i].choices + 1;
        assert_int_equal(save(p, FACTS_VIEWS, &told), E_INVALID);
        told.of[i].choice = -1;
        assert_int_equal(save(p, FACTS_VIEWS, &told), E_INVALID);
    }
    told = (facts){0};
    told.of[FACT_CITY].choice = 1; /* a field of words has no choices */
    assert_int_equal(save(p, FACTS_CONTACTS, &told), E_INVALID);
}

static void facts_are_for_whom_the_setting_lets_in(void **state)
{
    people *p = *state;
    facts read;
    facts_place_list places;
    const struct { int64_t viewer, level; rc_code want; } cases[] = {
        {0, -1, E_DENIED}, {p->vera, -1, OK},                       /* new members tell members */
        {0, LEVEL_EVERYONE, OK}, {p->vera, LEVEL_FRIENDS, E_DENIED}, {p->boris, LEVEL_FRIENDS, OK},
        {p->boris, LEVEL_NOBODY, E_DENIED}, {p->anna, LEVEL_NOBODY, OK}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (cases[i].level >= 0) world_setting(p->w, p->anna, PRIVACY_DETAILS, cases[i].level);
        ctx *c = world_ctx(p->w, cases[i].viewer);
        assert_int_equal(facts_get(c, p->anna, &read), cases[i].want);
        assert_int_equal(facts_places_get(c, p->anna, &places), cases[i].want);
        world_done(c);
    }
    world_setting(p->w, p->anna, PRIVACY_DETAILS, LEVEL_EVERYONE);
    world_setting(p->w, p->anna, PRIVACY_PROFILE, LEVEL_FRIENDS);
    ctx *c = world_ctx(p->w, p->vera);
    assert_int_equal(facts_get(c, p->anna, &read), E_DENIED);
    world_done(c);
}

static void a_site_is_the_address_of_a_page_and_nothing_else(void **state)
{
    (void)state;
    static const char *const good[] = {"https://example.org", "http://a.b", "https://social.example/@olga", "https://example.org/a?b=c#d"};
    static const char *const bad[] = {"", "https://", "https://x", "https://.", "https://x.", "example.org", "javascript:alert(1)", "ftp://a.b",
                                      "https://a b.c", "https://a.b/\"x", "https://a.b/<", "https://bank.example@evil.example/",
                                      "https://a.b/[id1|x]", "https://\xD0\xB0.b", "HTTPS://a.b/\\"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_true(facts_is_site(str_of(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(facts_is_site(str_of(bad[i])));
}

/* ---- places ---- */

static void years_that_cannot_be_are_refused(void **state)
{
    (void)state;
    const int64_t now = INT64_C(1700000000000); /* 2023 */
    assert_true(facts_years_possible(0, 0, now));
    assert_true(facts_years_possible(FACT_YEAR_MIN, 2023 + FACT_YEARS_AHEAD, now));
    assert_true(facts_years_possible(2000, 2000, now));
    assert_true(facts_years_possible(0, 2000, now));
    assert_false(facts_years_possible(FACT_YEAR_MIN - 1, 0, now));
    assert_false(facts_years_possible(0, 2023 + FACT_YEARS_AHEAD + 1, now));
    assert_false(facts_years_possible(2001, 2000, now));
    assert_false(facts_years_possible(-5, 0, now));
}

static void a_place_is_added_changed_and_taken_away(void **state)
{
    people *p = *state;
    facts_place_list all;
    assert_int_equal(place(p, (facts_place){.kind = PLACE_SCHOOL, .name = STR("School 7"), .until = 1999}), OK);
    assert_int_equal(place(p, (facts_place){.kind = PLACE_WORK, .name = STR("Depot")}), OK);
    assert_int_equal(place(p, (facts_place){.ordinal = 1, .kind = PLACE_UNIVERSITY, .name = STR("Polytechnic")}), OK);
    ctx *c = world_ctx(p->w, p->vera);
    assert_int_equal(facts_places_get(c, p->anna, &all), OK);
    assert_int_equal(all.len, 2);
    assert_str(all.items[0].name, STR("Polytechnic"));
    assert_int_equal(all.items[0].kind, PLACE_UNIVERSITY);
    assert_int_equal(all.items[0].until, 0);
    world_done(c);
    for (int twice = 0; twice < 2; twice++) {
        c = world_act(p->w, p->anna);
        assert_int_equal(facts_place_delete(c, 1), OK);
        world_done(c);
    }
    assert_int_equal(places_of(p), 1);
    assert_int_equal(place(p, (facts_place){.ordinal = 1, .kind = PLACE_SCHOOL}), E_GONE);
    assert_int_equal(place(p, (facts_place){.ordinal = 2, .kind = PLACE_SCHOOL}), E_GONE); /* work is in another list */
    assert_int_equal(place(p, (facts_place){.kind = 0}), E_INVALID);
    assert_int_equal(place(p, (facts_place){.kind = PLACE_KINDS}), E_INVALID);
    assert_int_equal(place(p, (facts_place){.kind = PLACE_WORK, .since = 2001, .until = 2000}), E_INVALID);
}

static void ten_schools_and_ten_places_of_work_fit_and_no_more(void **state)
{
    people *p = *state;
    for (int i = 0; i < FACT_PLACES_MAX; i++) {
        assert_int_equal(place(p, (facts_place){.kind = i % 2 ? PLACE_SCHOOL : PLACE_UNIVERSITY}), OK);
        assert_int_equal(place(p, (facts_place){.kind = PLACE_WORK}), OK);
    }
    assert_int_equal(place(p, (facts_place){.kind = PLACE_SCHOOL}), E_LIMIT);
    assert_int_equal(place(p, (facts_place){.kind = PLACE_WORK}), E_LIMIT);
    assert_int_equal(place(p, (facts_place){.ordinal = 1, .kind = PLACE_SCHOOL}), OK);
    assert_int_equal(places_of(p), 2 * FACT_PLACES_MAX);
}

#define WITH_PEOPLE(function) cmocka_unit_test_setup_teardown(function, people_open, people_close)

static int run(db_engine which)
{
    static const char *const groups[] = {[DB_SQLITE] = "facts, SQLite", [DB_POSTGRES] = "facts, PostgreSQL"};
    const struct CMUnitTest tests[] = {
        TEST(every_field_has_a_number_and_a_name_of_its_own),
        WITH_PEOPLE(what_is_told_comes_back_and_nothing_told_leaves_no_row),
        WITH_PEOPLE(a_choice_that_there_is_not_is_refused),
        WITH_PEOPLE(facts_are_for_whom_the_setting_lets_in),
        TEST(a_site_is_the_address_of_a_page_and_nothing_else),
        TEST(years_that_cannot_be_are_refused),
        WITH_PEOPLE(a_place_is_added_changed_and_taken_away),
        WITH_PEOPLE(ten_schools_and_ten_places_of_work_fit_and_no_more),
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
