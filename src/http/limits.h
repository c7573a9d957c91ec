/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Rate limits: token buckets in a table of fixed size.
 *
 * Neither an address nor a member is ever stored: the table knows a MAC of the key that the caller composes, under a key
 * that exists in memory only and is thrown away once a day. With it go the day's buckets, so a limit holds within a day. When more clients are active than the table has places, the bucket that is nearest to full is forgotten: it is the one
 * whose loss gives away least, and a client who has used up a limit cannot wash it off with other addresses. */
#ifndef VECHE_LIMITS_H
#define VECHE_LIMITS_H

#include "base/str.h"

typedef struct limits limits;

/* `burst` at once, then `per_minute`, which may be a fraction: 1.0 / 60 is one an hour. burst 1 to 1,000,000; per_minute from
 * one a day to 1,000,000. */
typedef struct limit_rule {
    int burst;
    double per_minute;
} limit_rule;

limits *limits_open(void);
void limits_close(limits *l);

/* Takes one from the bucket of `key` ("what, and who", unambiguously; who over IPv6 should be the /64). False: empty, and then
 * *retry_after_s (at least 1) tells when to try again. Thread-safe.
 *
 * now: monotonic ms (clock_us() / 1000), not the time of day, which somebody sets; a moment before one that was seen already
 * counts as that one. So no request, however old, makes the table forget. */
bool limit_take(limits *l, str key, limit_rule rule, int64_t now, int *retry_after_s);

#endif
