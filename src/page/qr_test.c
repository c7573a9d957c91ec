/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"
#include "base/testing_arena.h"

#include <stdio.h>
#include <string.h>

#include "page/qr.h"

#define SIDE_MAX 64

/* The path as a reader's camera would see it: '#' is dark. Returns the side. */
static int paint(qr q, char at[SIDE_MAX][SIDE_MAX])
{
    int side, other;
    assert_int_equal(sscanf(arena_cstr(a, q.box), "0 0 %d %d", &side, &other), 2);
    assert_true(side == other && side <= SIDE_MAX);
    memset(at, ' ', SIDE_MAX * SIDE_MAX);
    for (const char *p = arena_cstr(a, q.path); *p; p = strchr(p, 'z') + 1) {
        int x, y, run;
        assert_int_equal(sscanf(p, "M%d %dh%dv1", &x, &y, &run), 3);
        for (int i = 0; i < run; i++) at[y][x + i] = '#';
    }
    return side;
}

static void assert_finder(char at[SIDE_MAX][SIDE_MAX], int x, int y)
{
    static const char *const finder[] = {"#######", "#     #", "# ### #", "# ### #", "# ### #", "#     #", "#######"};
    for (int row = 0; row < 7; row++) assert_memory_equal(&at[y + row][x], finder[row], 7);
}

static void a_code_has_its_three_finders_and_a_quiet_border(void **state)
{
    (void)state;
    char at[SIDE_MAX][SIDE_MAX];
    int side = paint(qr_draw(a, STR("otpauth://totp/Veche:olga?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Veche")), at);
    assert_int_equal((side - 2 * QR_QUIET - 17) % 4, 0);
    assert_finder(at, QR_QUIET, QR_QUIET);
    assert_finder(at, side - QR_QUIET - 7, QR_QUIET);
    assert_finder(at, QR_QUIET, side - QR_QUIET - 7);
    for (int i = 0; i < side; i++)
        for (int border = 0; border < QR_QUIET; border++)
            assert_true(at[border][i] == ' ' && at[i][border] == ' ' && at[side - 1 - border][i] == ' ' && at[i][side - 1 - border] == ' ');
}

static void what_does_not_fit_is_absent(void **state)
{
    (void)state;
    char *text = arena_alloc(a, 3000);
    memset(text, 'x', 3000);
    assert_absent(qr_draw(a, (str){text, 3000}).path);
    assert_non_null(qr_draw(a, (str){text, 1000}).path.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(a_code_has_its_three_finders_and_a_quiet_border), TEST(what_does_not_fit_is_absent)};
    return cmocka_run_group_tests_name("QR codes", tests, open_arena, close_arena);
}
