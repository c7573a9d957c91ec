/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Time. Everything stored is milliseconds since 1970-01-01 UTC in an int64_t. Code asks its ctx; only the edges
 * (the server's loop, the lanes, tests) ask the clock. */
#ifndef VECHE_CLOCK_H
#define VECHE_CLOCK_H

#include "base/str.h"

#define MS_SECOND INT64_C(1000)
#define MS_MINUTE (60 * MS_SECOND)
#define MS_HOUR (60 * MS_MINUTE)
#define MS_DAY (24 * MS_HOUR)

/* Wall clock, ms UTC; in builds with VECHE_TESTING plus the offset that the environment's VECHE_CLOCK_OFFSET_MS gave at
 * the first call. */
int64_t clock_now(void);
/* Monotonic microseconds, for durations only. */
int64_t clock_us(void);
/* The day's first millisecond (UTC). */
int64_t clock_day(int64_t ms);

typedef struct civil { int year, month, day, hour, minute, second; } civil;
/* The proleptic Gregorian date in the server's time zone (TZ), or in UTC. */
civil clock_local(int64_t ms);
civil clock_utc(int64_t ms);
/* Years 1 to 9999. */
bool clock_valid_date(int year, int month, int day);

#endif
