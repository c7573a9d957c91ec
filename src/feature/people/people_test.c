/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who is found by whom, by which beginnings of names, and how a list goes on. */
#include "base/testing.h"
#include "feature/account/account.h"
#include "feature/people/people.h"
#include "support/world.h"

#define L(x) ((long long)(x))

static world *w;

static int open_sqlite(void **state) { (void)state; return (w = world_open(DB_SQLITE)) ? 0 : -1; }
static int open_postgres(void **state) { (void)state; return (w = world_open(DB_POSTGRES)) ? 0 : -1; }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

static int64_t named(const char *given, const char *family, const char *name)
{
    int64_t num = world_member(w, ROLE_MEMBER);
    str key = account_search_key(w->arena, str_of(given), str_of(family), str_of(name));
    world_sql(w, "UPDATE member SET home_town = 'Beloborsk' WHERE bucket = %lld AND num = %lld", L(bucket_of(num)), L(num));
    ctx c = {.arena = w->arena, .db = w->db, .writing = true};
    world_begin(w);
    assert_int_equal(account_words(&c, num, key), OK);
    world_end(w);
    return num;
}

static size_t find(int64_t viewer, const char *query, int64_t found[30])
{
    people_page page;
    ctx *c = world_ctx(w, viewer);
    assert_int_equal(people_find(c, str_of(query), PEOPLE_START, 30, &page), OK);
    size_t len = page.len;
    for (size_t i = 0; i < len; i++) found[i] = page.items[i].num;
    world_done(c);
    return len;
}

static bool finds(int64_t viewer, const char *query, int64_t num)
{
    int64_t found[30];
    size_t len = find(viewer, query, found);
    for (size_t i = 0; i < len; i++)
        if (found[i] == num) return true;
    return false;
}

static void the_beginning_of_any_name_finds_in_either_alphabet(void **state)
{
    (void)state;
    int64_t me = named("Me", "Myself", "myself"), ivan = named("Иван", "Петров", "ivanp");
    static const char *const hits[] = {"Иван", "ива", "Ivan", "petr", "Петров Иван", "ivan pet", "ivanp", "@ivanp", "  иВаН  "};
    static const char *const misses[] = {"ван", "Иванна", "Ivan Sidorov", "%", "_van", "i%n", "!", "ivan!"};
    for (size_t i = 0; i < sizeof hits / sizeof *hits; i++) assert_true(finds(me, hits[i], ivan));
    for (size_t i = 0; i < sizeof misses / sizeof *misses; i++) assert_false(finds(me, misses[i], ivan));
}

static void who_is_called_just_so_comes_first_and_nobody_comes_twice(void **state)
{
    (void)state;
    int64_t me = named("Me", "Myself", "orderly"), found[30];
    int64_t longer = named("Zhannaline", "Zhannova", "zhannah"), older = named("Zhanna", "Ivanova", "zhiv"), newer = named("Zhanna", "Zhanna", "zhzh");
    assert_int_equal(find(me, "zhann", found), 3);
    assert_int_equal(found[0], newer);
    assert_int_equal(found[1], older);
    assert_int_equal(found[2], longer);
    assert_int_equal(find(me, "zhanna iv", found), 1);
}

static void a_place_that_a_stranger_made_up_begins_the_list(void **state)
{
    (void)state;
    people_page page;
    int64_t num = named("Wladimir", "Wolf", "wladi");
    static const people_place places[] = {{STR_INIT("zzz"), 1}, {STR_INIT(""), 5}, {STR_INIT("\xF4\x8F\xBF\xBF"), INT64_MAX}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        ctx *c = world_ctx(w, 0);
        assert_int_equal(people_find(c, STR("wladimir"), places[i], 30, &page), OK);
        assert_int_equal(page.len, 1);
        assert_int_equal(page.items[0].num, num);
        world_done(c);
    }
}

static void russian_names_are_found_as_people_write_them_in_latin(void **state)
{
    (void)state;
    int64_t me = named("Me", "Myself", "latinist"), olga = named("Ольга", "Щукина", "shchu"), sasha = named("Саша", "Озёрный", "sashka");
    assert_true(finds(me, "olga", olga) && finds(me, "ольга", olga) && finds(me, "shchuk", olga));
    assert_true(finds(me, "sasha", sasha) && finds(me, "ozern", sasha) && finds(me, "озёр", sasha));
}

static void marks_of_the_pattern_language_are_letters_like_any_other(void **state)
{
    (void)state;
    int64_t me = named("Me", "Myself", "myself2"), under = named("Anna", "Serova", "anna_s"), other = named("Anna", "Serova", "annabs");
    assert_true(finds(me, "anna_s", under));
    assert_false(finds(me, "anna_s", other));
}

