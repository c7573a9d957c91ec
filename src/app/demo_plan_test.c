/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include "app/demo_plan.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "feature/account/account.h"

#define NOW INT64_C(1782000000000) /* June 2026 */

static void the_author_decides_the_form(void **state)
{
    (void)state;
    arena *a = arena_open();
    assert_str(demo_text_for(a, "{Купила|Купил} хлеб и {съела|съел}.", GENDER_FEMALE), STR("Купила хлеб и съела."));
    assert_str(demo_text_for(a, "{Купила|Купил} хлеб и {съела|съел}.", GENDER_MALE), STR("Купил хлеб и съел."));
    assert_str(demo_text_for(a, "no choice", GENDER_MALE), STR("no choice"));
    arena_close(a);
}

/* Every text, in both forms: whole UTF-8, nothing left of the braces, short enough for where it goes. */
static void check_texts(arena *a, const char *const *texts, size_t len, size_t most)
{
    for (size_t i = 0; i < len; i++)
        for (int g = GENDER_FEMALE; g <= GENDER_MALE; g++) {
            str s = demo_text_for(a, texts[i], (gender)g);
            assert_true(utf8_valid(s));
            assert_in_range(utf8_count(s), 1, most);
            for (size_t k = 0; k < s.len; k++) assert_null(strchr("{|}", s.ptr[k]));
        }
}

static void texts_are_whole(void **state)
{
    (void)state;
    arena *a = arena_open();
    for (int l = 0; l < LANG_COUNT; l++) {
        const demo_words *w = &demo_words_of[l];
        assert_true(w->posts_len >= 120);
        for (size_t i = 0; i < w->posts_len; i++) check_texts(a, &w->posts[i].text, 1, 400);
        for (size_t i = 0; i < w->story_len; i++) check_texts(a, &w->story[i].text, 1, 400);
        check_texts(a, w->greetings, w->greetings_len, 200);
        check_texts(a, w->notes, w->notes_len, 200);
        check_texts(a, w->statuses, w->statuses_len, 100);
        check_texts(a, w->towns, w->towns_len, 60);
        check_texts(a, w->circles, w->circles_len, 40);
        check_texts(a, w->requests, w->requests_len, 200);
    }
    arena_close(a);
}

static void a_plan_is_told_in_order(void **state)
{
    (void)state;
    arena *a = arena_open();
    demo_plan *p = demo_plan_make(a, 60, 1, NOW);
    uint8_t *joined = ARENA_ARRAY(a, uint8_t, p->members_len);
    for (size_t i = 0; i < p->events_len; i++) {
        const demo_event *e = &p->events[i];
        assert_true(e->at < NOW && (i == 0 || p->events[i - 1].at <= e->at));
        if (e->kind == DEMO_JOINS) joined[e->who] = 1;
        else assert_true(joined[e->who] && joined[e->whom]);
    }
    assert_int_equal(p->events[0].kind, DEMO_JOINS);
    assert_int_equal(p->events[0].who, 0); /* the owner is number 1 */
    arena_close(a);
}

static void names_can_be_had(void **state)
{
    (void)state;
    arena *a = arena_open();
    demo_plan *p = demo_plan_make(a, DEMO_MEMBERS_MAX, 3, NOW);
    for (size_t i = 0; i < p->members_len; i++) {
        assert_int_equal(account_name_fault(p->members[i].name), L_NONE);
        for (size_t k = 0; k < i; k++) assert_false(str_eq(p->members[i].name, p->members[k].name));
    }
    arena_close(a);
}

static void the_same_seed_is_the_same_town(void **state)
{
    (void)state;
    arena *a = arena_open();
    demo_plan *p = demo_plan_make(a, 40, 7, NOW), *q = demo_plan_make(a, 40, 7, NOW);
    assert_int_equal(p->events_len, q->events_len);
    assert_memory_equal(p->events, q->events, p->events_len * sizeof *p->events);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(the_author_decides_the_form), TEST(texts_are_whole), TEST(a_plan_is_told_in_order),
                                       TEST(names_can_be_had), TEST(the_same_seed_is_the_same_town)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
