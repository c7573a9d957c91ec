/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "http/cookies.h"

/* cookie-octet of RFC 6265 §4.1.1: visible ASCII but for " , ; \ */
static bool is_octet(char c) { return c > ' ' && c < 0x7F && c != '"' && c != ',' && c != ';' && c != '\\'; }

static bool is_value(str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_octet(s.ptr[i])) return false;
    return true;
}

/* Of the token characters (RFC 9110 §5.6.2) the few that a name of ours needs. */
static bool is_name(str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool fine = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
        if (!fine) return false;
    }
    return s.len > 0;
}

str cookie_find(str header, str name)
{
    while (header.ptr) {
        str value = str_cut(&header, ';'), key = str_cut(&value, '=');
        if (!value.ptr || !str_eq(str_trim(key), name)) continue;
        value = str_trim(value);
        return is_value(value) ? value : STR_NONE;
    }
    return STR_NONE;
}

static bool needs_secure(str name) { return str_starts(name, STR("__Host-")) || str_starts(name, STR("__Secure-")); }

str cookie_write(arena *a, str name, str value, int64_t max_age_s, bool secure)
{
    if (!is_name(name) || !is_value(value) || (needs_secure(name) && !secure)) return STR_NONE;
    str age = max_age_s == 0 ? STR("") : arena_printf(a, "; Max-Age=%lld", max_age_s < 0 ? 0LL : (long long)max_age_s);
    return arena_printf(a, "%.*s=%.*s; Path=/%.*s; HttpOnly; SameSite=Lax%s", STR_ARG(name), STR_ARG(value), STR_ARG(age),
                        secure ? "; Secure" : "");
}
