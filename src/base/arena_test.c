/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include "base/arena.h"

#include <stdalign.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_arena(void **state)
{
    *state = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    arena_close(*state);
    return 0;
}

static bool all_zero(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i]) return false;
    return true;
}

static void memory_is_zeroed_and_aligned(void **state)
{
    for (size_t size = 1; size < 200; size++) {
        unsigned char *p = arena_alloc(*state, size);
        assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
        assert_true(all_zero(p, size));
        memset(p, 0xAA, size);
    }
}

static void memory_is_zero_again_after_a_reset(void **state)
{
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 100; i++) {
            unsigned char *p = arena_alloc(*state, 1000);
            assert_true(all_zero(p, 1000));
            memset(p, 0xAA, 1000);
        }
        arena_reset(*state);
    }
}

static void a_reset_gives_the_first_place_again(void **state)
{
    void *first = arena_alloc(*state, 8);
    arena_alloc(*state, 100000);
    arena_reset(*state);
    assert_ptr_equal(arena_alloc(*state, 8), first);
}

static void pieces_do_not_overlap_across_blocks(void **state)
{
    enum { N = 500 };
    unsigned char *pieces[N];
    for (int i = 0; i < N; i++) {
        pieces[i] = arena_alloc(*state, 333);
        memset(pieces[i], i & 0xFF, 333);
    }
    for (int i = 0; i < N; i++)
        for (int j = 0; j < 333; j++) assert_int_equal(pieces[i][j], i & 0xFF);
}

static void a_piece_may_be_larger_than_any_block(void **state)
{
    unsigned char *p = arena_alloc(*state, (size_t)5 << 20);
    p[((size_t)5 << 20) - 1] = 1;
    assert_true(all_zero(p, 1000));
}

static void no_bytes_have_an_address_of_their_own(void **state)
{
    void *a = arena_alloc(*state, 0), *b = arena_alloc(*state, 0);
    assert_non_null(a);
    assert_ptr_not_equal(a, b);
}

static void copies_keep_absence_and_nul_bytes(void **state)
{
    assert_absent(arena_str(*state, STR_NONE));
    assert_str(arena_str(*state, STR("")), STR(""));
    assert_str(arena_str(*state, STR("a\0b")), STR("a\0b"));
    assert_string_equal(arena_cstr(*state, STR("abc")), "abc");
    assert_string_equal(arena_cstr(*state, STR_NONE), "");
}

static void printf_prints_the_whole(void **state)
{
    assert_str(arena_printf(*state, "%s", ""), STR(""));
    str s = arena_printf(*state, "%d%50000s", 7, "x");
    assert_int_equal(s.len, 50001);
    assert_int_equal(s.ptr[0], '7');
    assert_int_equal(s.ptr[50000], 'x');
}

static void used_counts_what_was_asked_for(void **state)
{
    assert_int_equal(arena_used(*state), 0);
    arena_alloc(*state, 3);
    ARENA_ARRAY(*state, int64_t, 4);
    assert_int_equal(arena_used(*state), 35);
    arena_reset(*state);
    assert_int_equal(arena_used(*state), 0);
}

/* How a child ends that does this. */
static int signal_of(void (*act)(arena *), arena *a)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(STDERR_FILENO);
        act(a);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void ask_for_too_many(arena *a) { arena_array(a, SIZE_MAX / 8 + 2, 8); }
static void ask_for_too_much(arena *a) { arena_alloc(a, SIZE_MAX - 8); }

static void a_size_that_overflows_aborts(void **state)
{
    assert_int_equal(signal_of(ask_for_too_many, *state), SIGABRT);
    assert_int_equal(signal_of(ask_for_too_much, *state), SIGABRT);
}

static void closing_nothing_is_fine(void **state)
{
    (void)state;
    arena_close(NULL);
}

#define WITH_ARENA(function) cmocka_unit_test_setup_teardown(function, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(memory_is_zeroed_and_aligned),
        WITH_ARENA(memory_is_zero_again_after_a_reset),
        WITH_ARENA(a_reset_gives_the_first_place_again),
        WITH_ARENA(pieces_do_not_overlap_across_blocks),
        WITH_ARENA(a_piece_may_be_larger_than_any_block),
        WITH_ARENA(no_bytes_have_an_address_of_their_own),
        WITH_ARENA(copies_keep_absence_and_nul_bytes),
        WITH_ARENA(printf_prints_the_whole),
        WITH_ARENA(used_counts_what_was_asked_for),
        WITH_ARENA(a_size_that_overflows_aborts),
        TEST(closing_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
