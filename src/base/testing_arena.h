/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* For X_test.c files only, behind base/testing.h: one arena `a` for the whole group of tests. */
#ifndef VECHE_TESTING_ARENA_H
#define VECHE_TESTING_ARENA_H

#include "base/arena.h"

static arena *a;

static int open_arena(void **state)
{
    (void)state;
    a = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(a);
    return 0;
}

#endif
