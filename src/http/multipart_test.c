/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include "base/out.h"
#include "http/multipart.h"

typedef struct heard {
    out all;
    bool refuse_files;
} heard;

static bool field(void *arg, str name, str value)
{
    out_printf(&((heard *)arg)->all, "[%.*s=%.*s]", STR_ARG(name), STR_ARG(value));
    return true;
}

static bool file_begin(void *arg, str name)
{
    heard *h = arg;
    out_printf(&h->all, "<%.*s:", STR_ARG(name));
    return !h->refuse_files;
}

static bool file_bytes(void *arg, str bytes)
{
    out_str(&((heard *)arg)->all, bytes);
    return true;
}

static bool file_end(void *arg)
{
    out_char(&((heard *)arg)->all, '>');
    return true;
}

static const multipart_events events = {field, file_begin, file_bytes, file_end};

#define PART(disposition, value) "--b\r\nContent-Disposition: " disposition "\r\n\r\n" value "\r\n"

/* Fed in pieces of each length up to 9: what is heard must not depend on it. */
static void expect(str body, multipart_state state, const char *said)
{
    for (size_t piece = 1; piece < 10; piece++) {
        arena *a = arena_open();
        heard h = {.refuse_files = false};
        out_init(&h.all, 1 << 20);
        multipart *m = multipart_open(a, STR("b"), &events, &h);
        multipart_state got = MULTIPART_MORE;
        for (str rest = body; rest.len; rest = str_skip(rest, piece)) got = multipart_feed(m, str_take(rest, piece));
        assert_int_equal(got, state);
        if (said) assert_str(out_get(&h.all), str_of(said));
        out_drop(&h.all);
        arena_close(a);
    }
}

static void fields_and_files_come_in_their_order(void **state)
{
    (void)state;
    expect(STR(PART("form-data; name=\"once\"", "t") PART("form-data; name=\"p\"; filename=\"../../etc\"", "\xFF\xD8") PART("form-data; name=e", "") "--b--\r\n"),
           MULTIPART_END, "[once=t]<p:\xFF\xD8>[e=]");
    expect(STR("--b--"), MULTIPART_END, "");
}

static void what_looks_like_a_boundary_and_is_none_is_data(void **state)
{
    (void)state;
    expect(STR(PART("form-data; name=a; filename=x", "1\r\n--c\r\r\n-\r\n--\r\n2") "--b--"), MULTIPART_END, "<a:1\r\n--c\r\r\n-\r\n--\r\n2>");
    expect(STR(PART("form-data; name=a", "--b") "--b--"), MULTIPART_END, "[a=--b]");
}

static void what_does_not_end_has_not_ended(void **state)
{
    (void)state;
    expect(STR(PART("form-data; name=a", "1")), MULTIPART_MORE, NULL);
    expect(STR("nothing of the kind"), MULTIPART_MORE, "");
}

static void parts_without_a_name_or_of_another_kind_are_refused(void **state)
{
    (void)state;
    expect(STR(PART("form-data", "1") "--b--"), MULTIPART_BAD, "");
    expect(STR(PART("attachment; name=a", "1") "--b--"), MULTIPART_BAD, "");
    expect(STR("--b\r\nX: y\r\n\r\n1\r\n--b--"), MULTIPART_BAD, "");
    expect(STR("--b+\r\n"), MULTIPART_BAD, "");
}

static void limits_hold_at_their_number_and_not_one_later(void **state)
{
    (void)state;
    for (size_t over = 0; over < 2; over++) {
        arena *a = arena_open();
        heard h = {.refuse_files = false};
        out_init(&h.all, 4 << 20);
        out body;
        out_init(&body, 4 << 20);
        OUT_LIT(&body, "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n");
        for (size_t i = 0; i < MULTIPART_FIELD_MAX + over; i++) out_char(&body, 'x');
        OUT_LIT(&body, "\r\n--b--");
        assert_int_equal(multipart_feed(multipart_open(a, STR("b"), &events, &h), out_get(&body)), over ? MULTIPART_LARGE : MULTIPART_END);
        out_reset(&body);
        for (size_t i = 0; i < MULTIPART_PARTS_MAX + over; i++) OUT_LIT(&body, "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n");
        OUT_LIT(&body, "--b--");
        assert_int_equal(multipart_feed(multipart_open(a, STR("b"), &events, &h), out_get(&body)), over ? MULTIPART_LARGE : MULTIPART_END);
        out_drop(&body);
        out_drop(&h.all);
        arena_close(a);
    }
}

static void whoever_listens_can_stop_it(void **state)
{
    (void)state;
    arena *a = arena_open();
    heard h = {.refuse_files = true};
    out_init(&h.all, 1 << 16);
    multipart *m = multipart_open(a, STR("b"), &events, &h);
    assert_int_equal(multipart_feed(m, STR(PART("form-data; name=a; filename=x", "never heard"))), MULTIPART_STOPPED);
    assert_int_equal(multipart_feed(m, STR("--b--")), MULTIPART_STOPPED);
    assert_str(out_get(&h.all), STR("<a:"));
    out_drop(&h.all);
    arena_close(a);
}

static void boundaries_are_those_of_the_standard(void **state)
{
    (void)state;
    assert_str(multipart_boundary(STR("multipart/form-data; boundary=abc")), STR("abc"));
    assert_str(multipart_boundary(STR("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"; x")).ptr ? STR("taken") : STR("refused"), STR("refused"));
    assert_str(multipart_boundary(STR("multipart/form-data; boundary=\"----x'()\"")), STR("----x'()"));
    assert_absent(multipart_boundary(STR("multipart/form-data")));
    assert_absent(multipart_boundary(STR("multipart/form-data; boundary=")));
    assert_absent(multipart_boundary(STR("multipart/mixed; boundary=a")));
    assert_absent(multipart_boundary(STR_NONE));
    char longest[] = "multipart/form-data; boundary=0123456789012345678901234567890123456789012345678901234567890123456789x";
    assert_absent(multipart_boundary(str_of(longest)));
    longest[sizeof longest - 2] = '\0';
    assert_int_equal(multipart_boundary(str_of(longest)).len, MULTIPART_BOUNDARY_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fields_and_files_come_in_their_order), TEST(what_looks_like_a_boundary_and_is_none_is_data), TEST(what_does_not_end_has_not_ended),
        TEST(parts_without_a_name_or_of_another_kind_are_refused), TEST(limits_hold_at_their_number_and_not_one_later),
        TEST(whoever_listens_can_stop_it), TEST(boundaries_are_those_of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
