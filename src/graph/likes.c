/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Does the viewer like what is on the page? Asked of each post of each page, and most of it is recent: so a member's last
 * LIKED_KEPT likes, by the age of the post, are in memory, and the database is asked only about posts below the oldest of them. */
#include <string.h>

#include "graph.sql.h"
#include "graph/parts.h"

#define LIKED_KEPT 256

static rc liked_fetch(ctx *c, int64_t member, const liked_part **out)
{
    graph_liked_row_list rows;
    TRY(sql_graph_liked(c->db, c->arena, member, LIKED_KEPT, &rows));
    liked_part *p = part_new(c, sizeof *p + rows.len * sizeof(int64_t));
    p->len = rows.len;
    p->floor = rows.len < LIKED_KEPT ? 0 : rows.items[rows.len - 1].post;
    for (size_t i = 0; i < rows.len; i++) p->items[i] = rows.items[i].post;
    *out = (const liked_part *)part_keep(c, member, PART_LIKED, &p->head);
    return OK;
}

static bool liked_has(const liked_part *p, int64_t id)
{
    size_t low = 0, high = p->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->items[middle] > id) low = middle + 1;
        else high = middle;
    }
    return low < p->len && p->items[low] == id;
}

static rc liked_below(ctx *c, const int64_t *ids, size_t len, int64_t floor, bool *liked)
{
    int64_t *old = ARENA_ARRAY(c->arena, int64_t, len);
    size_t many = 0;
    for (size_t i = 0; i < len; i++)
        if (ids[i] < floor) old[many++] = ids[i];
    if (!many) return OK;
    graph_liked_of_row_list rows;
    TRY(sql_graph_liked_of(c->db, c->arena, old, many, c->viewer.num, &rows));
    for (size_t r = 0; r < rows.len; r++)
        for (size_t i = 0; i < len; i++) liked[i] = liked[i] || ids[i] == rows.items[r].post;
    return OK;
}

rc graph_liked(ctx *c, const int64_t *ids, size_t len, bool *liked)
{
    memset(liked, 0, len * sizeof *liked);
    if (!c->viewer.num || c->page_of || !len) return OK;
    const liked_part *p = (const liked_part *)part_get(c, c->viewer.num, PART_LIKED);
    if (!p) TRY(liked_fetch(c, c->viewer.num, &p));
    for (size_t i = 0; i < len; i++) liked[i] = ids[i] >= p->floor && liked_has(p, ids[i]);
    return liked_below(c, ids, len, p->floor, liked);
}
