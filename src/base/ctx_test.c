/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include "base/ctx.h"

static rc refuse(ctx *c, const char *why) { return fail(c, E_DENIED, (msg){.key = L_NONE, .n = 3}, "because %s", why); }

static void a_failure_keeps_place_detail_and_sentence(void **state)
{
    (void)state;
    ctx c = {.arena = arena_open()};
    assert_int_equal(refuse(&c, "of that"), E_DENIED);
    assert_int_equal(c.err.code, E_DENIED);
    assert_non_null(strstr(c.err.file, "ctx_test.c"));
    assert_int_equal(c.err.line, 6);
    assert_str(c.err.detail, STR("because of that"));
    assert_int_equal(c.err.sentence.n, 3);
    arena_close(c.arena);
}

static void the_last_failure_counts(void **state)
{
    (void)state;
    ctx c = {.arena = arena_open()};
    assert_int_equal(refuse(&c, "first"), E_DENIED);
    assert_int_equal(fail(&c, E_BUSY, MSG(L_NONE), "%s", ""), E_BUSY);
    assert_int_equal(c.err.code, E_BUSY);
    assert_str(c.err.detail, STR(""));
    arena_close(c.arena);
}

static void a_long_detail_is_cut(void **state)
{
    (void)state;
    ctx c = {.arena = arena_open()};
    assert_int_equal(fail(&c, E_BUSY, MSG(L_NONE), "%5000d", 1), E_BUSY);
    assert_int_equal(c.err.detail.len, 511);
    arena_close(c.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_failure_keeps_place_detail_and_sentence),
        TEST(the_last_failure_counts),
        TEST(a_long_detail_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
