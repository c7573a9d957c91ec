/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Random numbers that are the same in every run (SplitMix64): for made-up worlds, never for secrets. */
#ifndef VECHE_DEMO_DICE_H
#define VECHE_DEMO_DICE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct demo_dice { uint64_t state; } demo_dice;

static inline uint64_t dice_roll(demo_dice *d)
{
    uint64_t z = (d->state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* 0 … below - 1; 0 for nothing to choose from. */
static inline size_t dice_pick(demo_dice *d, size_t below)
{
    return below ? (size_t)(((dice_roll(d) >> 32) * (uint64_t)below) >> 32) : 0;
}

/* 0 … 1, never 0 itself. */
static inline double dice_unit(demo_dice *d)
{
    return ((double)(dice_roll(d) >> 11) + 1) * 0x1p-53;
}

static inline bool dice_chance(demo_dice *d, double p) { return dice_unit(d) <= p; }

/* N(0, 1), by Box and Muller. */
static inline double dice_normal(demo_dice *d)
{
    double r = sqrt(-2 * log(dice_unit(d)));
    return r * cos(6.283185307179586 * dice_unit(d));
}

/* exp(ln median + sigma · N(0, 1)), cut to [least, most]. */
static inline double dice_log_normal(demo_dice *d, double median, double sigma, double least, double most)
{
    double v = median * exp(sigma * dice_normal(d));
    return v < least ? least : v > most ? most : v;
}

#endif
