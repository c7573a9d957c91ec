/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include "base/testing_arena.h"
#include "http/address.h"

static void the_last_element_is_the_proxy_s_own(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"192.0.2.1", "192.0.2.1"},       {"10.0.0.1, 192.0.2.1", "192.0.2.1"}, {" 10.0.0.1 ,192.0.2.1 ", "192.0.2.1"},
        {"192.0.2.1:4711", "192.0.2.1"},  {"2001:db8::7", "2001:db8::7"},       {"[2001:db8::7]", "2001:db8::7"},
        {"[2001:db8::7]:80", "2001:db8::7"}, {"10.0.0.1,", ""},                 {"", ""},
        {"[", ""},                        {":", ""},                            {"unknown", "unknown"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_str(address_of_x_forwarded(str_of(cases[i][0])), str_of(cases[i][1]));
}

static void forwarded_names_its_parameters(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"for=192.0.2.1", "192.0.2.1"}, {"For=10.0.0.1, proto=https;FOR=192.0.2.1;by=x", "192.0.2.1"},
        {"for=\"[2001:db8::7]:4711\"", "2001:db8::7"}, {"for=\"192.0.2.1:80\" ; proto=http", "192.0.2.1"},
        {"proto=https", ""}, {"for=10.0.0.1, proto=https", ""}, {"for=", ""}, {"for=\"", "\""}, {"", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_str(address_of_forwarded(str_of(cases[i][0])), str_of(cases[i][1]));
}

static void who_shares_a_network_shares_a_key(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"192.0.2.1", "::ffff:192.0.2.1"}, {"192.0.2.1", "::FFFF:C000:201"}, {"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"},
        {"2001:DB8::1", "2001:0db8:0:0::9"}, {"unknown", "_hidden"}, {"", "1.2.3"}};
    static const char *const different[][2] = {
        {"192.0.2.1", "192.0.2.2"}, {"::ffff:192.0.2.1", "::ffff:192.0.2.2"}, {"2001:db8:1:2::1", "2001:db8:1:3::1"}, {"::1", "unknown"}};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) assert_str(address_key(a, str_of(same[i][0])), address_key(a, str_of(same[i][1])));
    for (size_t i = 0; i < sizeof different / sizeof *different; i++)
        assert_false(str_eq(address_key(a, str_of(different[i][0])), address_key(a, str_of(different[i][1]))));
    char longer[200];
    memset(longer, '1', sizeof longer);
    assert_str(address_key(a, (str){longer, sizeof longer}), STR("local"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(the_last_element_is_the_proxy_s_own), TEST(forwarded_names_its_parameters),
                                       TEST(who_shares_a_network_shares_a_key)};
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
