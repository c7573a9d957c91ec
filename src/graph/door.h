/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* door: what one piece of work has already found out about one wall and one viewer, so that twenty posts of one wall ask
 * once. Made by privacy.c, used by the news merge (rings.c); nobody else includes this file. */
#ifndef VECHE_GRAPH_DOOR_H
#define VECHE_GRAPH_DOOR_H

#include "graph/privacy.h"

typedef struct door {
    relation r;
    bool known;           /* has anything been asked yet? */
    bool open;            /* the owner is there, and page and wall are open to the viewer */
    uint8_t asked, yes;   /* one bit for each base level */
    bool last_yes;        /* the verdict about … */
    int64_t last;         /* … the interned audience seen last; 0: none */
} door;

/* Opens it by edge bits that the caller already has: those of the viewer's half-edge to the owner. */
rc door_try(ctx *c, int64_t owner, unsigned bits, door *d);
/* May the viewer see what this wall's owner wrote for this audience? */
rc door_see(door *d, int64_t stored, bool *may);

#endif
