/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the parts of bench_world share; see world.c. */
#ifndef BENCHMARK_WORLD_H
#define BENCHMARK_WORLD_H

#include "app/demo_dice.h"
#include "app/demo_texts.h"
#include "db/db.h"

typedef struct text_pool {
    str *texts;
    size_t len;
} text_pool;

typedef struct world {
    const char *data;
    uint32_t members;
    uint64_t seed;
    db *db;
    arena *arena;         /* lives as long as the world */
    uint32_t *want;       /* friends that a member should have, by number - 1 */
    uint64_t *from;       /* where a member's friends begin in `friends`; one more at the end */
    uint32_t *friends;    /* numbers, sorted */
    uint32_t *have;
    uint32_t *posts;
    text_pool pool[LANG_COUNT][2];
    uint64_t rows;        /* in this phase */
    uint64_t all_rows, uncommitted;
    int64_t phase_us, began_us;
} world;

/* A dice of its own for each thing, so that no phase depends on how many numbers another one used. */
static inline demo_dice dice_for(const world *w, uint64_t what, uint64_t which)
{
    demo_dice d = {w->seed * UINT64_C(0x9E3779B97F4A7C15) ^ what << 56 ^ which};
    d.state = dice_roll(&d);
    return d;
}
enum { DICE_DEGREE = 1, DICE_HOOD, DICE_GLOBE, DICE_RANK, DICE_PERSON, DICE_WALL, DICE_SESSION, DICE_PICK };

/* n zeroed things of malloc; ends the program without memory. */
void *room(size_t n, size_t size);
/* Says how long the phase took, and how many rows a second it wrote. */
void phase_done(world *w, const char *what);
/* Fills want, from, friends and have. */
void make_friends(world *w);

#endif