static void only_those_who_allow_it_are_found(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), shy = named("Zoya", "Shy", "zoya1"), pal = named("Zoya", "Pal", "zoya2");
    int64_t foe = named("Zoya", "Foe", "zoya3"), gone = named("Zoya", "Gone", "zoya4"), open = named("Zoya", "Open", "zoya5");
    world_setting(w, shy, PRIVACY_FOUND, LEVEL_NOBODY);
    world_setting(w, pal, PRIVACY_FOUND, LEVEL_FRIENDS);
    world_befriend(w, me, pal);
    world_edge(w, foe, me, EDGE_BLOCKS, EDGE_BLOCKED);
    world_state(w, gone, MEMBER_SUSPENDED);
    world_setting(w, open, PRIVACY_PROFILE, LEVEL_NOBODY); /* a closed page does not hide its name */
    for (int listed = 0; listed < 2; listed++) {
        const char *query = listed ? "" : "zoya";
        assert_false(finds(me, query, shy));
        assert_true(finds(me, query, pal));
        assert_false(finds(me, query, foe));
        assert_false(finds(me, query, gone));
        assert_true(finds(me, query, open));
        assert_false(finds(0, query, pal));
        assert_true(finds(0, query, foe));
    }
}

static void the_town_is_shown_with_the_page_only(void **state)
{
    (void)state;
    int64_t num = named("Yakov", "Town", "yakov1");
    people_page page;
    for (int closed = 0; closed < 2; closed++) {
        if (closed) world_setting(w, num, PRIVACY_PROFILE, LEVEL_MEMBERS);
        ctx *c = world_ctx(w, 0);
        assert_int_equal(people_find(c, STR("yakov"), PEOPLE_START, 30, &page), OK);
        assert_int_equal(page.len, 1);
        assert_str(page.items[0].town, closed ? STR("") : STR("Beloborsk"));
        world_done(c);
    }
}

/* Turns the pages of a list to its end; each member must come once, the newest first. */
static size_t walk(int64_t viewer, str query, size_t most, size_t *pages)
{
    size_t total = 0;
    int64_t last = INT64_MAX;
    people_place at = PEOPLE_START;
    *pages = 0;
    do {
        people_page page;
        ctx *c = world_ctx(w, viewer);
        assert_int_equal(people_find(c, query, at, most, &page), OK);
        for (size_t i = 0; i < page.len; i++) {
            assert_true(page.items[i].num < last);
            last = page.items[i].num;
        }
        total += page.len;
        at = (people_place){arena_str(w->arena, page.next.word), page.next.below};
        (*pages)++;
        world_done(c);
    } while (at.below);
    return total;
}

static void pages_follow_one_another_without_gaps_past_those_who_hide(void **state)
{
    (void)state;
    enum { MANY = 1300, SHOWN_ONE_IN = 200 };
    int64_t me = world_member(w, ROLE_MEMBER);
    size_t shown = 0, pages;
    world_begin(w);
    for (int i = 0; i < MANY; i++) {
        int64_t num = named("Quentin", "Walk", "quentin");
        if (i % SHOWN_ONE_IN == 0) shown++;
        else world_setting(w, num, PRIVACY_FOUND, LEVEL_NOBODY);
    }
    world_end(w);
    assert_int_equal(walk(me, STR("quentin"), 3, &pages), shown);
    assert_true(pages >= MANY / PEOPLE_SCAN_MAX);
    (void)walk(me, STR(""), 30, &pages);
    assert_true(pages > 2);
}

static void the_other_layout_is_what_the_same_keys_write(void **state)
{
    (void)state;
    static const struct { str typed, meant; } pairs[] = {
        {STR_INIT("bdfy"), STR_INIT("иван")}, {STR_INIT("Jkmuf Gtnhjdf"), STR_INIT("ольга петрова")},
        {STR_INIT("щдпф"), STR_INIT("olga")}, {STR_INIT(";fyyf `;"), STR_INIT("жанна ёж")}, {STR_INIT("12-!"), STR_INIT("12-!")}};
    arena *a = arena_open();
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) assert_str(people_other_layout(a, pairs[i].typed), pairs[i].meant);
    arena_close(a);
}

#define TESTS                                                                                                                      \
    TEST(the_beginning_of_any_name_finds_in_either_alphabet), TEST(who_is_called_just_so_comes_first_and_nobody_comes_twice), TEST(a_place_that_a_stranger_made_up_begins_the_list),     \
        TEST(russian_names_are_found_as_people_write_them_in_latin), TEST(marks_of_the_pattern_language_are_letters_like_any_other),      \
        TEST(only_those_who_allow_it_are_found), TEST(the_town_is_shown_with_the_page_only),                                       \
        TEST(pages_follow_one_another_without_gaps_past_those_who_hide), TEST(the_other_layout_is_what_the_same_keys_write)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("people on SQLite", tests, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("people on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
