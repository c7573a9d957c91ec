/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who stands how to whom, and a wall owner's doors: privacy settings and circles.
 *
 * A relation is two half-edges, and a question is answered from the half of whoever asks: the viewer's list is warm, since
 * every question of a request looks into it, whereas the owners change from post to post.
 *
 *   edges of 5:  | 2 OUT·FRIEND | 9 OUT | 31 BLOCKED | …     sorted: one half is a binary search,
 *   edges of 9:  | 2 OUT·FRIEND | 5 …                        friends of both are one walk over two lists
 *
 * When one list is far longer than the other the walk leaps: from each entry of the short list it gallops (1, 2, 4, … steps,
 * then halving) through the long one.
 *
 * Inside an act single questions are single rows; only "a friend of a friend" reads both lists. */
#include <stdlib.h>
#include <string.h>

#include "graph.sql.h"
#include "graph/parts.h"
#include "graph/privacy.h"

#define PAGE 2048      /* rows of one read */
#define GALLOP_FROM 16 /* times longer */

static bool in_memory(const ctx *c) { return c->graph && !c->writing; }

/* ---- half-edges ---- */

/* A list that grows in the arena; what it outgrew stays behind until the request ends. */
typedef struct edge_heap { edge *items; size_t len, cap; } edge_heap;

static void edge_push(arena *a, edge_heap *h, edge e)
{
    if (h->len == h->cap) {
        size_t cap = h->cap ? h->cap * 2 : 256;
        edge *more = ARENA_ARRAY(a, edge, cap);
        if (h->len) memcpy(more, h->items, h->len * sizeof *more);
        h->items = more;
        h->cap = cap;
    }
    h->items[h->len++] = e;
}

/* No LIMIT over all pages: a list that ends early could miss a block, and a missed block opens a door. */
static rc edges_read(ctx *c, int64_t owner, edge_heap *out)
{
    graph_near_row_list rows = {.len = PAGE};
    for (int64_t after = 0; rows.len == PAGE; after = rows.len ? rows.items[rows.len - 1].other : after) {
        TRY(sql_graph_near(c->db, c->arena, bucket_of(owner), owner, after, PAGE, &rows));
        for (size_t i = 0; i < rows.len; i++)
            edge_push(c->arena, out, (edge){(uint32_t)rows.items[i].other, (uint32_t)rows.items[i].bits & EDGE_NEAR_MASK});
    }
    return OK;
}

rc edges_of(ctx *c, int64_t owner, const edges_part **out)
{
    part *there = part_get(c, owner, PART_EDGES);
    if (there) return *out = (const edges_part *)there, OK;
    edge_heap heap = {0};
    TRY(edges_read(c, owner, &heap));
    edges_part *p = part_new(c, sizeof *p + heap.len * sizeof(edge));
    p->len = heap.len;
    if (heap.len) memcpy(p->items, heap.items, heap.len * sizeof(edge));
    *out = (const edges_part *)part_keep(c, owner, PART_EDGES, &p->head);
    return OK;
}

/* The first entry at or behind `from` whose other is not below `num`. */
static size_t edge_from(const edges_part *e, size_t from, uint32_t num)
{
    size_t step = 1, low = from, high = from;
    while (high < e->len && e->items[high].other < num) {
        low = high + 1;
        high += step;
        step *= 2;
    }
    if (high > e->len) high = e->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (e->items[middle].other < num) low = middle + 1;
        else high = middle;
    }
    return low;
}

static unsigned edge_bits(const edges_part *e, int64_t other)
{
    size_t low = 0, high = e->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (e->items[middle].other < other) low = middle + 1;
        else high = middle;
    }
    return low < e->len && e->items[low].other == other ? e->items[low].bits : 0;
}

rc graph_edge(ctx *c, int64_t owner, int64_t other, unsigned *bits)
{
    *bits = 0;
    if (in_memory(c)) {
        const edges_part *e;
        TRY(edges_of(c, owner, &e));
        *bits = edge_bits(e, other);
        return OK;
    }
    graph_half_row row;
    rc found = sql_graph_half(c->db, c->arena, bucket_of(owner), owner, other, &row);
    if (found == OK) *bits = (unsigned)row.bits & EDGE_NEAR_MASK;
    return found == E_NOT_FOUND ? OK : found;
}

rc graph_edges(ctx *c, int64_t owner, edge_list *out)
{
    const edges_part *e;
    TRY(edges_of(c, owner, &e));
    *out = (edge_list){e->items, e->len};
    return OK;
}

