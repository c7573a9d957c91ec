/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How long the news take from warm memory: merge and judge, without hydration, rendering and HTTP.
 *
 *     news_bench [members] [rounds]        one million and 20,000 unless told
 *
 * The parts are hung straight into memory, without a database: every member has a card, doors and a ring of 20 posts at random
 * times; viewers follow random others all over memory, so that caches help as little as they do in life. */

#include "base/clock.h"
#include "base/log.h"
#include "graph/parts.h"
#include "graph/privacy.h"
#include "support/world.h"

#define VIEWERS 4096
#define POSTS 20
#define WANT 20

static dice die_ = {99};

static void hang_person(ctx *c, int64_t num)
{
    person_part *p = part_new(c, sizeof *p + 24);
    memcpy(p->text, "member..Given...Family..", 24);
    p->card = (member_card){.num = num, .role = ROLE_MEMBER};
    p->card.name = (str){p->text, 8};
    p->card.given = (str){p->text + 8, 8};
    p->card.family = (str){p->text + 16, 8};
    (void)part_keep(c, num, PART_PERSON, &p->head);
}

static void hang_doors(ctx *c, int64_t num)
{
    doors_part *p = part_new(c, sizeof *p + PRIVACY_ITEMS * sizeof(int64_t));
    p->circles = NULL;
    p->others = NULL;
    p->circles_len = 0;
    memcpy(p->settings, privacy_default, sizeof privacy_default);
    (void)part_keep(c, num, PART_DOORS, &p->head);
}

static void hang_ring(ctx *c, int64_t num)
{
    static const int64_t levels[] = {LEVEL_EVERYONE, LEVEL_MEMBERS, LEVEL_FRIENDS};
    ring_part *p = part_new(c, sizeof *p + POSTS * sizeof(ring_entry));
    int64_t at = INT64_C(600000000000) - (int64_t)dice_below(&die_, 100000000);
    p->len = POSTS;
    p->complete = true;
    for (uint32_t i = 0; i < POSTS; i++) {
        at -= (int64_t)dice_below(&die_, 400000000);
        p->items[i] = (ring_entry){at << 22 | bucket_of(num) << 10, levels[dice_below(&die_, 3)], 0, POSTS - i, 0, 0, 0, 0, 0, false};
    }
    (void)part_keep(c, num, PART_RING, &p->head);
}

static int by_other(const void *a, const void *b)
{
    const edge *x = a, *y = b;
    return (x->other > y->other) - (x->other < y->other);
}

static void hang_edges(ctx *c, int64_t num, size_t len, size_t members)
{
    edges_part *p = part_new(c, sizeof *p + len * sizeof(edge));
    for (size_t i = 0; i < len; i++)
        p->items[i] = (edge){(uint32_t)(1 + dice_below(&die_, members)), EDGE_OUT | (dice_below(&die_, 3) ? EDGE_FRIEND : 0)};
    qsort(p->items, len, sizeof *p->items, by_other);
    p->len = 0;
    for (size_t i = 0; i < len; i++) {
        edge e = p->items[i];
        if (e.other != num && (p->len == 0 || p->items[p->len - 1].other != e.other)) p->items[p->len++] = e;
    }
    (void)part_keep(c, num, PART_EDGES, &p->head);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(ctx *c, size_t sources, size_t members, size_t rounds)
{
    static int64_t viewers[VIEWERS];
    double *took = malloc(rounds * sizeof *took);
    size_t shown = 0, different = sources > 1000 ? 64 : VIEWERS;
    if (!took) die("out of memory");
    for (size_t i = 0; i < different; i++) {
        change moved = {.kind = CHANGE_EDGES, .a = viewers[i] = 1 + (int64_t)dice_below(&die_, members)};
        graph_publish(c->graph, &moved);
        c->epoch = UINT64_MAX;
        hang_edges(c, viewers[i], sources, members);
    }
    for (size_t i = 0; i < rounds; i++) {
        struct timespec from, to;
        news_page page;
        arena_reset(c->arena);
        c->viewer = (viewer){viewers[dice_below(&die_, different)], ROLE_MEMBER};
        (void)clock_gettime(CLOCK_MONOTONIC, &from);
        if (graph_news(c, INT64_MAX, WANT, &page) != OK) die("the news failed");
        (void)clock_gettime(CLOCK_MONOTONIC, &to);
        took[i] = (double)(to.tv_sec - from.tv_sec) * 1e6 + (double)(to.tv_nsec - from.tv_nsec) / 1e3;
        shown += page.len;
    }
    qsort(took, rounds, sizeof *took, by_value);
    printf("%6zu sources of %zu members: median %.1f µs, p90 %.1f, p99 %.1f (%.1f posts a page)\n", sources, members,
           took[rounds / 2], took[rounds * 9 / 10], took[rounds * 99 / 100], (double)shown / (double)rounds);
    free(took);
}

int main(int argc, char **argv)
{
    int64_t members = 1000000, rounds = 20000;
    if (argc > 1 && !str_int(str_of(argv[1]), &members)) return 2;
    if (argc > 2 && !str_int(str_of(argv[2]), &rounds)) return 2;
    if (members < 100 || rounds < 100) return 2;
    graph *g = graph_open(SIZE_MAX / 2);
    graph_reader *r = graph_reader_open(g);
    ctx c = {.arena = arena_open(), .graph = g, .epoch = graph_enter(r)};
    int64_t *order = malloc((size_t)members * sizeof *order);
    if (!order) die("out of memory");
    /* In random order, as fills come: neighbours by number are strangers in memory. */
    for (int64_t i = 0; i < members; i++) {
        size_t at = dice_below(&die_, (size_t)i + 1);
        order[i] = order[at];
        order[at] = i + 1;
    }
    for (int64_t i = 0; i < members; i++) {
        hang_person(&c, order[i]);
        hang_doors(&c, order[i]);
        hang_ring(&c, order[i]);
    }
    free(order);
    static const size_t sources[] = {20, 99, 189, 1400, 10000};
    for (size_t i = 0; i < 5; i++)
        if (sources[i] * 2 < (size_t)members) measure(&c, sources[i], (size_t)members, (size_t)rounds / (sources[i] > 1000 ? 10 : 1));
    graph_stats s = graph_stats_get(g);
    printf("%.0f bytes a member\n", (double)s.bytes / (double)members);
    graph_leave(r);
    graph_reader_close(r);
    graph_close(g);
    arena_close(c.arena);
    return 0;
}
