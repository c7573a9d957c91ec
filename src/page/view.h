/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* view: what every template gets first: language, viewer, the page's frame. */
#ifndef VECHE_VIEW_H
#define VECHE_VIEW_H

#include "base/html.h"
#include "graph/graph.h"
#include "http/req.h"
#include "http/site.h"

typedef enum nav { NAV_NONE, NAV_GUEST, NAV_ME, NAV_NEWS, NAV_FRIENDS, NAV_PEOPLE, NAV_BOOKMARKS, NAV_NOTICES, NAV_SETTINGS, NAV_ADMIN } nav;

/* Somebody as lists and heads show them. */
typedef struct person {
    int64_t num;
    str name;     /* the address: /name */
    str full;     /* "Olga Mayer" */
    str initials; /* for the drawn avatar */
    int hue;      /* 0–7: the avatar's colour class */
    uint32_t version; /* of all this; not of `online` */
    gender gender;
    bool closed;  /* suspended or gone: a name without a link */
    bool online;  /* here now, and the viewer may know (feature/presence): a dot on the avatar */
} person;

typedef struct view {
    req *r;
    lang lang;
    viewer who;
    person me;          /* when who.num != 0 */
    msg title;          /* the page's title; with key L_NONE `heading` is used */
    str heading;
    nav nav;
    str site_name, host;
    str theme;          /* "light", "dark", or empty: the system's */
    int64_t requests;   /* friend requests that wait */
    int64_t notices;    /* lines that were not read */
    str once;           /* this page's token */
    str here;           /* a local address that leads back to this page, or near it if it answers a form: for `to` fields */
    str kept;           /* what was typed into a form that was refused, all fields in one; empty: nothing */
    const msg *refusal; /* why a form is shown again, when no field is at fault; NULL: none */
    const msg *toast;   /* from the page before; NULL: none */
    str toast_undo;     /* a local address that undoes it; empty: none */
} view;

/* Fills the frame for this request, in its arena. A guest's page sets the guest cookie (for its token). */
rc view_init(view *v, req *r, nav nav, msg title);

/* The parts of the frame that are the same on all pages of a member: kept (fragment.h), or made by layout.html's frame_parts_…. */
void tpl_frame_top(out *o, const view *v);
void tpl_frame_side(out *o, const view *v);
void tpl_frame_bar(out *o, const view *v);

/* What happened and what is safe, for a failure. */
msg error_title(rc_code code);
msg error_sentence(const ctx *c, rc_code code);

/* For templates: what was typed into a field when the form is shown again, else `stored`. */
str view_typed(const view *v, const char *field, str stored);
/* The same for a choice: true when this value is the one to show as chosen. */
bool view_chosen(const view *v, const char *field, int64_t value, int64_t stored);
/* The sentence beside a field, or NULL. */
const msg *view_fault(const view *v, const char *field);

rc view_person(ctx *c, int64_t num, person *out);
person person_of(arena *a, const member_card *card);
url person_url(const view *v, const person *p);

/* A time as members read it: "today at 9:42", "14 мая в 9:42", "14 мая 2024". */
str view_time(const view *v, int64_t ms);
/* A day without the time: "14 May", "14 мая 2024". */
str view_day(const view *v, int64_t ms);
/* ISO 8601 in UTC, for <time datetime>. */
str view_iso(const view *v, int64_t ms);
/* A number as the language groups it: 8,412. */
str view_number(const view *v, int64_t n);
/* A sentence as HTML in the arena; templates use {% say %}. */
html view_say(const view *v, msg m);
/* The address of an icon in the sprite. */
url view_icon(const view *v, const char *name);
/* A local address with one number, for forms that are built in C: "/post/%lld/like". */
url view_url(const view *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The words for a base level of privacy (graph/audience.h); anything custom reads "Custom". */
typedef struct level_list { const int64_t *items; size_t len; } level_list;
extern const level_list view_levels; /* what every audience picker offers */
enum lang_key level_word(int64_t audience);
const char *level_icon(int64_t audience);

#endif
