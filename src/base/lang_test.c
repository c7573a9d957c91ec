/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/lang.h"

static int start(void **state)
{
    (void)state;
    return lang_start() ? 0 : -1;
}

static void assert_written(const out *o, const char *expected)
{
    str got = out_get(o);
    assert_false(o->failed);
    if (!str_eq(got, str_of(expected))) fail_msg("got \"%.*s\", expected \"%s\"", STR_ARG(got), expected);
}

static void assert_msg(lang l, msg m, const char *expected)
{
    out o;
    out_init(&o, OUT_LIMIT_PAGE);
    put_msg(&o, l, m);
    assert_written(&o, expected);
    out_drop(&o);
}

static void assert_segments(const lang_seg *seg, msg m, const char *expected)
{
    out o;
    out_init(&o, OUT_LIMIT_PAGE);
    put_segments(&o, LANG_RU, seg, m);
    assert_written(&o, expected);
    out_drop(&o);
}

static void assert_number(lang l, int64_t n, const char *expected)
{
    out o;
    out_init(&o, OUT_LIMIT_PAGE);
    put_number(&o, l, n);
    assert_written(&o, expected);
    out_drop(&o);
}

static msg members(int64_t n)
{
    msg m = MSG(L_account_members);
    m.n = n;
    return m;
}

static void english_has_one_and_other(void **state)
{
    (void)state;
    assert_msg(LANG_EN, members(0), "0 members");
    assert_msg(LANG_EN, members(1), "1 member");
    assert_msg(LANG_EN, members(2), "2 members");
    assert_msg(LANG_EN, members(21), "21 members");
    assert_msg(LANG_EN, members(101), "101 members");
    assert_msg(LANG_EN, members(1001), "1,001 members");
}

static void russian_has_one_few_and_many(void **state)
{
    (void)state;
    assert_msg(LANG_RU, members(0), "0 участников");
    assert_msg(LANG_RU, members(1), "1 участник");
    assert_msg(LANG_RU, members(2), "2 участника");
    assert_msg(LANG_RU, members(5), "5 участников");
    assert_msg(LANG_RU, members(11), "11 участников");
    assert_msg(LANG_RU, members(14), "14 участников");
    assert_msg(LANG_RU, members(21), "21 участник");
    assert_msg(LANG_RU, members(111), "111 участников");
    assert_msg(LANG_RU, members(999), "999 участников");
}

static void large_numbers_take_the_form_of_their_last_two_digits(void **state)
{
    (void)state;
    assert_msg(LANG_RU, members(1000), "1\u00a0000 участников");
    assert_msg(LANG_RU, members(1001), "1\u00a0001 участник");
    assert_msg(LANG_RU, members(8412), "8\u00a0412 участников");
    assert_msg(LANG_RU, members(1000022), "1\u00a0000\u00a0022 участника");
    assert_msg(LANG_EN, members(1000001), "1,000,001 members");
}

static void negative_numbers_take_the_form_of_their_magnitude(void **state)
{
    (void)state;
    assert_msg(LANG_EN, members(-1), "-1 member");
    assert_msg(LANG_RU, members(-3), "-3 участника");
}

static void numbers_are_grouped_by_thousands(void **state)
{
    (void)state;
    assert_number(LANG_EN, 0, "0");
    assert_number(LANG_EN, 999, "999");
    assert_number(LANG_EN, 8412, "8,412");
    assert_number(LANG_RU, 8412, "8\u00a0412");
    assert_number(LANG_EN, -100000, "-100,000");
    assert_number(LANG_EN, INT64_MAX, "9,223,372,036,854,775,807");
    assert_number(LANG_EN, INT64_MIN, "-9,223,372,036,854,775,808");
}

static void strings_are_escaped_and_sentences_are_already(void **state)
{
    (void)state;
    msg m = MSG(L_common_time_today);
    m.s = STR("<b>&\"'");
    out escaped;
    out_init(&escaped, OUT_LIMIT_PAGE);
    OUT_LIT(&escaped, "today at ");
    out_escape(&escaped, m.s);
    out_char(&escaped, '\0');
    assert_msg(LANG_EN, m, escaped.ptr);
    assert_null(strstr(escaped.ptr, "<b>"));
    out_drop(&escaped);

    out o;
    out_init(&o, OUT_LIMIT_PAGE);
    put_msg(&o, LANG_EN, MSG(L_common_error_507));
    str got = out_get(&o);
    assert_true(str_starts(got, STR("The server&#39;s disk")));
    out_drop(&o);
}

static void no_key_prints_nothing(void **state)
{
    (void)state;
    assert_msg(LANG_EN, MSG(L_NONE), "");
}

static void every_sentence_of_every_language_ends(void **state)
{
    (void)state;
    for (int l = 0; l < LANG_COUNT; l++) {
        for (int key = L_NONE + 1; key < L_COUNT; key++) {
            for (int g = GENDER_UNKNOWN; g <= GENDER_MALE; g++) {
                out o;
                out_init(&o, OUT_LIMIT_PAGE);
                msg m = {.key = (enum lang_key)key, .g = (gender)g, .n = 5, .s = STR("s"), .s2 = STR("s2")};
                put_msg(&o, (lang)l, m);
                assert_false(o.failed);
                assert_true(o.len > 0);
                out_drop(&o);
            }
        }
    }
}

