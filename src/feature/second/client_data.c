/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/second/client_data.h"

#include <string.h>

#include "base/utf8.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static void blanks(str *rest)
{
    while (rest->len && memchr(" \t\r\n", rest->ptr[0], 4)) *rest = str_skip(*rest, 1);
}

static bool take(str *rest, char c)
{
    blanks(rest);
    if (rest->len == 0 || rest->ptr[0] != c) return false;
    *rest = str_skip(*rest, 1);
    return true;
}

static int hex_digit(char c)
{
    if (is_digit(c)) return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Behind a backslash. */
static bool escaped(str *rest, char *out)
{
    static const char signs[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (rest->len == 0) return false;
    char c = rest->ptr[0];
    *rest = str_skip(*rest, 1);
    const char *at = c ? strchr(signs, c) : NULL;
    if (at) return *out = meant[at - signs], true;
    if (c != 'u' || rest->len < 4) return false;
    int value = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = hex_digit(rest->ptr[i]);
        if (digit < 0) return false;
        value = value * 16 + digit;
    }
    *rest = str_skip(*rest, 4);
    *out = value < 128 ? (char)value : '?';
    return true;
}

static bool string(arena *a, str *rest, str *out)
{
    if (!take(rest, '"')) return false;
    char *text = arena_alloc(a, rest->len + 1);
    for (size_t n = 0; rest->len; n++) {
        char c = rest->ptr[0];
        *rest = str_skip(*rest, 1);
        if (c == '"') return *out = (str){text, n}, true;
        if ((unsigned char)c < 0x20) return false;
        if (c == '\\' && !escaped(rest, &c)) return false;
        text[n] = c;
    }
    return false;
}

static bool word(str *rest, str wanted)
{
    if (!str_starts(*rest, wanted)) return false;
    *rest = str_skip(*rest, wanted.len);
    return true;
}

static size_t digits(str *rest)
{
    size_t n = 0;
    while (n < rest->len && is_digit(rest->ptr[n])) n++;
    *rest = str_skip(*rest, n);
    return n;
}

static bool number(str *rest)
{
    (void)word(rest, STR("-"));
    bool zero = str_starts(*rest, STR("0"));
    size_t whole = digits(rest);
    if (whole == 0 || (zero && whole > 1)) return false;
    if (word(rest, STR(".")) && digits(rest) == 0) return false;
    if (word(rest, STR("e")) || word(rest, STR("E"))) {
        if (!word(rest, STR("+"))) (void)word(rest, STR("-"));
        return digits(rest) > 0;
    }
    return true;
}

static bool value(arena *a, str *rest, int depth);

static bool members(arena *a, str *rest, int depth, char end)
{
    str name;
    if (take(rest, end)) return true;
    do {
        if (end == '}' && (!string(a, rest, &name) || !take(rest, ':'))) return false;
        if (!value(a, rest, depth)) return false;
    } while (take(rest, ','));
    return take(rest, end);
}

/* Anything, to get behind it. */
static bool value(arena *a, str *rest, int depth)
{
    str ignored;
    blanks(rest);
    if (rest->len == 0 || depth > CLIENT_DATA_DEPTH) return false;
    switch (rest->ptr[0]) {
    case '"': return string(a, rest, &ignored);
    case '{': return take(rest, '{') && members(a, rest, depth + 1, '}');
    case '[': return take(rest, '[') && members(a, rest, depth + 1, ']');
    case 't': return word(rest, STR("true"));
    case 'f': return word(rest, STR("false"));
    case 'n': return word(rest, STR("null"));
    default: return number(rest);
    }
}

static bool member(arena *a, str *rest, client_data *out)
{
    str name, *to = NULL;
    if (!string(a, rest, &name) || !take(rest, ':')) return false;
    if (str_eq(name, STR("type"))) to = &out->type;
    else if (str_eq(name, STR("challenge"))) to = &out->challenge;
    else if (str_eq(name, STR("origin"))) to = &out->origin;
    if (to) return !to->ptr && string(a, rest, to);
    blanks(rest);
    if (str_eq(name, STR("crossOrigin")) && str_starts(*rest, STR("true"))) out->cross_origin = true;
    return value(a, rest, 1);
}

bool client_data_read(arena *a, str json, client_data *out)
{
    str rest = json;
    *out = (client_data){0};
    if (json.len > CLIENT_DATA_MAX || !utf8_valid(json) || !take(&rest, '{')) return false;
    do {
        if (!member(a, &rest, out)) return false;
    } while (take(&rest, ','));
    if (!take(&rest, '}')) return false;
    blanks(&rest);
    return rest.len == 0 && out->type.ptr && out->challenge.ptr && out->origin.ptr;
}
