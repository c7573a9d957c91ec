/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"
#include "base/testing_arena.h"

#include "http/forms.h"

static form parsed(str body)
{
    form f;
    assert_int_equal(form_parse(a, body, &f), OK);
    return f;
}

static void assert_refused(str body, rc_code why)
{
    form f;
    assert_int_equal(form_parse(a, body, &f), why);
    assert_int_equal(f.count, 0);
}

/* "x" n times, between two other texts. */
static str padded(const char *before, int n, const char *after)
{
    str s = arena_printf(a, "%s%*s%s", before, n, "", after);
    char *p = arena_cstr(a, s);
    memset(p + strlen(before), 'x', (size_t)n);
    return (str){p, s.len};
}

static void an_empty_body_has_no_fields(void **state)
{
    (void)state;
    assert_int_equal(parsed(STR_NONE).count, 0);
    assert_int_equal(parsed(STR("")).count, 0);
    assert_int_equal(parsed(STR("&&&")).count, 0);
}

static void escapes_and_pluses_are_decoded_in_names_and_values(void **state)
{
    (void)state;
    form f = parsed(STR("first+n%61me=%D0%96%2B+b%3d&x=a=b"));
    assert_int_equal(f.count, 2);
    assert_str(form_get(&f, STR("first name")), STR("Ж+ b="));
    assert_str(form_get(&f, STR("x")), STR("a=b"));
}

static void missing_is_absent_and_empty_is_empty(void **state)
{
    (void)state;
    form f = parsed(STR("a=&b&=c"));
    assert_int_equal(f.count, 3);
    assert_str(form_get(&f, STR("a")), STR(""));
    assert_str(form_get(&f, STR("b")), STR(""));
    assert_str(form_get(&f, STR("")), STR("c"));
    assert_absent(form_get(&f, STR("c")));
    assert_absent(form_get(&(form){0}, STR("a")));
}

static void repeated_names_keep_their_order(void **state)
{
    (void)state;
    form f = parsed(STR("to=1&x=9&to=2&to="));
    size_t at = 0;
    assert_str(form_get(&f, STR("to")), STR("1"));
    assert_str(form_all(&f, STR("to"), &at), STR("1"));
    assert_str(form_all(&f, STR("to"), &at), STR("2"));
    assert_str(form_all(&f, STR("to"), &at), STR(""));
    assert_absent(form_all(&f, STR("to"), &at));
    assert_absent(form_all(&f, STR("to"), &at));
}

static void a_broken_escape_is_not_guessed(void **state)
{
    (void)state;
    const str broken[] = {STR("a=%"), STR("a=%4"), STR("a=%4g"), STR("a=%g4"), STR("%=a"), STR("a=%%41"), STR("a=%u0041"),
                          STR("a=1&b=%4&c=414"), STR("a=%+1")};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) assert_refused(broken[i], E_SYNTAX);
}

static void any_byte_may_be_a_value(void **state)
{
    (void)state;
    form f = parsed(STR("a=x%00y%FF"));
    assert_str(form_get(&f, STR("a")), STR("x\0y\xFF"));
}

static str fields(int n)
{
    char *body = arena_alloc(a, (size_t)n * 4);
    for (int i = 0; i < n; i++) memcpy(body + i * 4, "a=b&", 4);
    return (str){body, (size_t)n * 4};
}

static void there_are_1024_fields_and_no_more(void **state)
{
    (void)state;
    assert_int_equal(parsed(fields(FORM_FIELDS_MAX)).count, 1024);
    assert_refused(fields(1025), E_TOO_LARGE);
}

static void a_name_has_64_bytes_and_no_more(void **state)
{
    (void)state;
    assert_int_equal(parsed(padded("", 64, "=1")).fields[0].name.len, 64);
    assert_refused(padded("", 65, "=1"), E_TOO_LARGE);
    assert_int_equal(parsed(padded("%41", 63, "=1")).fields[0].name.len, 64); /* decoded */
    assert_refused(padded("%41", 64, "=1"), E_TOO_LARGE);
    assert_refused(padded("", 193, ""), E_TOO_LARGE);
}

static void numbers_fall_back(void **state)
{
    (void)state;
    form f = parsed(STR("n=-5&bad=5x&empty=&big=9223372036854775808&n=6"));
    assert_int_equal(form_int(&f, STR("n"), 1), -5);
    assert_int_equal(form_int(&f, STR("bad"), 1), 1);
    assert_int_equal(form_int(&f, STR("empty"), 1), 1);
    assert_int_equal(form_int(&f, STR("big"), 1), 1);
    assert_int_equal(form_int(&f, STR("none"), 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_body_has_no_fields),
        TEST(escapes_and_pluses_are_decoded_in_names_and_values),
        TEST(missing_is_absent_and_empty_is_empty),
        TEST(repeated_names_keep_their_order),
        TEST(a_broken_escape_is_not_guessed),
        TEST(any_byte_may_be_a_value),
        TEST(there_are_1024_fields_and_no_more),
        TEST(a_name_has_64_bytes_and_no_more),
        TEST(numbers_fall_back),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
