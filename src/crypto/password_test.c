/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include <time.h>

#include "crypto/password.h"

static arena *a;
static str stored; /* hashed once: it takes its time */

static int open_arena(void **state)
{
    (void)state;
    a = arena_open();
    return password_hash(a, STR("correct horse"), &stored) == OK ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(a);
    return 0;
}

static void the_stored_text_names_its_parameters(void **state)
{
    (void)state;
    assert_true(str_starts(stored, STR("$argon2id$v=19$m=65536,t=3,p=1$")));
    assert_false(password_outdated(stored));
}

static void the_same_password_is_salted_differently(void **state)
{
    (void)state;
    str again;
    assert_int_equal(password_hash(a, STR("correct horse"), &again), OK);
    assert_false(str_eq(stored, again));
}

static void only_the_password_itself_opens(void **state)
{
    (void)state;
    assert_true(password_verify(stored, STR("correct horse")));
    assert_false(password_verify(stored, STR("correct horse ")));
    assert_false(password_verify(stored, STR("correct hors")));
    assert_false(password_verify(stored, STR("Correct horse")));
    assert_false(password_verify(stored, STR("correct horse\0")));
    assert_false(password_verify(stored, STR("")));
    assert_false(password_verify(stored, STR_NONE));
}

static void lengths_have_bounds(void **state)
{
    (void)state;
    static char longest[PASSWORD_MAX_BYTES + 1];
    memset(longest, 'x', sizeof longest);
    str hash = STR("untouched");
    assert_int_equal(password_hash(a, STR(""), &hash), E_INVALID);
    assert_int_equal(password_hash(a, STR_NONE, &hash), E_INVALID);
    assert_int_equal(password_hash(a, (str){longest, PASSWORD_MAX_BYTES + 1}, &hash), E_INVALID);
    assert_str(hash, STR("untouched"));
    assert_int_equal(password_hash(a, (str){longest, PASSWORD_MAX_BYTES}, &hash), OK);
    assert_true(password_verify(hash, (str){longest, PASSWORD_MAX_BYTES}));
    assert_false(password_verify(hash, (str){longest, PASSWORD_MAX_BYTES + 1}));
}

static void garbage_opens_to_nobody(void **state)
{
    (void)state;
    char long_text[300];
    memset(long_text, '$', sizeof long_text);
    assert_false(password_verify(STR(""), STR("x")));
    assert_false(password_verify(STR("plain"), STR("plain")));
    assert_false(password_verify((str){long_text, sizeof long_text}, STR("x")));
    assert_false(password_verify(str_take(stored, stored.len - 1), STR("correct horse")));
}

/* Of this thread alone: other programs that want the processor do not lengthen it. */
static int64_t work_us(str hash)
{
    struct timespec from, to;
    assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from), 0);
    assert_false(password_verify(hash, STR("wrong")));
    assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to), 0);
    return (to.tv_sec - from.tv_sec) * INT64_C(1000000) + (to.tv_nsec - from.tv_nsec) / 1000;
}

/* Coarse, and in turns, since machines that run tests are noisy; what it must notice is a dummy that is not worked on at all. */
static void an_unknown_name_takes_as_long_as_a_wrong_password(void **state)
{
    (void)state;
    int64_t wrong = INT64_MAX, unknown = INT64_MAX;
    for (int i = 0; i < 5; i++) {
        int64_t w = work_us(stored), u = work_us(STR_NONE);
        if (w < wrong) wrong = w;
        if (u < unknown) unknown = u;
    }
    assert_true(unknown > wrong / 2 && unknown < wrong * 2);
}

static void other_parameters_are_outdated(void **state)
{
    (void)state;
    assert_true(password_outdated(STR("$argon2id$v=19$m=32768,t=3,p=1$bm9ib2R5IGlzIGhlcmUuLg$"
                                      "dGhlcmUgaXMgbm8gcGFzc3dvcmQgZm9yIG5vYm9keS4")));
    assert_false(password_outdated(STR_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_stored_text_names_its_parameters),
        TEST(the_same_password_is_salted_differently),
        TEST(only_the_password_itself_opens),
        TEST(lengths_have_bounds),
        TEST(garbage_opens_to_nobody),
        TEST(an_unknown_name_takes_as_long_as_a_wrong_password),
        TEST(other_parameters_are_outdated),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