#define TEXT(s) {SEG_TEXT, {s, sizeof(s) - 1}, {0}}
#define ARG(k) {k, {NULL, 0}, {0}}
#define GO(k, ...) {k, {NULL, 0}, {__VA_ARGS__}}

/* {n, plural, one {{g, select, female {Ей} male {Ему} other {Им}} понравилась # запись} few {# записи} …} ({m}, {s2}) */
static const lang_seg nested[] = {
    GO(SEG_PLURAL, 1, 12, 15, 18), GO(SEG_GENDER, 1, 3, 5), TEXT("Им"),      GO(SEG_JUMP, 5),  TEXT("Ей"),
    GO(SEG_JUMP, 3),               TEXT("Ему"),             GO(SEG_JUMP, 1), TEXT(" понравилась "), ARG(SEG_N),
    TEXT(" запись"),               GO(SEG_JUMP, 10),        ARG(SEG_N),      TEXT(" записи"),  GO(SEG_JUMP, 7),
    ARG(SEG_N),                    TEXT(" записей"),        GO(SEG_JUMP, 4), ARG(SEG_N),       TEXT(" записи"),
    GO(SEG_JUMP, 1),               TEXT(" ("),              ARG(SEG_M),      TEXT(", "),       ARG(SEG_S2),
    TEXT(")"),                     ARG(SEG_END)};

static void gender_and_plural_choose_together(void **state)
{
    (void)state;
    msg m = {.n = 1, .m = 7, .s2 = STR("x")};
    assert_segments(nested, m, "Им понравилась 1 запись (7, x)");
    m.g = GENDER_FEMALE;
    assert_segments(nested, m, "Ей понравилась 1 запись (7, x)");
    m.g = GENDER_MALE;
    m.n = 21;
    assert_segments(nested, m, "Ему понравилась 21 запись (7, x)");
    m.n = 3;
    assert_segments(nested, m, "3 записи (7, x)");
    m.n = 11;
    assert_segments(nested, m, "11 записей (7, x)");
}

static void languages_have_codes(void **state)
{
    (void)state;
    assert_true(str_eq(lang_code(LANG_RU), STR("ru")));
    assert_int_equal(lang_of(STR("ru"), LANG_EN), LANG_RU);
    assert_int_equal(lang_of(STR("en"), LANG_RU), LANG_EN);
    assert_int_equal(lang_of(STR("de"), LANG_RU), LANG_RU);
    assert_int_equal(lang_of(STR_NONE, LANG_RU), LANG_RU);
}

static void accept_language_is_weighed(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        lang otherwise, expected;
    } cases[] = {
        {"ru", LANG_EN, LANG_RU},
        {"ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", LANG_EN, LANG_RU},
        {"en-US,en;q=0.9,ru;q=0.95", LANG_RU, LANG_EN},
        {"en;q=0.5, ru;q=0.501", LANG_EN, LANG_RU},
        {"en;q=0.5,ru;q=0.5", LANG_RU, LANG_EN}, /* equal: the first named */
        {"RU-by ; Q=1.000 , en;q=0.9", LANG_EN, LANG_RU},
        {"de, fr;q=0.8, ru;q=0.1", LANG_EN, LANG_RU},
        {"de,fr", LANG_RU, LANG_RU},
        {"", LANG_RU, LANG_RU},
        {",,;,", LANG_RU, LANG_RU},
        {"*", LANG_RU, LANG_RU},
        {"en;q=0.5,*", LANG_EN, LANG_RU}, /* any other one is better than English */
        {"en;q=0", LANG_EN, LANG_EN},     /* nothing is left: ours */
        {"en;q=0,*;q=0.1", LANG_EN, LANG_RU},
        {"rus,ru_RU,english", LANG_EN, LANG_EN},
        {"ru;q=2,en;q=0.1", LANG_RU, LANG_EN}, /* not a weight: that item is passed over */
        {"ru;q=0.1234,en;q=0.1", LANG_RU, LANG_EN},
        {"ru;q=1.001,en;q=0.1", LANG_RU, LANG_EN},
        {"ru;q=,en;q=0.1", LANG_RU, LANG_EN},
        {"ru;level=1,en;q=0.1", LANG_RU, LANG_EN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lang got = lang_accept(str_of(cases[i].header), cases[i].otherwise);
        if (got != cases[i].expected) fail_msg("%s: got %d", cases[i].header, (int)got);
    }
    assert_int_equal(lang_accept(STR_NONE, LANG_RU), LANG_RU);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(english_has_one_and_other),
        cmocka_unit_test(russian_has_one_few_and_many),
        cmocka_unit_test(large_numbers_take_the_form_of_their_last_two_digits),
        cmocka_unit_test(negative_numbers_take_the_form_of_their_magnitude),
        cmocka_unit_test(numbers_are_grouped_by_thousands),
        cmocka_unit_test(strings_are_escaped_and_sentences_are_already),
        cmocka_unit_test(no_key_prints_nothing),
        cmocka_unit_test(every_sentence_of_every_language_ends),
        cmocka_unit_test(gender_and_plural_choose_together),
        cmocka_unit_test(languages_have_codes),
        cmocka_unit_test(accept_language_is_weighed),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
