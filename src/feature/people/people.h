/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* People: who is here, and who goes by a name (FEATURES I1 of docs/features.md begins with it). Both lists hold only whom the
 * viewer may find (PRIVACY_FOUND): each candidate is judged, nothing is counted, at most PEOPLE_SCAN_MAX are looked at for one
 * page, and a short page may have a next one. */
#ifndef VECHE_PEOPLE_H
#define VECHE_PEOPLE_H

#include "graph/privacy.h"

#define PEOPLE_SCAN_MAX 500
#define PEOPLE_QUERY_MAX 64 /* code points */

typedef struct found_person {
    int64_t num;
    str town; /* empty also when their page is not open to the viewer */
} found_person;

typedef struct people_page {
    found_person *items; /* in the arena; the newest members first */
    size_t len;
    int64_t next; /* pass as `below` for the next page; 0: this was the end */
} people_page;

/* Members numbered below `below` (INT64_MAX: from the newest), at most `most`. With a query: those of whose names, in Latin or
 * Cyrillic, each of its first words is the beginning of one. An empty query finds everybody. */
rc people_find(ctx *c, str query, int64_t below, size_t most, people_page *out);

/* The query as it would have been typed with the other keyboard layout: "bdfy" and "иван". Lower case; in the arena. */
str people_other_layout(arena *a, str query);

#endif
