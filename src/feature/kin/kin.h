/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Relationship and family (FEATURES B1 of docs/features.md).
 *
 *   owner's bucket                           other's bucket
 *   kin (owner, 0)  "married", other ──────▶ kin_claim (other, owner, 0)  waits | agreed | declined
 *
 * Whoever is named is shown only after they have said so themselves: of a relationship by naming the owner with the same words,
 * of a family by agreeing. Until then, and after a no, the page shows the relationship without a name, and of a relative
 * nothing; the owner is not told which. A no is remembered: saying the same again asks nobody again. Only friends can be named, so
 * that nobody is asked by strangers; a block takes it all away, both ways (kin_part).
 *
 * Others see a name only if they may meet that member (graph/privacy.h): whoever shall not be found is not found here. */
#ifndef VECHE_KIN_H
#define VECHE_KIN_H

#include "graph/privacy.h"
#include "kin.sql.h"

#define KIN_NAME_MAX 80 /* characters of a typed name */
#define KIN_FAMILY_MAX 20
#define KIN_WAITING_MAX 50 /* requests that are shown at once */

/* Stored: numbers are for ever. */
typedef enum bond { BOND_NONE, BOND_SINGLE, BOND_TOGETHER, BOND_ENGAGED, BOND_MARRIED, BOND_COMPLICATED, BOND_SEARCHING, BOND_LOVE,
                    BOND_UNION, BONDS } bond;
typedef enum family { FAMILY_GRANDPARENT = 1, FAMILY_PARENT, FAMILY_SIBLING, FAMILY_CHILD, FAMILY_GRANDCHILD, FAMILY_OTHER, FAMILIES } family;

typedef struct relative {
    int64_t ordinal, kind;
    int64_t other; /* a member, whom the viewer may be shown; 0: none */
    str name;      /* as typed, where no member is meant */
    bool waits;    /* named, but not (yet) agreed: only the owner sees such */
} relative;
typedef struct relative_list { relative *items; size_t len; } relative_list;

typedef struct kin {
    relative bond; /* kind: enum bond */
    relative_list family;
} kin;

/* What c->viewer may read of the owner. Refuses like privacy_check of PRIVACY_DETAILS. */
rc kin_get(ctx *c, int64_t owner, kin *out);

/* The acts of c->viewer. Inside an act; idempotent but for kin_add. E_DENIED when `other` is not a friend, E_INVALID for a kind that
 * there is not, or for a partner where it names none. */
rc kin_bond(ctx *c, int64_t kind, int64_t other);
bool bond_names(int64_t kind); /* does it name a partner? */
/* A relative: a member, or 0 and a name. E_LIMIT past KIN_FAMILY_MAX. */
rc kin_add(ctx *c, int64_t kind, str name, int64_t other);
rc kin_remove(ctx *c, int64_t ordinal);

/* What others say of c->viewer and waits for an answer; of members whose page is there. */
rc kin_waiting(ctx *c, kin_claim_list *out);
/* Yes or no to one of them. Saying yes to a relationship says the same oneself. E_GONE when it was taken back. Inside an act. */
rc kin_answer(ctx *c, int64_t owner, int64_t ordinal, bool yes);

/* Takes away all that two members say of each other: a block. Inside an act; idempotent. */
rc kin_part(ctx *c, int64_t a, int64_t b);

#endif
