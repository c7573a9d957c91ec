/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* For X_test.c files only, before every other header: cmocka with what it needs, and assertions about our own types. */
#ifndef VECHE_TESTING_H
#define VECHE_TESTING_H

#ifdef fail
#error "include base/testing.h first: cmocka and ctx.h both have a fail()"
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* cmocka's fail would be in the way of ctx.h's, and its fail_msg calls it. */
#undef fail
#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include "base/str.h"

#define TEST(function) cmocka_unit_test(function)

/* STR for bytes with a NUL among them, and for expected values: assert_str(got, STR("…")). */
#define assert_str(got, expected) assert_str_at((got), (expected), __FILE__, __LINE__)
#define assert_absent(s) assert_null((s).ptr)

static inline void assert_str_at(str got, str expected, const char *file, int line)
{
    if (got.ptr && str_eq(got, expected)) return;
    print_error("got \"%.*s\"%s, expected \"%.*s\"\n", STR_ARG(got), got.ptr ? "" : " (absent)", STR_ARG(expected));
    _fail(file, line);
}

#endif