/* ---- friends of both ---- */

/* The next friend of both, or false. at[0] and at[1] remember where the walk is. */
static bool next_mutual(const edges_part *lists[2], size_t at[2], bool leap, uint32_t *num)
{
    const edges_part *few = lists[0], *many = lists[1];
    for (; at[0] < few->len; at[0]++) {
        edge e = few->items[at[0]];
        if (!(e.bits & EDGE_FRIEND)) continue;
        if (leap) at[1] = edge_from(many, at[1], e.other);
        else while (at[1] < many->len && many->items[at[1]].other < e.other) at[1]++;
        if (at[1] == many->len) return false;
        edge f = many->items[at[1]];
        if (f.other != e.other || !(f.bits & EDGE_FRIEND)) continue;
        at[0]++;
        *num = e.other;
        return true;
    }
    return false;
}

/* The two lists with the shorter one first; true when the longer one is worth leaping through. */
static rc two_lists(ctx *c, int64_t a, int64_t b, const edges_part *lists[2], bool *leap)
{
    TRY(edges_of(c, a, &lists[0]));
    TRY(edges_of(c, b, &lists[1]));
    if (lists[0]->len > lists[1]->len) {
        const edges_part *longer = lists[0];
        lists[0] = lists[1];
        lists[1] = longer;
    }
    *leap = lists[1]->len / GALLOP_FROM > lists[0]->len;
    return OK;
}

rc graph_mutual(ctx *c, int64_t a, int64_t b, size_t most, int64_t *out, size_t *len, size_t *total)
{
    const edges_part *lists[2];
    size_t at[2] = {0, 0};
    bool leap;
    *len = *total = 0;
    TRY(two_lists(c, a, b, lists, &leap));
    for (uint32_t num; next_mutual(lists, at, leap, &num); (*total)++)
        if (*len < most) out[(*len)++] = num;
    return OK;
}

rc graph_friend_of_friend(ctx *c, int64_t a, int64_t b, bool *yes)
{
    const edges_part *lists[2];
    size_t at[2] = {0, 0};
    bool leap;
    uint32_t num;
    TRY(two_lists(c, a, b, lists, &leap));
    *yes = next_mutual(lists, at, leap, &num);
    return OK;
}

/* ---- doors ---- */

typedef struct circle_list {
    graph_circle_members_row *items;
    size_t len, cap;
    graph_circles_row_list there; /* empty ones too: one that is gone keeps everybody out */
} circle_list;

static rc circles_read(ctx *c, int64_t owner, circle_list *out)
{
    graph_circle_members_row_list rows = {.len = PAGE};
    TRY(sql_graph_circles(c->db, c->arena, bucket_of(owner), owner, 0, PAGE, &out->there));
    for (graph_circle_members_row last = {0, 0}; rows.len == PAGE;) {
        TRY(sql_graph_circle_members(c->db, c->arena, bucket_of(owner), owner, last.ordinal, last.other, PAGE, &rows));
        if (!rows.len) break;
        if (out->len + rows.len > out->cap) {
            size_t cap = out->cap ? out->cap * 2 : PAGE;
            graph_circle_members_row *more = ARENA_ARRAY(c->arena, graph_circle_members_row, cap);
            if (out->len) memcpy(more, out->items, out->len * sizeof *more);
            out->items = more;
            out->cap = cap;
        }
        memcpy(out->items + out->len, rows.items, rows.len * sizeof *rows.items);
        out->len += rows.len;
        last = rows.items[rows.len - 1];
    }
    return OK;
}

static size_t titles_size(const circle_list *list)
{
    size_t size = 0;
    for (size_t i = 0; i < list->there.len; i++) size += list->there.items[i].title.len;
    return size;
}

static str title_put(char **at, str title)
{
    str kept = {*at, title.len};
    if (title.len) memcpy(*at, title.ptr, title.len);
    *at += title.len;
    return kept;
}

