/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The input is a spec, and also the bytes of four lists. Each audience has one spelling: what can be read is written again to
 * the byte, and what is written can be read. */
#include "../fuzz.h"
#include "graph/audience.h"

static void check_list(const num_list *l)
{
    CHECK(l->len <= AUDIENCE_LIST_MAX);
    for (size_t i = 0; i < l->len; i++) {
        CHECK(l->items[i] > 0 && l->items[i] <= INT32_MAX);
        CHECK(i == 0 || l->items[i - 1] < l->items[i]);
    }
}

static void check_sound(const audience *x)
{
    CHECK((int)x->base >= 0 && x->base < LEVEL_COUNT);
    check_list(&x->allow_members);
    check_list(&x->allow_circles);
    check_list(&x->except_members);
    check_list(&x->except_circles);
}

static bool same_list(const num_list *a, const num_list *b)
{
    bool same = a->len == b->len;
    for (size_t i = 0; same && i < a->len; i++) same = a->items[i] == b->items[i];
    return same;
}

static void check_read(arena *a, str spec)
{
    audience x;
    str again;
    rc_code code = audience_parse(a, spec, &x);
    CHECK(code == OK || code == E_SYNTAX);
    if (code != OK) return;
    check_sound(&x);
    CHECK(audience_spec(a, &x, &again) == OK);
    CHECK(str_eq(again, spec));
}

/* Four bytes a number, the lists in turn. */
static num_list list_of(arena *a, str bytes, size_t which)
{
    num_list l = {ARENA_ARRAY(a, uint32_t, bytes.len / 4 + 1), 0};
    for (size_t i = which * 4; i + 4 <= bytes.len; i += 16, l.len++) memcpy(&l.items[l.len], bytes.ptr + i, 4);
    return l;
}

static void check_written(arena *a, str bytes)
{
    audience x = {.base = (level)(bytes.len % 7), .allow_members = list_of(a, bytes, 0), .allow_circles = list_of(a, bytes, 1),
                  .except_members = list_of(a, bytes, 2), .except_circles = list_of(a, bytes, 3)}, again;
    str spec;
    rc_code code = audience_spec(a, &x, &spec);
    CHECK(code == OK || code == E_INVALID);
    if (code != OK) return;
    check_sound(&x); /* tidied in place */
    CHECK(audience_parse(a, spec, &again) == OK);
    CHECK(again.base == x.base && same_list(&again.allow_members, &x.allow_members) && same_list(&again.allow_circles, &x.allow_circles));
    CHECK(same_list(&again.except_members, &x.except_members) && same_list(&again.except_circles, &x.except_circles));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena *a = arena_open();
    str input = fuzz_input(a, data, size);
    check_read(a, input);
    check_written(a, input);
    arena_close(a);
    return 0;
}
