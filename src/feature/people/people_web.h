/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VECHE_PEOPLE_WEB_H
#define VECHE_PEOPLE_WEB_H

#include "page/view.h"

extern const route people_routes[];

typedef struct people_row {
    person p;
    unsigned bits;
    str town;
} people_row;
typedef struct people_rows { people_row *items; size_t len; } people_rows;

#endif
