/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Audiences: reading and writing the canonical spec, interning, and the memory of interned ones.
 *
 *   "3+m17+c4-m9"       base level, then four lists, always in the order +m +c -m -c
 *
 * One spec has one spelling, so that the same choice made twice becomes the same row: posts then share an audience by
 * number, and whoever judges many posts judges each number once. Because a row never changes, what memory knows about a
 * number stays right for good and needs no stamps. */
#include <stdlib.h>
#include <string.h>

#include "graph.sql.h"
#include "graph/parts.h"
#include "graph/privacy.h"

#define LISTS 4
#define PAGE 100

static const struct list_mark { char sign, kind; } marks[LISTS] = {{'+', 'm'}, {'+', 'c'}, {'-', 'm'}, {'-', 'c'}};

static num_list *list_of(audience *in, size_t which)
{
    num_list *lists[LISTS] = {&in->allow_members, &in->allow_circles, &in->except_members, &in->except_circles};
    return lists[which];
}

/* ---- the spec ---- */

/* One entry, "+m17", off the front of *rest. False: something else stands there. */
static bool take_entry(str *rest, struct list_mark mark, uint32_t *num)
{
    str s = *rest;
    if (s.len < 3 || s.ptr[0] != mark.sign || s.ptr[1] != mark.kind || s.ptr[2] == '0') return false;
    uint64_t value = 0;
    size_t at = 2;
    for (; at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9'; at++) {
        value = value * 10 + (uint64_t)(s.ptr[at] - '0');
        if (value > INT32_MAX) return false;
    }
    if (at == 2) return false;
    *num = (uint32_t)value;
    *rest = str_skip(s, at);
    return true;
}

/* How many entries a list can have at most: one sign each. */
static size_t count_signs(str spec)
{
    size_t signs = 0;
    for (size_t i = 0; i < spec.len; i++) signs += spec.ptr[i] == '+' || spec.ptr[i] == '-';
    return signs;
}

