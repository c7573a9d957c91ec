/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Absent strings reach every function here; NULL is never handed to memcmp and never added to. */
#include "base/str.h"

str str_of(const char *z) { return z ? (str){z, strlen(z)} : STR_NONE; }

bool str_eq(str a, str b) { return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0); }

int str_cmp(str a, str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.ptr, b.ptr, common) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

bool str_eq_any_case(str a, str b)
{
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i])) return false;
    return true;
}

bool str_starts(str s, str prefix) { return s.len >= prefix.len && str_eq(str_take(s, prefix.len), prefix); }

bool str_ends(str s, str suffix) { return s.len >= suffix.len && str_eq(str_skip(s, s.len - suffix.len), suffix); }

size_t str_find(str s, char c)
{
    const char *found = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return found ? (size_t)(found - s.ptr) : s.len;
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

str str_trim(str s)
{
    size_t from = 0;
    while (from < s.len && is_space(s.ptr[from])) from++;
    s = str_skip(s, from);
    while (s.len && is_space(s.ptr[s.len - 1])) s.len--;
    return s;
}

str str_skip(str s, size_t from)
{
    if (!s.ptr) return STR_NONE;
    if (from > s.len) from = s.len;
    return (str){s.ptr + from, s.len - from};
}

str str_take(str s, size_t n) { return (str){s.ptr, n < s.len ? n : s.len}; }

str str_cut(str *rest, char sep)
{
    size_t at = str_find(*rest, sep);
    str piece = str_take(*rest, at);
    *rest = at < rest->len ? str_skip(*rest, at + 1) : STR_NONE;
    return piece;
}

bool str_int(str s, int64_t *out)
{
    bool negative = s.len && s.ptr[0] == '-';
    if (negative) s = str_skip(s, 1);
    if (s.len == 0) return false;
    /* Counted downwards, because INT64_MIN has no positive twin. */
    int64_t v = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, s.ptr[i] - '0', &v)) return false;
    }
    if (!negative && v == INT64_MIN) return false;
    *out = negative ? v : -v;
    return true;
}

uint64_t str_hash(str s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < s.len; i++) h = (h ^ (unsigned char)s.ptr[i]) * UINT64_C(0x100000001b3);
    return h;
}
