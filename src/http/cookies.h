/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Cookies (RFC 6265; the __Host- prefix: RFC 6265bis §4.1.3.2). */
#ifndef VECHE_COOKIES_H
#define VECHE_COOKIES_H

#include "base/arena.h"

/* The value of the first cookie of that name in a Cookie header; borrowed from the header. Absent when missing, or when it
 * holds bytes that no cookie value may. */
str cookie_find(str header, str name);

/* The value of a Set-Cookie header, in the arena: "name=value; Path=/; HttpOnly; SameSite=Lax", and "; Secure" if secure.
 * max_age_s > 0: for so long; 0: until the browser closes; < 0: deletes it. Absent for a name or value that no cookie may
 * have, and for a __Host- or __Secure- name that is not secure, which browsers would drop. */
str cookie_write(arena *a, str name, str value, int64_t max_age_s, bool secure);

#endif