/* Behind the settings stand the runs, behind them the members, behind them the titles. */
static doors_part *doors_make(ctx *c, const graph_settings_row_list *settings, const circle_list *list)
{
    size_t runs = list->there.len, size = PRIVACY_ITEMS * sizeof(int64_t);
    doors_part *p = part_new(c, sizeof *p + size + runs * sizeof(circle_run) + list->len * sizeof(uint32_t) + titles_size(list));
    circle_run *run = (circle_run *)(void *)&p->settings[PRIVACY_ITEMS];
    uint32_t *others = (uint32_t *)(void *)(run + runs);
    char *titles = (char *)(others + list->len);
    p->circles = run;
    p->circles_len = runs;
    p->others = others;
    memcpy(p->settings, privacy_default, size);
    for (size_t i = 0; i < settings->len; i++) {
        int64_t item = settings->items[i].item;
        if (item > 0 && item < PRIVACY_ITEMS) p->settings[item] = settings->items[i].audience;
    }
    for (uint32_t i = 0; i < list->len; i++) others[i] = (uint32_t)list->items[i].other;
    for (uint32_t i = 0, at = 0; i < runs; i++) {
        int64_t ordinal = list->there.items[i].ordinal;
        run[i] = (circle_run){(uint32_t)ordinal, at, 0, title_put(&titles, list->there.items[i].title)};
        for (; at < list->len && list->items[at].ordinal == ordinal; at++) run[i].len++;
    }
    return p;
}

static rc doors_of(ctx *c, int64_t owner, const doors_part **out)
{
    part *there = part_get(c, owner, PART_DOORS);
    if (there) return *out = (const doors_part *)there, OK;
    graph_settings_row_list settings;
    circle_list list = {0};
    TRY(sql_graph_settings(c->db, c->arena, bucket_of(owner), owner, PRIVACY_ITEMS, &settings));
    TRY(circles_read(c, owner, &list));
    doors_part *p = doors_make(c, &settings, &list);
    *out = (const doors_part *)part_keep(c, owner, PART_DOORS, &p->head);
    return OK;
}

static bool run_has(const doors_part *d, circle_run run, int64_t other)
{
    size_t low = run.from, high = (size_t)run.from + run.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (d->others[middle] == other) return true;
        if (d->others[middle] < other) low = middle + 1;
        else high = middle;
    }
    return false;
}

rc graph_in_circle(ctx *c, int64_t owner, int64_t circle, int64_t other, bool *yes)
{
    *yes = false;
    if (in_memory(c)) {
        const doors_part *d;
        TRY(doors_of(c, owner, &d));
        for (size_t i = 0; i < d->circles_len && !*yes; i++)
            if (d->circles[i].ordinal == circle) *yes = run_has(d, d->circles[i], other);
        return OK;
    }
    graph_circle_has_row row;
    rc found = sql_graph_circle_has(c->db, c->arena, bucket_of(owner), owner, circle, other, &row);
    *yes = found == OK;
    return found == E_NOT_FOUND ? OK : found;
}

rc graph_circle_is(ctx *c, int64_t owner, int64_t circle, bool *yes)
{
    *yes = false;
    if (in_memory(c)) {
        const doors_part *d;
        TRY(doors_of(c, owner, &d));
        for (size_t i = 0; i < d->circles_len && !*yes; i++) *yes = d->circles[i].ordinal == circle;
        return OK;
    }
    graph_circle_there_row row;
    rc found = sql_graph_circle_there(c->db, c->arena, bucket_of(owner), owner, circle, &row);
    *yes = found == OK;
    return found == E_NOT_FOUND ? OK : found;
}

rc graph_circles(ctx *c, int64_t owner, graph_circle_list *out)
{
    const doors_part *d;
    TRY(doors_of(c, owner, &d));
    graph_circle *items = ARENA_ARRAY(c->arena, graph_circle, d->circles_len);
    for (size_t i = 0; i < d->circles_len; i++) {
        const circle_run *run = &d->circles[i];
        items[i] = (graph_circle){.ordinal = run->ordinal, .members = run->len, .title = run->title};
    }
    *out = (graph_circle_list){items, d->circles_len};
    return OK;
}

rc graph_setting(ctx *c, int64_t owner, int item, int64_t *audience)
{
    *audience = LEVEL_NOBODY;
    if (item <= 0 || item >= PRIVACY_ITEMS) return OK;
    if (in_memory(c)) {
        const doors_part *d;
        TRY(doors_of(c, owner, &d));
        *audience = d->settings[item];
        return OK;
    }
    graph_setting_of_row row;
    rc found = sql_graph_setting_of(c->db, c->arena, bucket_of(owner), owner, item, &row);
    if (found == OK) *audience = row.audience;
    if (found != E_NOT_FOUND) return found;
    *audience = privacy_default[item];
    return OK;
}
