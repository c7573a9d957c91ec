/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "db/change.h"

#include "change.sql.h"

rc change_emit(ctx *c, change_kind kind, int64_t a, int64_t b)
{
    change_add_row row;
    TRY(sql_change_add(c->db, c->arena, kind, a, b, c->now, &row));
    change *made = ARENA_NEW(c->arena, change);
    *made = (change){.kind = kind, .a = a, .b = b, .seq = row.seq};
    change **end = &c->changes;
    while (*end) end = &(*end)->next;
    *end = made;
    return OK;
}
