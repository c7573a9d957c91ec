/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The member's page, and the pages under /settings that are not the account's; with what their templates are given. */
#ifndef VECHE_PROFILE_WEB_H
#define VECHE_PROFILE_WEB_H

#include "feature/kin/kin_web.h"
#include "feature/profile/profile.h"
#include "feature/profile/profile_privacy.h"
#include "page/view.h"

extern const route profile_routes[];
extern const route profile_settings_routes[];
extern const route profile_privacy_routes[];
extern const route profile_as_routes[];

/* One of the friends beside the page. */
typedef struct face { person who; str given; } face;
typedef struct face_list { face *items; size_t len; } face_list;

typedef struct profile_view {
    person who;
    profile page;
    str full;           /* with patronymic and maiden name */
    html birthday;      /* in words; empty: nothing to show */
    bool self;
    unsigned bits;      /* what the viewer is to them (enum edge_bit) */
    face_list faces;
    int64_t mutual;
    facts_view facts;   /* empty where they are not for the viewer */
    kin_view kin;
    html as;            /* whose eyes it is seen with, in words; empty: the viewer's own */
    html seen;          /* when they were here, in words; empty: nothing to say */
} profile_view;

/* Fills what a page shows; p->page, p->self, p->bits and p->who are there. The heading and navigation of `v` follow. */
rc profile_fill(view *v, int64_t num, profile_view *p);

/* Looking at one's own page as somebody else. */
typedef enum as_who { AS_GUEST, AS_MEMBER, AS_FRIEND_OF_FRIEND, AS_FRIEND, AS_NAMED, AS_COUNT } as_who;
typedef struct as_form { str who, name; const msg *fault; } as_form;
extern const str as_words[AS_COUNT]; /* ?who= */

/* What a select offers. */
typedef struct number_list { const int64_t *items; size_t len; } number_list;

typedef struct profile_form_view {
    const profile_told *told;
    number_list days, months, years;
} profile_form_view;

/* A circle as a box to tick, in each of the two lists. */
typedef struct circle_box { int64_t ordinal; str title; bool allowed, excepted; } circle_box;
typedef struct circle_box_list { circle_box *items; size_t len; } circle_box_list;

/* One setting with its field names: "level_3", "allow_3", … */
typedef struct privacy_line {
    enum lang_key question;
    const char *level_field, *allow_field, *except_field, *allow_circle_field, *except_circle_field;
    int64_t base;
    str allow, except; /* names, as text */
    circle_box_list circles;
    int64_t exceptions; /* how many members and circles in both lists */
    bool open;          /* there are exceptions, or something in them is wrong */
    enum lang_key hint; /* what the level alone does not say; L_NONE: nothing */
} privacy_line;
typedef struct privacy_line_list { privacy_line *items; size_t len; } privacy_line_list;

#endif
