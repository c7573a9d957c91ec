/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* audience: for whom something is. One int64 everywhere it is stored: 0–7 is a base level, anything greater the id of an
 * interned row whose `spec` says: base level, then lists of members and circles that are let in or kept out.
 *
 *   "3"            friends
 *   "4+c1+c2"      only circles 1 and 2
 *   "3+m17-m9-c4"  friends and member 17; not member 9 and nobody of circle 4
 *
 * A spec is canonical: base digit, then +m ascending, +c ascending, -m ascending, -c ascending, without repeats. */
#ifndef VECHE_AUDIENCE_H
#define VECHE_AUDIENCE_H

#include "base/ctx.h"

typedef enum level {
    LEVEL_EVERYONE = 0,
    LEVEL_MEMBERS = 1,
    LEVEL_FRIENDS_OF_FRIENDS = 2,
    LEVEL_FRIENDS = 3,
    LEVEL_NOBODY = 4,
    LEVEL_COUNT
} level;
#define LEVEL_MAX 7
#define AUDIENCE_LIST_MAX 200

typedef struct num_list { uint32_t *items; size_t len; } num_list; /* ascending, no repeats */

typedef struct audience {
    level base;
    num_list allow_members, allow_circles, except_members, except_circles;
} audience;

/* Reads a canonical spec; E_SYNTAX for anything else. */
rc audience_parse(arena *a, str spec, audience *out);
/* Sorts, removes repeats and writes the canonical spec. E_INVALID past AUDIENCE_LIST_MAX in a list or a base out of range. */
rc audience_spec(arena *a, audience *in, str *spec);
/* The stored number: the base level when there are no lists, else the interned row's id (made inside an act when new). */
rc audience_intern(ctx *c, int64_t owner, audience *in, int64_t *out);
/* The audience behind a stored number. Interned rows never change, so memory keeps them for good (bounded). A number that
 * leads nowhere reads as LEVEL_NOBODY: when in doubt, deny. */
rc audience_get(ctx *c, int64_t stored, const audience **out);

/* Before a circle is deleted: wherever the owner keeps it out (settings, posts that stand on the wall), its members are kept out
 * by their numbers from now on, and the circle is named no more. Inside an act. E_LIMIT, with nothing decided, when they do not
 * fit into a list; the caller gives up then. A deleted post that comes back names a circle that is gone: it is the owner's
 * alone (graph/privacy.h). */
rc audience_forget_circle(ctx *c, int64_t owner, int64_t circle, const num_list *members);

#endif
