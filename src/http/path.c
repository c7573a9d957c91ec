/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "http/path.h"

#include "base/utf8.h"
#include "http/percent.h"

static bool is_allowed(unsigned char c) { return c >= 0x20 && c != 0x7F && c != '\\'; }
/* These mean something unescaped; whoever escapes them wants to be read differently by two readers. */
static bool is_allowed_escaped(unsigned char c) { return is_allowed(c) && c != '.' && c != '/' && c != '%'; }

static bool decode(str raw, char *buf, size_t *len)
{
    for (size_t i = 0; i < raw.len; i++) {
        int byte = (unsigned char)raw.ptr[i];
        if (byte == '%') {
            byte = percent_byte(raw, i);
            if (byte < 0 || !is_allowed_escaped((unsigned char)byte)) return false;
            i += 2;
        } else if (!is_allowed((unsigned char)byte)) {
            return false;
        }
        buf[(*len)++] = (char)byte;
    }
    return true;
}

static bool is_segment(str s) { return s.len > 0 && !str_eq(s, STR(".")) && !str_eq(s, STR("..")); }

/* Looks behind the first '/'. */
static bool has_good_segments(str path)
{
    str rest = str_skip(path, 1);
    while (rest.ptr) {
        str segment = str_cut(&rest, '/');
        bool at_end = !rest.ptr && segment.len == 0; /* "/", or a '/' at the end */
        if (!at_end && !is_segment(segment)) return false;
    }
    return true;
}

rc path_check(arena *a, str raw, str *path)
{
    if (raw.len > PATH_MAX_BYTES || !str_starts(raw, STR("/"))) return E_NOT_FOUND;
    char *buf = arena_alloc(a, raw.len);
    size_t len = 0;
    if (!decode(raw, buf, &len)) return E_NOT_FOUND;
    str decoded = {buf, len};
    if (!utf8_valid(decoded) || !has_good_segments(decoded)) return E_NOT_FOUND;
    *path = decoded;
    return OK;
}
