/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"
#include "base/testing_arena.h"

#include "http/path.h"

static void assert_path(str raw, str expected)
{
    str path = STR_NONE;
    assert_int_equal(path_check(a, raw, &path), OK);
    assert_str(path, expected);
}

static void assert_not_found(str raw)
{
    str path = STR("untouched");
    if (path_check(a, raw, &path) != E_NOT_FOUND) fail_msg("\"%.*s\" passes", STR_ARG(raw));
    assert_str(path, STR("untouched"));
}

static void plain_paths_pass(void **state)
{
    (void)state;
    assert_path(STR("/"), STR("/"));
    assert_path(STR("/wall/5"), STR("/wall/5"));
    assert_path(STR("/wall/"), STR("/wall/"));
    assert_path(STR("/style.1a2b.css"), STR("/style.1a2b.css"));
    assert_path(STR("/.well-known/x"), STR("/.well-known/x"));
    assert_path(STR("/a..b/...") , STR("/a..b/..."));
    assert_path(STR("/a+b:c@d"), STR("/a+b:c@d"));
}

static void escapes_are_decoded(void **state)
{
    (void)state;
    assert_path(STR("/%D0%b6%20%3f"), STR("/ж ?"));
    assert_path(STR("/ж"), STR("/ж"));
    assert_path(STR("/%61"), STR("/a"));
}

static void dot_segments_lead_nowhere(void **state)
{
    (void)state;
    const str bad[] = {STR("/.."), STR("/../etc/passwd"), STR("/a/../b"), STR("/a/.."), STR("/./a"), STR("/."), STR("/a/./"),
                       STR("/%2e%2e/a"), STR("/%2E"), STR("/.%2e/a"), STR("/a%2eb")};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_not_found(bad[i]);
}

static void separators_cannot_be_hidden(void **state)
{
    (void)state;
    const str bad[] = {STR("/a%2fb"), STR("/a%2Fb"), STR("/a%5cb"), STR("/a\\b"), STR("//a"), STR("/a//b"), STR("/a//"), STR("//")};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_not_found(bad[i]);
}

static void nothing_is_decoded_twice(void **state)
{
    (void)state;
    const str bad[] = {STR("/%252e%252e/"), STR("/%25"), STR("/100%25"), STR("/%252f")};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_not_found(bad[i]);
}

static void control_characters_lead_nowhere(void **state)
{
    (void)state;
    const str bad[] = {STR("/a%00"), STR("/a\0"), STR("/%0a"), STR("/%0D%0Ax"), STR("/\t"), STR("/%7f"), STR("/\x1F")};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_not_found(bad[i]);
}

static void broken_escapes_and_encodings_lead_nowhere(void **state)
{
    (void)state;
    const str bad[] = {STR("/%"), STR("/%4"), STR("/%4g"), STR("/%u0041"), STR("/%D0"), STR("/%C0%AE"), STR("/\xFF"),
                       STR("/%ED%A0%80"), STR("/%E0%80%AF")};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_not_found(bad[i]);
}

static void a_path_begins_with_a_slash(void **state)
{
    (void)state;
    const str bad[] = {STR_NONE, STR(""), STR("a"), STR("*"), STR("http://x/"), STR("%2fa"), STR(" /a")};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_not_found(bad[i]);
}

static void a_path_has_2048_bytes_and_no_more(void **state)
{
    (void)state;
    char raw[PATH_MAX_BYTES + 1];
    memset(raw, 'x', sizeof raw);
    raw[0] = '/';
    assert_path((str){raw, PATH_MAX_BYTES}, (str){raw, PATH_MAX_BYTES});
    assert_not_found((str){raw, PATH_MAX_BYTES + 1});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(plain_paths_pass),
        TEST(escapes_are_decoded),
        TEST(dot_segments_lead_nowhere),
        TEST(separators_cannot_be_hidden),
        TEST(nothing_is_decoded_twice),
        TEST(control_characters_lead_nowhere),
        TEST(broken_escapes_and_encodings_lead_nowhere),
        TEST(a_path_begins_with_a_slash),
        TEST(a_path_has_2048_bytes_and_no_more),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
