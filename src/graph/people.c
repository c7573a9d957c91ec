/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Members as lists show them. A card and its strings are one piece of memory: the strings stand behind the card. */
#include <string.h>

#include "graph.sql.h"
#include "graph/parts.h"

static str put_text(char **at, str s)
{
    if (s.len) memcpy(*at, s.ptr, s.len);
    str kept = {*at, s.len};
    *at += s.len;
    return kept;
}

static person_part *person_make(ctx *c, int64_t num, const graph_person_row *row)
{
    person_part *p = part_new(c, sizeof *p + row->name.len + row->given.len + row->family.len);
    char *at = p->text;
    p->card = (member_card){
        .num = num,
        .name = put_text(&at, row->name),
        .given = put_text(&at, row->given),
        .family = put_text(&at, row->family),
        .gender = (int)row->gender,
        .role = (int)row->role,
        .state = (int)row->state,
        .version = row->version,
    };
    return p;
}

rc graph_member(ctx *c, int64_t num, const member_card **out)
{
    part *there = part_get(c, num, PART_PERSON);
    if (!there) {
        graph_person_row row;
        /* A number that nobody has leaves nothing in memory: addresses are guessed all day. */
        rc_code found = sql_graph_person(c->db, c->arena, bucket_of(num), num, &row);
        if (found == E_NOT_FOUND) return fail(c, E_NOT_FOUND, MSG(L_graph_no_member), "no such member");
        TRY(found);
        there = part_keep(c, num, PART_PERSON, &person_make(c, num, &row)->head);
    }
    *out = &((const person_part *)there)->card;
    return OK;
}
