/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "support/people.h"

#include <stdlib.h>

db_engine people_engine;

int people_open(void **state)
{
    people *p = *state = calloc(1, sizeof *p);
    if (!p || !(p->w = world_open(people_engine))) return -1;
    p->anna = world_member(p->w, ROLE_MEMBER);
    p->boris = world_member(p->w, ROLE_MEMBER);
    p->vera = world_member(p->w, ROLE_MEMBER);
    world_befriend(p->w, p->anna, p->boris);
    return 0;
}

int people_close(void **state)
{
    people *p = *state;
    if (p) world_close(p->w);
    free(p);
    return 0;
}
