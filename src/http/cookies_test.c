/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"
#include "base/testing_arena.h"

#include "http/cookies.h"

static void a_cookie_is_found_among_others(void **state)
{
    (void)state;
    str header = STR("a=1; __Host-s=x-Y_z=; b=2");
    assert_str(cookie_find(header, STR("a")), STR("1"));
    assert_str(cookie_find(header, STR("__Host-s")), STR("x-Y_z="));
    assert_str(cookie_find(header, STR("b")), STR("2"));
    assert_absent(cookie_find(header, STR("c")));
}

static void a_name_is_matched_whole_and_with_its_case(void **state)
{
    (void)state;
    assert_absent(cookie_find(STR("abc=1; xab=2; AB=3"), STR("ab")));
    assert_absent(cookie_find(STR("x=ab=1"), STR("ab")));
    assert_absent(cookie_find(STR("ab"), STR("ab")));
    assert_absent(cookie_find(STR("=ab"), STR("ab")));
}

static void the_first_of_a_name_counts(void **state)
{
    (void)state;
    assert_str(cookie_find(STR("s=1; s=2"), STR("s")), STR("1"));
}

static void blanks_around_are_not_part_of_it(void **state)
{
    (void)state;
    assert_str(cookie_find(STR("a=1;\ts = 2 ;"), STR("s")), STR("2"));
    assert_str(cookie_find(STR("s="), STR("s")), STR(""));
}

static void nothing_is_found_in_nothing(void **state)
{
    (void)state;
    assert_absent(cookie_find(STR_NONE, STR("s")));
    assert_absent(cookie_find(STR(""), STR("s")));
    assert_absent(cookie_find(STR(";;;"), STR("s")));
}

static void a_value_with_foreign_bytes_is_none(void **state)
{
    (void)state;
    assert_absent(cookie_find(STR("s=\"x\""), STR("s")));
    assert_absent(cookie_find(STR("s=x y"), STR("s")));
    assert_absent(cookie_find(STR("s=x\\y"), STR("s")));
    assert_absent(cookie_find(STR("s=x\0y"), STR("s")));
    assert_absent(cookie_find(STR("s=ж; s=1"), STR("s")));
}

static void set_cookie_carries_our_attributes(void **state)
{
    (void)state;
    assert_str(cookie_write(a, STR("__Host-s"), STR("abc"), 60, true),
               STR("__Host-s=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"));
    assert_str(cookie_write(a, STR("s"), STR("abc"), 0, false), STR("s=abc; Path=/; HttpOnly; SameSite=Lax"));
    assert_str(cookie_write(a, STR("s"), STR(""), -1, false), STR("s=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"));
}

static void nothing_can_be_smuggled_into_set_cookie(void **state)
{
    (void)state;
    const str bad[] = {STR("x; Domain=evil"), STR("x\r\nSet-Cookie: y=z"), STR("x y"), STR("\"x\""), STR("x,y"), STR("x\0")};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_absent(cookie_write(a, STR("s"), bad[i], 0, true));
        assert_absent(cookie_write(a, bad[i], STR("v"), 0, true));
    }
    assert_absent(cookie_write(a, STR(""), STR("v"), 0, true));
    assert_absent(cookie_write(a, STR("s=t"), STR("v"), 0, true));
}

static void a_prefix_that_promises_secure_must_be_secure(void **state)
{
    (void)state;
    assert_absent(cookie_write(a, STR("__Host-s"), STR("v"), 0, false));
    assert_absent(cookie_write(a, STR("__Secure-s"), STR("v"), 0, false));
}

static void what_is_written_is_found_again(void **state)
{
    (void)state;
    str line = cookie_write(a, STR("__Host-s"), STR("a=b.%20~"), 5, true);
    assert_str(cookie_find(line, STR("__Host-s")), STR("a=b.%20~"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_cookie_is_found_among_others),
        TEST(a_name_is_matched_whole_and_with_its_case),
        TEST(the_first_of_a_name_counts),
        TEST(blanks_around_are_not_part_of_it),
        TEST(nothing_is_found_in_nothing),
        TEST(a_value_with_foreign_bytes_is_none),
        TEST(set_cookie_carries_our_attributes),
        TEST(nothing_can_be_smuggled_into_set_cookie),
        TEST(a_prefix_that_promises_secure_must_be_secure),
        TEST(what_is_written_is_found_again),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