rc audience_parse(arena *a, str spec, audience *out)
{
    size_t room = count_signs(spec);
    if (!spec.len || spec.ptr[0] < '0' || spec.ptr[0] >= '0' + LEVEL_COUNT || room > LISTS * AUDIENCE_LIST_MAX) return E_SYNTAX;
    *out = (audience){.base = (level)(spec.ptr[0] - '0')};
    str rest = str_skip(spec, 1);
    uint32_t *free_items = ARENA_ARRAY(a, uint32_t, room ? room : 1);
    for (size_t which = 0; which < LISTS; which++) {
        num_list *l = list_of(out, which);
        l->items = free_items;
        for (uint32_t num; take_entry(&rest, marks[which], &num); l->items[l->len++] = num)
            if (l->len == AUDIENCE_LIST_MAX || (l->len && l->items[l->len - 1] >= num)) return E_SYNTAX;
        free_items += l->len;
    }
    return rest.len ? E_SYNTAX : OK;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void sort_unique(num_list *l)
{
    if (l->len < 2) return;
    qsort(l->items, l->len, sizeof *l->items, by_number);
    size_t kept = 1;
    for (size_t i = 1; i < l->len; i++)
        if (l->items[i] != l->items[kept - 1]) l->items[kept++] = l->items[i];
    l->len = kept;
}

/* Repeats are removed before the limit is looked at; so a caller that reads a form bounds its lists itself. */
static bool tidy(audience *in)
{
    if ((int)in->base < 0 || in->base >= LEVEL_COUNT) return false;
    for (size_t which = 0; which < LISTS; which++) {
        num_list *l = list_of(in, which);
        sort_unique(l);
        if (l->len > AUDIENCE_LIST_MAX) return false;
        if (l->len && (l->items[0] == 0 || l->items[l->len - 1] > INT32_MAX)) return false;
    }
    return true;
}

rc audience_spec(arena *a, audience *in, str *spec)
{
    if (!tidy(in)) return E_INVALID;
    size_t entries = 0, room;
    for (size_t which = 0; which < LISTS; which++) entries += list_of(in, which)->len;
    room = 2 + entries * sizeof "+m2147483647";
    char *text = arena_alloc(a, room);
    size_t len = 0;
    text[len++] = (char)('0' + in->base);
    for (size_t which = 0; which < LISTS; which++) {
        const num_list *l = list_of(in, which);
        for (size_t i = 0; i < l->len; i++)
            len += (size_t)snprintf(text + len, room - len, "%c%c%u", marks[which].sign, marks[which].kind, (unsigned)l->items[i]);
    }
    *spec = (str){text, len};
    return OK;
}

/* ---- interning ---- */

rc audience_intern(ctx *c, int64_t owner, audience *in, int64_t *out)
{
    str spec;
    TRY(audience_spec(c->arena, in, &spec));
    if (spec.len == 1) return *out = in->base, OK;
    int64_t bucket = bucket_of(owner);
    graph_audience_find_row row;
    rc found = sql_graph_audience_find(c->db, c->arena, bucket, owner, spec, &row);
    if (found == E_NOT_FOUND) {
        if (!c->writing) return fail(c, E_INTERNAL, MSG(L_NONE), "a new audience outside of an act");
        TRY(sql_graph_audience_add(c->db, bucket, id_next(c->ids, bucket, c->now), owner, spec));
        found = sql_graph_audience_find(c->db, c->arena, bucket, owner, spec, &row);
    }
    TRY(found);
    *out = row.id;
    return OK;
}

/* ---- reading ---- */

static const audience levels[LEVEL_MAX + 1] = {
    {.base = LEVEL_EVERYONE}, {.base = LEVEL_MEMBERS}, {.base = LEVEL_FRIENDS_OF_FRIENDS}, {.base = LEVEL_FRIENDS},
    {.base = LEVEL_NOBODY},   {.base = LEVEL_NOBODY},  {.base = LEVEL_NOBODY},             {.base = LEVEL_NOBODY},
};

static audience_part *audience_make(ctx *c, int64_t id, audience *parsed)
{
    size_t entries = 0;
    for (size_t which = 0; which < LISTS; which++) entries += list_of(parsed, which)->len;
    audience_part *p = part_new(c, sizeof *p + entries * sizeof(uint32_t));
    p->id = id;
    p->audience = *parsed;
    uint32_t *items = p->items;
    for (size_t which = 0; which < LISTS; which++) {
        num_list *l = list_of(&p->audience, which);
        if (l->len) memcpy(items, l->items, l->len * sizeof *items);
        l->items = items;
        items += l->len;
    }
    return p;
}

rc audience_get(ctx *c, int64_t stored, const audience **out)
{
    *out = &levels[stored >= 0 && stored <= LEVEL_MAX ? stored : LEVEL_NOBODY];
    if (stored <= LEVEL_MAX) return OK;
    const audience_part *there = audience_cached(c, stored);
    if (there) return *out = &there->audience, OK;
    graph_audience_row row;
    audience parsed;
    rc found = sql_graph_audience(c->db, c->arena, id_bucket(stored), stored, &row);
    /* Absent or unreadable is nobody, and is not remembered: an act that makes it may be about to commit. */
    if (found == E_NOT_FOUND) return OK;
    TRY(found);
    if (audience_parse(c->arena, row.spec, &parsed) != OK) return OK;
    *out = &audience_keep(c, audience_make(c, stored, &parsed))->audience;
    return OK;
}

/* ---- a circle that goes ---- */

static bool in_list(const num_list *l, int64_t num)
{
    for (size_t i = 0; i < l->len; i++)
        if (l->items[i] == num) return true;
    return false;
}

/* What replaces an audience; the same number when it does not keep the circle out. */
static rc without_circle(ctx *c, int64_t owner, int64_t stored, int64_t circle, const num_list *members, int64_t *fresh)
{
    const audience *a;
    *fresh = stored;
    TRY(audience_get(c, stored, &a));
    if (!in_list(&a->except_circles, circle)) return OK;
    audience next = *a;
    next.except_members = (num_list){.items = ARENA_ARRAY(c->arena, uint32_t, a->except_members.len + members->len)};
    next.except_circles = (num_list){.items = ARENA_ARRAY(c->arena, uint32_t, a->except_circles.len)};
    for (size_t i = 0; i < a->except_circles.len; i++)
        if (a->except_circles.items[i] != circle) next.except_circles.items[next.except_circles.len++] = a->except_circles.items[i];
    const num_list *parts[] = {&a->except_members, members};
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < parts[p]->len; i++) next.except_members.items[next.except_members.len++] = parts[p]->items[i];
    rc_code made = audience_intern(c, owner, &next, fresh);
    return made == E_INVALID ? E_LIMIT : made;
}

static rc settings_forget(ctx *c, int64_t owner, int64_t circle, const num_list *members)
{
    graph_settings_row_list rows;
    TRY(sql_graph_settings(c->db, c->arena, bucket_of(owner), owner, PRIVACY_ITEMS, &rows));
    for (size_t i = 0; i < rows.len; i++) {
        int64_t fresh;
        TRY(without_circle(c, owner, rows.items[i].audience, circle, members, &fresh));
        if (fresh != rows.items[i].audience)
            TRY(sql_graph_setting_replace(c->db, fresh, bucket_of(owner), owner, rows.items[i].item));
    }
    return OK;
}

static rc posts_forget(ctx *c, int64_t owner, int64_t circle, const num_list *members)
{
    int64_t bucket = bucket_of(owner), last = LEVEL_MAX;
    bool changed = false;
    for (graph_wall_audiences_row_list rows = {.len = PAGE}; rows.len == PAGE;) {
        TRY(sql_graph_wall_audiences(c->db, c->arena, bucket, owner, last, PAGE, &rows));
        for (size_t i = 0; i < rows.len; i++) {
            int64_t fresh, posts = rows.items[i].posts;
            last = rows.items[i].audience;
            TRY(without_circle(c, owner, last, circle, members, &fresh));
            if (fresh == last) continue;
            TRY(sql_graph_posts_replace(c->db, fresh, bucket, owner, last));
            TRY(sql_graph_wall_count_take(c->db, posts, bucket, owner, last));
            TRY(sql_graph_wall_count_put(c->db, bucket, owner, fresh, posts));
            changed = true;
        }
    }
    return changed ? change_emit(c, CHANGE_WALL, owner, 0) : OK;
}

rc audience_forget_circle(ctx *c, int64_t owner, int64_t circle, const num_list *members)
{
    TRY(settings_forget(c, owner, circle, members));
    return posts_forget(c, owner, circle, members);
}
