/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who is whose friend. Friendships are drawn as stubs (Bender and Canfield's model): every member puts so many ends into the pot
 * of the neighbourhood and into that of the world, the pots are shaken and ends are tied two by two. Loops and doubles fall out;
 * what a member then lacks goes into the world's pot again, twice. */
#include "base/log.h"
#include "world.h"

#define HOOD 1000

static void draw_degrees(world *w)
{
    demo_dice d = dice_for(w, DICE_DEGREE, 0);
    for (uint32_t i = 0; i < w->members; i++) {
        double most = w->members < 20000 ? w->members / 2.0 : 10000;
        w->want[i] = (uint32_t)floor(dice_log_normal(&d, 99, 1.14, 1, most));
    }
}

typedef struct pairs {
    uint32_t (*items)[2];
    size_t len, cap;
} pairs;

/* Shakes the pot and ties its ends. */
static void tie(pairs *p, uint32_t *pot, size_t len, demo_dice *d)
{
    for (size_t i = len; i > 1; i--) {
        size_t j = dice_pick(d, i);
        uint32_t kept = pot[i - 1];
        pot[i - 1] = pot[j];
        pot[j] = kept;
    }
    for (size_t i = 0; i + 1 < len; i += 2) {
        if (pot[i] == pot[i + 1]) continue;
        if (p->len == p->cap) {
            p->cap = p->cap ? p->cap * 2 : 1 << 20;
            p->items = realloc(p->items, p->cap * sizeof *p->items);
            if (!p->items) die("out of memory");
        }
        p->items[p->len][0] = pot[i];
        p->items[p->len++][1] = pot[i + 1];
    }
}

static void tie_hoods(world *w, pairs *p)
{
    uint32_t hoods = (w->members + HOOD - 1) / HOOD, size = w->members / hoods;
    uint32_t *pot = NULL;
    for (uint32_t h = 0; h < hoods; h++) {
        size_t len = 0;
        for (uint32_t i = h; i < w->members; i += hoods) len += w->want[i] * 2 / 3;
        pot = realloc(pot, (len + 1) * sizeof *pot);
        if (!pot) die("out of memory");
        len = 0;
        for (uint32_t i = h; i < w->members; i += hoods) {
            uint32_t ends = w->want[i] * 2 / 3;
            if (ends > size / 2) ends = size / 2; /* the rest of a celebrity's friends live elsewhere */
            for (uint32_t k = 0; k < ends; k++) pot[len++] = i;
        }
        demo_dice d = dice_for(w, DICE_HOOD, h);
        tie(p, pot, len, &d);
    }
    free(pot);
}

static void tie_globe(world *w, pairs *p, uint64_t turn)
{
    size_t len = 0;
    for (uint32_t i = 0; i < w->members; i++) len += w->want[i] > w->have[i] ? w->want[i] - w->have[i] : 0;
    uint32_t *pot = room(len, sizeof *pot);
    len = 0;
    for (uint32_t i = 0; i < w->members; i++)
        for (uint32_t k = w->have[i]; k < w->want[i]; k++) pot[len++] = i;
    demo_dice d = dice_for(w, DICE_GLOBE, turn);
    tie(p, pot, len, &d);
    free(pot);
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* From pairs to sorted rows without repeats: counts, places, sorts, squeezes. */
static void gather(world *w, const pairs *p)
{
    memset(w->from, 0, (w->members + 1) * sizeof *w->from);
    for (size_t k = 0; k < p->len; k++)
        for (int side = 0; side < 2; side++) w->from[p->items[k][side] + 1]++;
    for (uint32_t i = 0; i < w->members; i++) w->from[i + 1] += w->from[i];
    free(w->friends);
    w->friends = room(2 * p->len, sizeof *w->friends);
    memset(w->have, 0, w->members * sizeof *w->have);
    for (size_t k = 0; k < p->len; k++)
        for (int side = 0; side < 2; side++) {
            uint32_t i = p->items[k][side];
            w->friends[w->from[i] + w->have[i]++] = p->items[k][1 - side] + 1;
        }
    for (uint32_t i = 0; i < w->members; i++) {
        uint32_t *row = w->friends + w->from[i], kept = 0;
        qsort(row, w->have[i], sizeof *row, by_value);
        for (uint32_t k = 0; k < w->have[i]; k++)
            if (kept == 0 || row[kept - 1] != row[k]) row[kept++] = row[k];
        w->have[i] = kept;
    }
}

static void say_degrees(const world *w)
{
    uint32_t *sorted = room(w->members, sizeof *sorted);
    uint64_t sum = 0;
    memcpy(sorted, w->have, w->members * sizeof *sorted);
    qsort(sorted, w->members, sizeof *sorted, by_value);
    for (uint32_t i = 0; i < w->members; i++) sum += sorted[i];
    fprintf(stderr, "          friends: median %u, mean %.0f, p99 %u, most %u\n", sorted[w->members / 2],
            (double)sum / w->members, sorted[(size_t)w->members * 99 / 100], sorted[w->members - 1]);
    free(sorted);
}

void make_friends(world *w)
{
    pairs p = {0};
    draw_degrees(w);
    tie_hoods(w, &p);
    gather(w, &p);
    for (uint64_t turn = 0; turn < 3; turn++) {
        tie_globe(w, &p, turn);
        gather(w, &p);
    }
    free(p.items);
    phase_done(w, "friends");
    say_degrees(w);
}
