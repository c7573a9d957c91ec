/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Escaping skips over what needs none, eight bytes at a time, and copies such runs in one piece: most of a page is runs.
 *
 * A buffer may have held a letter or a password: it is wiped before its memory goes elsewhere, and when it is emptied. */
#include "base/out.h"

#include <stdarg.h>

#define FIRST_CAP ((size_t)4096)
#define KEPT_CAP ((size_t)1 << 20)

void out_init(out *o, size_t limit) { *o = (out){.limit = limit}; }

static void out_wipe(out *o)
{
    if (o->len) explicit_bzero(o->ptr, o->len);
}

void out_drop(out *o)
{
    out_wipe(o);
    free(o->ptr);
    *o = (out){.limit = o->limit};
}

void out_reset(out *o)
{
    if (o->cap > KEPT_CAP) out_drop(o);
    out_wipe(o);
    o->len = 0;
    o->failed = false;
}

str out_get(const out *o) { return (str){o->ptr ? o->ptr : "", o->len}; }

/* Makes room for len more bytes, or fails for good. */
static bool out_room(out *o, size_t len)
{
    if (o->failed) return false;
    if (len <= o->cap - o->len) return true;
    if (len > o->limit - o->len) {
        o->failed = true;
        return false;
    }
    size_t cap = o->cap ? o->cap : FIRST_CAP;
    while (cap < o->len + len) cap = cap > SIZE_MAX / 2 ? SIZE_MAX : cap * 2;
    if (cap > o->limit) cap = o->limit; /* cap never passes the limit, so room within cap is room within the limit */
    char *ptr = malloc(cap); /* not realloc, which would leave the old bytes behind */
    if (!ptr) {
        o->failed = true;
        return false;
    }
    if (o->len) memcpy(ptr, o->ptr, o->len);
    out_wipe(o);
    free(o->ptr);
    o->ptr = ptr;
    o->cap = cap;
    return true;
}

char *out_space(out *o, size_t len)
{
    if (!out_room(o, len) || (!o->ptr && !out_room(o, 1))) return NULL; /* no bytes have a place, too */
    char *space = o->ptr + o->len;
    o->len += len;
    return space;
}

void out_bytes(out *o, const void *bytes, size_t len)
{
    if (len == 0 || !out_room(o, len)) return;
    memcpy(o->ptr + o->len, bytes, len);
    o->len += len;
}

void out_str(out *o, str s) { out_bytes(o, s.ptr, s.len); }

void out_char(out *o, char c)
{
    if (out_room(o, 1)) o->ptr[o->len++] = c;
}

/* Writes v's digits so that they end before `end`, and returns where they begin. */
static char *digits_before(char *end, uint64_t v)
{
    do *--end = (char)('0' + v % 10);
    while (v /= 10);
    return end;
}

void out_uint(out *o, uint64_t v)
{
    char buf[20], *end = buf + sizeof buf, *start = digits_before(end, v);
    out_bytes(o, start, (size_t)(end - start));
}

void out_int(out *o, int64_t v)
{
    char buf[21], *end = buf + sizeof buf;
    /* Negated as unsigned, because INT64_MIN has no positive twin. */
    char *start = digits_before(end, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
    if (v < 0) *--start = '-';
    out_bytes(o, start, (size_t)(end - start));
}

void out_printf(out *o, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = NULL;
    int len = vasprintf(&text, fmt, args);
    va_end(args);
    if (len < 0) {
        o->failed = true;
        return;
    }
    out_bytes(o, text, (size_t)len);
    explicit_bzero(text, (size_t)len);
    free(text);
}

/* What each special byte becomes; the others are absent. */
static const str html_entity[256] = {
    ['&'] = STR_INIT("&amp;"),  ['<'] = STR_INIT("&lt;"),   ['>'] = STR_INIT("&gt;"),
    ['"'] = STR_INIT("&quot;"), ['\''] = STR_INIT("&#39;"),
};
/* A byte each: four cache lines instead of sixty-four. */
static const bool html_special[256] = {['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['\''] = true};

#define EACH_BYTE(x) (UINT64_C(0x0101010101010101) * (x))

/* Is one of the eight bytes zero? (Never no when yes; that is all we need.) */
static uint64_t has_zero(uint64_t word) { return (word - EACH_BYTE(1)) & ~word & EACH_BYTE(0x80); }

/* Could one of the eight bytes be special? " & ' are 0x22 0x26 0x27, < and > are 0x3C and 0x3E: with a few bits set they
 * fall together, and only '#' (0x23) with them. */
static bool may_be_special(const unsigned char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return has_zero((word | EACH_BYTE(0x05)) ^ EACH_BYTE(0x27)) | has_zero((word | EACH_BYTE(0x02)) ^ EACH_BYTE(0x3E));
}

/* How many bytes from p on need no escaping. */
static size_t plain_run(const unsigned char *p, size_t len)
{
    size_t i = 0;
    for (;;) {
        while (len - i >= 8 && !may_be_special(p + i)) i += 8;
        /* The special byte, the last few, or a '#'. */
        for (size_t end = len - i < 8 ? len : i + 8; i < end; i++)
            if (html_special[p[i]]) return i;
        if (i == len) return len;
    }
}

void out_escape(out *o, str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    for (size_t i = 0; i < s.len; i++) {
        size_t run = plain_run(p + i, s.len - i);
        out_bytes(o, p + i, run);
        i += run;
        if (i < s.len) out_str(o, html_entity[p[i]]);
    }
}

static bool is_unreserved(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

void out_percent(out *o, str s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (is_unreserved(c)) out_char(o, (char)c);
        else out_bytes(o, (char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
    }
}

/* Is there U+2028 or U+2029 at s[i]? JSON allows them, JavaScript before 2019 took them for line ends. */
static bool is_line_separator(str s, size_t i)
{
    return s.len - i >= 3 && (memcmp(s.ptr + i, "\xE2\x80\xA8", 3) == 0 || memcmp(s.ptr + i, "\xE2\x80\xA9", 3) == 0);
}

static const char hex_lower[] = "0123456789abcdef";

static void json_special(out *o, unsigned char c)
{
    switch (c) {
    case '"': OUT_LIT(o, "\\\""); break;
    case '\\': OUT_LIT(o, "\\\\"); break;
    case '\n': OUT_LIT(o, "\\n"); break;
    case '\r': OUT_LIT(o, "\\r"); break;
    case '\t': OUT_LIT(o, "\\t"); break;
    default: out_bytes(o, (char[]){'\\', 'u', '0', '0', hex_lower[c >> 4], hex_lower[c & 15]}, 6);
    }
}

void out_json(out *o, str s)
{
    out_char(o, '"');
    size_t run = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        bool separator = c == 0xE2 && is_line_separator(s, i);
        if (c >= 0x20 && c != '"' && c != '\\' && c != '<' && !separator) continue;
        out_bytes(o, s.ptr + run, i - run);
        if (separator) {
            out_str(o, s.ptr[i + 2] == '\xA8' ? STR("\\u2028") : STR("\\u2029"));
            i += 2;
        } else {
            json_special(o, c);
        }
        run = i + 1;
    }
    if (run < s.len) out_bytes(o, s.ptr + run, s.len - run);
    out_char(o, '"');
}
