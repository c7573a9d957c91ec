/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include "base/html.h"

static void local_addresses_pass(void **state)
{
    (void)state;
    const str fine[] = {STR("/"), STR("/wall/5?before=7#p"), STR("/a//b"), STR("/\u0416"), STR("/%2F")};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) assert_str(url_local(fine[i]).s, fine[i]);
}

static void whatever_a_browser_reads_as_elsewhere_becomes_the_front_page(void **state)
{
    (void)state;
    const str bad[] = {STR_NONE,        STR(""),          STR("//evil.example"), STR("/\\evil.example"), STR("\\/evil"),
                       STR("wall"),     STR("https://x"), STR("javascript:x"),   STR("/\t/evil"),        STR("/a\r\nSet-Cookie: x"),
                       STR("/a\0b"),    STR("/a\x7F"),    STR(" /a"),            STR("/a\\b")};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_str(url_local(bad[i]).s, STR("/"));
}

static void an_address_longer_than_any_of_ours_becomes_the_front_page(void **state)
{
    (void)state;
    char longest[URL_LOCAL_MAX + 1];
    memset(longest, 'a', sizeof longest);
    longest[0] = '/';
    assert_int_equal(url_local((str){longest, URL_LOCAL_MAX}).s.len, URL_LOCAL_MAX);
    assert_str(url_local((str){longest, URL_LOCAL_MAX + 1}).s, STR("/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(local_addresses_pass),
        TEST(whatever_a_browser_reads_as_elsewhere_becomes_the_front_page),
        TEST(an_address_longer_than_any_of_ours_becomes_the_front_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
