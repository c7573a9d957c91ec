/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* /settings/profile/relations, and the piece of somebody's page about relationship and family. */
#ifndef VECHE_KIN_WEB_H
#define VECHE_KIN_WEB_H

#include "feature/facts/facts_web.h"
#include "feature/kin/kin.h"

extern const route kin_routes[];

/* A relative or partner in words. */
typedef struct kin_row {
    int64_t ordinal;
    msg word;      /* "Mother", "Married"; L_NONE: nothing */
    bool member;   /* `who` is somebody here */
    person who;
    str name;      /* else as it was typed; may be empty */
    bool waits;
} kin_row;
typedef struct kin_row_list { kin_row *items; size_t len; } kin_row_list;

/* What of somebody's relations the viewer may read; empty when nothing. */
typedef struct kin_view {
    kin_row bond;
    kin_row_list family;
    int64_t waiting; /* on one's own page: what others say and waits for an answer */
} kin_view;
rc kin_view_of(view *v, int64_t num, gender g, kin_view *out);

/* What somebody says of the viewer. */
typedef struct claim_row { person who; int64_t ordinal; html words; } claim_row;
typedef struct claim_row_list { claim_row *items; size_t len; } claim_row_list;

typedef struct kin_form {
    kin_view now;
    int64_t bond;
    str partner; /* "@olga"; empty: none */
    claim_row_list claims;
    gender gender; /* the viewer's own */
} kin_form;

#endif
