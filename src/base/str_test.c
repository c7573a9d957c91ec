/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include "base/str.h"

static void absent_is_not_empty_but_equals_it(void **state)
{
    (void)state;
    assert_absent(str_of(NULL));
    assert_non_null(str_of("").ptr);
    assert_true(str_eq(STR_NONE, STR("")));
}

static void equality_counts_every_byte(void **state)
{
    (void)state;
    assert_true(str_eq(STR("a\0b"), STR("a\0b")));
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
    assert_false(str_eq(STR("a"), STR("ab")));
}

static void a_prefix_sorts_first(void **state)
{
    (void)state;
    assert_true(str_cmp(STR("ab"), STR("abc")) < 0);
    assert_true(str_cmp(STR("abc"), STR("ab")) > 0);
    assert_true(str_cmp(STR_NONE, STR("a")) < 0);
    assert_int_equal(str_cmp(STR_NONE, STR("")), 0);
}

static void high_bytes_sort_last(void **state)
{
    (void)state;
    assert_true(str_cmp(STR("\xFF"), STR("a")) > 0);
}

static void starts_and_ends_accept_the_whole_and_nothing(void **state)
{
    (void)state;
    assert_true(str_starts(STR("wall"), STR("wall")));
    assert_true(str_starts(STR("wall"), STR("")));
    assert_false(str_starts(STR("wal"), STR("wall")));
    assert_true(str_ends(STR("wall"), STR("all")));
    assert_true(str_ends(STR("wall"), STR_NONE));
    assert_false(str_ends(STR("wall"), STR("wal")));
    assert_true(str_starts(STR_NONE, STR_NONE));
}

static void find_gives_the_length_when_there_is_none(void **state)
{
    (void)state;
    assert_int_equal(str_find(STR("a=b=c"), '='), 1);
    assert_int_equal(str_find(STR("abc"), '='), 3);
    assert_int_equal(str_find(STR_NONE, '='), 0);
}

static void trim_takes_white_space_at_both_ends_only(void **state)
{
    (void)state;
    assert_str(str_trim(STR(" \t\r\n\v\fa b ")), STR("a b"));
    assert_str(str_trim(STR("   ")), STR(""));
    assert_absent(str_trim(STR_NONE));
}

static void skip_and_take_stop_at_the_end(void **state)
{
    (void)state;
    assert_str(str_skip(STR("abc"), 1), STR("bc"));
    assert_str(str_skip(STR("abc"), 4), STR(""));
    assert_str(str_take(STR("abc"), 2), STR("ab"));
    assert_str(str_take(STR("abc"), 4), STR("abc"));
    assert_absent(str_skip(STR_NONE, 1));
    assert_absent(str_take(STR_NONE, 1));
}

static void cut_visits_every_piece_empty_ones_included(void **state)
{
    (void)state;
    str rest = STR("a,,b,");
    assert_str(str_cut(&rest, ','), STR("a"));
    assert_str(str_cut(&rest, ','), STR(""));
    assert_str(str_cut(&rest, ','), STR("b"));
    assert_non_null(rest.ptr);
    assert_str(str_cut(&rest, ','), STR(""));
    assert_absent(rest);
    assert_absent(str_cut(&rest, ','));
}

static void cut_finds_one_piece_in_an_empty_string(void **state)
{
    (void)state;
    str rest = STR("");
    assert_str(str_cut(&rest, ','), STR(""));
    assert_absent(rest);
}

static void numbers_reach_both_ends_of_the_range(void **state)
{
    (void)state;
    int64_t v = 7;
    assert_true(str_int(STR("9223372036854775807"), &v) && v == INT64_MAX);
    assert_true(str_int(STR("-9223372036854775808"), &v) && v == INT64_MIN);
    assert_true(str_int(STR("-0"), &v) && v == 0);
    assert_true(str_int(STR("007"), &v) && v == 7);
    assert_false(str_int(STR("9223372036854775808"), &v));
    assert_false(str_int(STR("-9223372036854775809"), &v));
    assert_false(str_int(STR("99999999999999999999999"), &v));
    assert_int_equal(v, 7);
}

static void numbers_refuse_everything_else(void **state)
{
    (void)state;
    int64_t v;
    const str wrong[] = {STR_NONE, STR(""), STR("-"), STR("+1"), STR(" 1"), STR("1 "), STR("1.0"), STR("--1"), STR("0x1"),
                         STR("1\0")};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_false(str_int(wrong[i], &v));
}

static void the_hash_is_fnv_1a(void **state)
{
    (void)state;
    assert_true(str_hash(STR_NONE) == UINT64_C(0xcbf29ce484222325));
    assert_true(str_hash(STR("a")) == UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(str_hash(STR("foobar")) == UINT64_C(0x85944171f73967e8));
}

static void the_case_of_ascii_letters_may_not_matter(void **state)
{
    (void)state;
    assert_true(str_eq_any_case(STR("Gzip"), STR("gZIP")));
    assert_true(str_eq_any_case(STR(""), STR_NONE));
    assert_false(str_eq_any_case(STR("gzip"), STR("gzip ")));
    assert_false(str_eq_any_case(STR("@["), STR("`{"))); /* as far from each other as a from A */
    assert_false(str_eq_any_case(STR("\xC3\x84"), STR("\xC3\xA4")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(absent_is_not_empty_but_equals_it),
        TEST(equality_counts_every_byte),
        TEST(the_case_of_ascii_letters_may_not_matter),
        TEST(a_prefix_sorts_first),
        TEST(high_bytes_sort_last),
        TEST(starts_and_ends_accept_the_whole_and_nothing),
        TEST(find_gives_the_length_when_there_is_none),
        TEST(trim_takes_white_space_at_both_ends_only),
        TEST(skip_and_take_stop_at_the_end),
        TEST(cut_visits_every_piece_empty_ones_included),
        TEST(cut_finds_one_piece_in_an_empty_string),
        TEST(numbers_reach_both_ends_of_the_range),
        TEST(numbers_refuse_everything_else),
        TEST(the_hash_is_fnv_1a),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
