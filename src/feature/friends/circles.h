/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Circles (FEATURES B4 of docs/features.md): a member's private lists of friends. An audience may let a circle in or keep it
 * out (graph/audience.h); nobody but the owner ever learns that it exists. Numbers count up from 1 for each owner and
 * are not used again.
 *
 * All of these are c->viewer's own circles, and those that change something belong inside an act. E_NOT_FOUND for a number that is none. */
#ifndef VECHE_CIRCLES_H
#define VECHE_CIRCLES_H

#include "graph/graph.h"
#include "circles.sql.h"

#define CIRCLES_MAX 50
#define CIRCLE_TITLE_MAX 40 /* code points */

typedef graph_circle circle_line;
typedef graph_circle_list circle_line_list;

/* E_LIMIT past CIRCLES_MAX. */
rc circle_create(ctx *c, str title, int64_t *ordinal);
rc circle_rename(ctx *c, int64_t ordinal, str title);
/* What was for the circle stays for nobody; what was kept from it stays kept from its people, by their names. E_LIMIT when they
 * do not fit into such a list (AUDIENCE_LIST_MAX). Idempotent. */
rc circle_delete(ctx *c, int64_t ordinal);
/* Whoever is no friend is passed over: the friendship may have ended since the page was opened. Idempotent, like the next. */
rc circle_add(ctx *c, int64_t ordinal, const int64_t *nums, size_t len);
rc circle_remove(ctx *c, int64_t ordinal, const int64_t *nums, size_t len);
/* The viewer's circles, in the order in which they were made. Titles are borrowed until
 * graph_leave. */
rc circles_mine(ctx *c, circle_line_list *out);
/* One of them. */
rc circle_mine(ctx *c, int64_t ordinal, circle_line *out);

#endif
