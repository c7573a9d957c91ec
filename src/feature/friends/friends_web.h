/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pages about who knows whom. Other features show the pieces of friends_pages.html that are named here:
 *
 *   friend_buttons(v, p, bits)   on somebody's page, inside its .btns
 *   friend_ends(v, p, bits)      at the end of a row of a list: one quiet button and a menu
 *
 * `bits` is the viewer's half-edge to that person (graph_edge). Both print nothing about the viewer, and need the page layout:
 * their buttons belong to its form "acts". */
#ifndef VECHE_FRIENDS_WEB_H
#define VECHE_FRIENDS_WEB_H

#include "feature/discover/discover_web.h"
#include "page/view.h"

extern const route friends_routes[];
extern const route circles_routes[];

/* ---- what the templates of this feature are given ---- */

typedef struct friend_row {
    person p;
    unsigned bits;
    str words; /* of a request */
    str when;  /* the request's time; empty: not shown */
} friend_row;
typedef struct friend_rows { friend_row *items; size_t len; } friend_rows;

typedef struct friend_tab {
    str name; /* ?tab= */
    enum lang_key title;
    int64_t count;
    bool here, rings; /* rings: the count asks for attention */
} friend_tab;
typedef struct friend_tabs {
    friend_tab *items; /* of the bar */
    size_t len;
    bool asks, sent; /* requests are shown: those that came, or those sent */
    int64_t sent_count;
    bool all, online; /* friends are shown: all, or those who are here */
    int64_t online_count;
    bool online_more; /* the count was given up: there are more */
} friend_tabs;

/* The bar with its counts; `name` is the list shown. */
rc friends_tabs(ctx *c, str name, friend_tabs *out);
/* The tab of circles, which /friends passes on. */
rc circles_show(req *r);

#endif
