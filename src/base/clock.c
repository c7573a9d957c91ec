/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/clock.h"

#include "base/log.h"

#ifdef VECHE_TESTING
#include <pthread.h>

static int64_t offset_ms;
static pthread_once_t offset_once = PTHREAD_ONCE_INIT;

static void read_offset(void)
{
    str typed = str_of(getenv("VECHE_CLOCK_OFFSET_MS"));
    if (typed.ptr && !str_int(typed, &offset_ms)) die("VECHE_CLOCK_OFFSET_MS is not a number");
}

static int64_t clock_offset(void)
{
    pthread_once(&offset_once, read_offset);
    return offset_ms;
}
#else
static int64_t clock_offset(void) { return 0; }
#endif

static struct timespec read_clock(clockid_t which)
{
    struct timespec t;
    if (clock_gettime(which, &t) != 0) die("no clock");
    return t;
}

int64_t clock_now(void)
{
    struct timespec t = read_clock(CLOCK_REALTIME);
    return (int64_t)t.tv_sec * MS_SECOND + t.tv_nsec / 1000000 + clock_offset();
}

int64_t clock_us(void)
{
    struct timespec t = read_clock(CLOCK_MONOTONIC);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Division that rounds towards the past, before 1970 too. */
static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

int64_t clock_day(int64_t ms) { return floor_div(ms, MS_DAY) * MS_DAY; }

static civil civil_of(const struct tm *t)
{
    return (civil){t->tm_year + 1900, t->tm_mon + 1, t->tm_mday, t->tm_hour, t->tm_min, t->tm_sec};
}

civil clock_local(int64_t ms)
{
    time_t seconds = (time_t)floor_div(ms, MS_SECOND);
    struct tm t = {0};
    if (!localtime_r(&seconds, &t)) die("no date for %lld", (long long)seconds);
    return civil_of(&t);
}

civil clock_utc(int64_t ms)
{
    time_t seconds = (time_t)floor_div(ms, MS_SECOND);
    struct tm t = {0};
    if (!gmtime_r(&seconds, &t)) die("no date for %lld", (long long)seconds);
    return civil_of(&t);
}

static bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

bool clock_valid_date(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || year > 9999 || month < 1 || month > 12) return false;
    int last = days[month - 1] + (month == 2 && is_leap(year));
    return day >= 1 && day <= last;
}
