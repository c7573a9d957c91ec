/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Percent-encoding (RFC 3986 §2.1), shared by forms and paths. */
#ifndef VECHE_PERCENT_H
#define VECHE_PERCENT_H

#include "base/str.h"

static inline int percent_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

/* The byte that "%XX" at s[at] stands for; -1 when the digits are missing or none. */
static inline int percent_byte(str s, size_t at)
{
    if (s.len - at < 3) return -1;
    int high = percent_digit(s.ptr[at + 1]), low = percent_digit(s.ptr[at + 2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

#endif
