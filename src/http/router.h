/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The router: from method and path to a route. Routes are sorted once, the most literal first: "/people" is never taken
 * for somebody's name. */
#ifndef VECHE_ROUTER_H
#define VECHE_ROUTER_H

#include "http/req.h"

typedef struct router router;

/* Dies on a malformed or ambiguous table: that is a programmer's mistake, found at the first start. */
router *router_open(const route *const *tables);
void router_close(router *r);

/* OK; E_NOT_FOUND; E_METHOD when the path exists for the other method only. Captures borrow from `path`. */
rc router_find(const router *r, method m, str path, const route **found, str captures[REQ_CAPTURES]);

/* What an Allow header says of the address (RFC 9110 §10.2.1): "GET, HEAD"; NULL when there is none. */
const char *router_allow(const router *r, str path);

/* The name of capture i of a pattern: "owner" for i 0 of "/wall{owner:int}_{ordinal:int}". Absent past the last. */
str route_capture_name(const char *pattern, size_t i);

#endif
