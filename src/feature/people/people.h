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

/* Behind whom a page begins: the word by which a search found them, and their number. */
typedef struct people_place {
    str word;
    int64_t below;
} people_place;
#define PEOPLE_START ((people_place){STR(""), INT64_MAX})

typedef struct people_page {
    found_person *items; /* in the arena */
    size_t len;
    people_place next; /* for the next page; below is 0: this was the end */
} people_page;

/* At most `most` members behind `at`. With a query: those of whose names, in Latin or Cyrillic, each of its first three words is
 * the beginning of one, in the order of those beginnings ("anna" before "annabel"), the newest first where they are the same.
 * An empty query finds everybody, the newest first. */
rc people_find(ctx *c, str query, people_place at, size_t most, people_page *out);

/* The query as it would have been typed with the other keyboard layout: "bdfy" and "иван". Lower case; in the arena. */
str people_other_layout(arena *a, str query);

#endif
