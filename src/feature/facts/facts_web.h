/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pages about what members tell: the forms under /settings/profile, one for each section, and the piece of somebody's page that
 * shows it all. */
#ifndef VECHE_FACTS_WEB_H
#define VECHE_FACTS_WEB_H

#include "feature/facts/facts.h"
#include "page/view.h"

extern const route facts_routes[];

/* The tabs of "your page", in their order. */
typedef enum profile_tab { TAB_NAMES, TAB_RELATIONS, TAB_CONTACTS, TAB_INTERESTS, TAB_EDUCATION, TAB_CAREER, TAB_VIEWS, PROFILE_TABS } profile_tab;
typedef struct profile_tab_line { profile_tab tab; str path; enum lang_key word; } profile_tab_line;
typedef struct profile_tab_list { const profile_tab_line *items; size_t len; } profile_tab_list;
extern const profile_tab_list profile_tabs;

/* 1 … n, for selects; at most FACT_CHOICES_MAX. */
#define FACT_CHOICES_MAX 16
typedef struct choice_list { const int64_t *items; size_t len; } choice_list;
choice_list facts_choices(int n);

/* A field of a form with what is stored in it. */
typedef struct fact_line { const fact_field *field; fact_value value; } fact_line;
typedef struct fact_line_list { fact_line *items; size_t len; } fact_line_list;

/* One line as somebody's page shows it. */
typedef struct fact_row {
    enum lang_key label, said; /* said: of a choice; else L_NONE and … */
    str text;
    html link;                 /* … or this, when it is not empty */
} fact_row;
typedef struct fact_row_list { fact_row *items; size_t len; } fact_row_list;

typedef struct place_row {
    facts_place p;
    enum lang_key kind;
    html years; /* in words; empty: not told */
} place_row;
typedef struct place_row_list { place_row *items; size_t len; } place_row_list;

/* What of somebody's facts the viewer may read. Nothing of it: everything is empty. */
typedef struct facts_view {
    fact_row_list sections[FACT_SECTIONS];
    place_row_list education, work;
    str studied, works; /* the latest of each, in one line; empty: none */
    bool any;
} facts_view;
rc facts_view_of(view *v, int64_t num, facts_view *out);

/* What the form of a place is given. */
typedef struct place_form {
    place_row_list places;
    facts_place chosen; /* ordinal 0: a new one */
    bool work;
    str path;
} place_form;

#endif
