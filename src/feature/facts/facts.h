/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What members tell about themselves beyond their names (FEATURES B1 of docs/features.md): contacts, interests, views, and where
 * they studied and worked. All of it is told to whom PRIVACY_DETAILS lets in; relations are told in feature/kin.
 *
 * Single facts are a table of fields: a new one is a line in facts.c, a sentence in lang/ and no migration. Of nothing told no
 * row is kept. */
#ifndef VECHE_FACTS_H
#define VECHE_FACTS_H

#include "facts.sql.h"
#include "graph/privacy.h"

#define FACT_LINE_MAX 100  /* characters of a line, of the name of a place, a town, a position */
#define FACT_AREA_MAX 1000 /* … of a field with room */
#define FACT_PLACES_MAX 10 /* schools and universities; as many places of work */
#define FACT_YEAR_MIN 1900
#define FACT_YEARS_AHEAD 10 /* whoever studies knows when it will end */

typedef enum fact_section { FACTS_CONTACTS, FACTS_INTERESTS, FACTS_VIEWS, FACT_SECTIONS } fact_section;

/* Places in facts.of, in the order in which they are shown. */
typedef enum fact {
    FACT_CITY, FACT_SITE, FACT_HANDLES,
    FACT_ACTIVITIES, FACT_INTERESTS, FACT_MUSIC, FACT_FILMS, FACT_SHOWS, FACT_BOOKS, FACT_GAMES, FACT_QUOTES, FACT_ABOUT,
    FACT_POLITICAL, FACT_RELIGION, FACT_LIFE, FACT_PEOPLE, FACT_SMOKING, FACT_ALCOHOL, FACT_INSPIRED,
    FACTS
} fact;

/* How a field is asked for and shown. */
typedef struct fact_field {
    int stored;             /* profile_fact.field: for ever */
    fact_section section;
    const char *name;       /* in the form */
    enum lang_key label;
    size_t most;            /* characters; 0: one of `choices` */
    int choices;
    enum lang_key first;    /* the sentence of choice 1; the others follow it */
} fact_field;
extern const fact_field fact_fields[FACTS];

typedef struct fact_value {
    int64_t choice; /* 0: none */
    str text;
} fact_value;
typedef struct facts { fact_value of[FACTS]; } facts;

/* What c->viewer may read of the owner. Refuses like privacy_check of PRIVACY_DETAILS. */
rc facts_get(ctx *c, int64_t owner, facts *out);
/* Stores the section's fields of c->viewer, clean and short enough, and nothing else of `told`. Inside an act. E_INVALID for a
 * choice that there is not. */
rc facts_save(ctx *c, fact_section section, const facts *told);
/* Is it the address of a web page, so that it may become a link? Pure. */
bool facts_is_site(str s);

/* ---- places: profile_place.kind is stored, for ever ---- */
typedef enum place_kind { PLACE_SCHOOL = 1, PLACE_UNIVERSITY = 2, PLACE_WORK = 3, PLACE_KINDS } place_kind;

/* Refuses like facts_get. In the order in which they were told. */
rc facts_places_get(ctx *c, int64_t owner, facts_place_list *out);
/* Stores one of c->viewer's, a new one when p->ordinal is 0. Inside an act. E_INVALID for a kind or years that cannot be,
 * E_LIMIT past FACT_PLACES_MAX, E_GONE when the one meant was taken away. */
rc facts_place_save(ctx *c, const facts_place *p);
/* Takes one away; of what is not there, nothing. Inside an act. */
rc facts_place_delete(ctx *c, int64_t ordinal);
/* Years that can be: 0 for not told, else in order and not too far. Pure. */
bool facts_years_possible(int64_t since, int64_t until, int64_t now);

#endif
