/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include "base/out.h"

#include "base/html.h"
static int open_out(void **state)
{
    static out o;
    out_init(&o, 100000);
    *state = &o;
    return 0;
}

static int drop_out(void **state)
{
    out_drop(*state);
    return 0;
}

/* What has been written since the last look. */
static void assert_written(out *o, str expected)
{
    assert_false(o->failed);
    assert_str(out_get(o), expected);
    out_reset(o);
}

static void nothing_written_is_empty_not_absent(void **state) { assert_written(*state, STR("")); }

static void pieces_follow_each_other(void **state)
{
    out *o = *state;
    OUT_LIT(o, "a");
    out_str(o, STR("b\0c"));
    out_str(o, STR_NONE);
    out_char(o, 'd');
    out_printf(o, "%d-%s", 5, "e");
    memcpy(out_space(o, 2), "fg", 2);
    assert_written(o, STR("ab\0cd5-efg"));
}

static void numbers_reach_both_ends_of_the_range(void **state)
{
    out *o = *state;
    out_int(o, INT64_MIN);
    out_char(o, ' ');
    out_int(o, 0);
    out_char(o, ' ');
    out_int(o, INT64_MAX);
    out_char(o, ' ');
    out_uint(o, UINT64_MAX);
    assert_written(o, STR("-9223372036854775808 0 9223372036854775807 18446744073709551615"));
}

static void long_printf_is_whole(void **state)
{
    out *o = *state;
    out_printf(o, "%5000d", 1);
    assert_int_equal(out_get(o).len, 5000);
}

static void the_limit_itself_fits_and_one_more_byte_fails(void **state)
{
    (void)state;
    out o;
    out_init(&o, 10);
    out_str(&o, STR("0123456789"));
    assert_false(o.failed);
    out_char(&o, 'x');
    assert_true(o.failed);
    assert_str(out_get(&o), STR("0123456789"));
    out_drop(&o);
}

static void printf_may_fill_the_limit(void **state)
{
    (void)state;
    out o;
    out_init(&o, 300);
    out_printf(&o, "%300d", 1);
    assert_false(o.failed);
    assert_int_equal(o.len, 300);
    out_drop(&o);
}

static void failure_sticks_until_the_reset(void **state)
{
    (void)state;
    out o;
    out_init(&o, 4);
    out_str(&o, STR("12345"));
    assert_true(o.failed);
    out_char(&o, 'x'); /* would fit, but the page is broken already */
    assert_int_equal(out_get(&o).len, 0);
    assert_null(out_space(&o, 1));
    out_reset(&o);
    out_str(&o, STR("1234"));
    assert_false(o.failed);
    out_drop(&o);
}

static void a_huge_size_fails_instead_of_wrapping(void **state)
{
    out *o = *state;
    out_char(o, 'x');
    assert_null(out_space(o, SIZE_MAX));
    assert_true(o->failed);
}

static void no_space_is_a_place_too(void **state)
{
    out *o = *state;
    assert_non_null(out_space(o, 0));
    assert_written(o, STR(""));
}

static void a_reset_keeps_small_memory_and_frees_large(void **state)
{
    (void)state;
    out o;
    out_init(&o, OUT_LIMIT_PAGE);
    assert_non_null(out_space(&o, 1 << 20));
    out_reset(&o);
    assert_non_null(o.ptr);
    assert_non_null(out_space(&o, (1 << 20) + 1));
    out_reset(&o);
    assert_null(o.ptr);
    out_drop(&o);
}

static void a_reset_wipes(void **state)
{
    out *o = *state;
    out_str(o, STR("secret"));
    out_reset(o);
    for (int i = 0; i < 6; i++) assert_int_equal(o->ptr[i], 0);
}

static void five_bytes_are_escaped_for_html(void **state)
{
    out *o = *state;
    out_escape(o, STR("<a href=\"x\">'&amp;</a>"));
    assert_written(o, STR("&lt;a href=&quot;x&quot;&gt;&#39;&amp;amp;&lt;/a&gt;"));
    out_escape(o, STR("<"));
    out_escape(o, STR(""));
    out_escape(o, STR_NONE);
    out_escape(o, STR("жук"));
    assert_written(o, STR("&lt;жук"));
}

static void every_other_byte_passes_html_untouched(void **state)
{
    out *o = *state;
    for (int c = 0; c < 256; c++) {
        if (c && strchr("&<>\"'", c)) continue;
        char byte = (char)c;
        out_escape(o, (str){&byte, 1});
        assert_written(o, (str){&byte, 1});
    }
}

/* The scan looks at eight bytes at once: a special byte is found at every place among neighbours that look like one. */
static void html_is_escaped_at_every_place(void **state)
{
    out *o = *state;
    const char *special = "&<>\"'", *look_alike = "#%=;? :\xA6\xBC\x7E";
    for (const char *c = special; *c; c++)
        for (const char *n = look_alike; *n; n++)
            for (size_t len = 1; len <= 20; len++)
                for (size_t at = 0; at < len; at++) {
                    char text[20];
                    memset(text, *n, len);
                    text[at] = *c;
                    out_str(o, (str){text, at});
                    out_escape(o, (str){c, 1});
                    out_str(o, (str){text + at + 1, len - at - 1});
                    char expected[32];
                    size_t expected_len = out_get(o).len;
                    memcpy(expected, out_get(o).ptr, expected_len);
                    out_reset(o);
                    out_escape(o, (str){text, len});
                    assert_written(o, (str){expected, expected_len});
                }
}

static void only_unreserved_bytes_pass_percent(void **state)
{
    out *o = *state;
    out_percent(o, STR("aZ09-._~ /%?&=+#\0\xC3\xA9"));
    assert_written(o, STR("aZ09-._~%20%2F%25%3F%26%3D%2B%23%00%C3%A9"));
}

static void json_escapes_controls_quotes_and_what_html_might_read(void **state)
{
    out *o = *state;
    out_json(o, STR("a\"\\\n\r\t\b\0\x1f</script>\u2028\u2029\u2030\x7F"));
    assert_written(o, STR("\"a\\\"\\\\\\n\\r\\t\\u0008\\u0000\\u001f\\u003c/script>\\u2028\\u2029\u2030\x7F\""));
    out_json(o, STR_NONE);
    out_json(o, STR("\xE2\x80")); /* not UTF-8; but nothing is read past the end */
    assert_written(o, STR("\"\"\"\xE2\x80\""));
}

static void the_type_chooses_the_escaping(void **state)
{
    out *o = *state;
    html raw = {STR("<b>")};
    PUT(o, STR("<"));
    PUT(o, raw);
    PUT(o, 1);
    PUT(o, 2u);
    PUT(o, INT64_MIN);
    PUT(o, UINT64_MAX);
    PUT_PART(o, STR("a b"));
    PUT_ATTR(o, STR("\""));
    put_url(o, (url){STR("/?a&b")});
    assert_written(o, STR("&lt;<b>12-922337203685477580818446744073709551615a%20b&quot;/?a&amp;b"));
}

#define WITH_OUT(function) cmocka_unit_test_setup_teardown(function, open_out, drop_out)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_OUT(nothing_written_is_empty_not_absent),
        WITH_OUT(pieces_follow_each_other),
        WITH_OUT(numbers_reach_both_ends_of_the_range),
        WITH_OUT(long_printf_is_whole),
        TEST(the_limit_itself_fits_and_one_more_byte_fails),
        TEST(printf_may_fill_the_limit),
        TEST(failure_sticks_until_the_reset),
        WITH_OUT(a_huge_size_fails_instead_of_wrapping),
        WITH_OUT(no_space_is_a_place_too),
        TEST(a_reset_keeps_small_memory_and_frees_large),
        WITH_OUT(a_reset_wipes),
        WITH_OUT(five_bytes_are_escaped_for_html),
        WITH_OUT(every_other_byte_passes_html_untouched),
        WITH_OUT(html_is_escaped_at_every_place),
        WITH_OUT(only_unreserved_bytes_pass_percent),
        WITH_OUT(json_escapes_controls_quotes_and_what_html_might_read),
        WITH_OUT(the_type_chooses_the_escaping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
