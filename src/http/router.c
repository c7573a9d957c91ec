/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A pattern is a list of pieces: literal text, {name} (one or more bytes, no '/'), {name:int} (digits, at most 18). A
 * capture ends where the next literal begins, so matching never backtracks. Patterns are tried from the most literal to the
 * least: first those whose first difference is literal text. There are a few dozen; the first byte
 * after the slash dismisses most of them. */
#include "http/router.h"

#include "base/log.h"

typedef struct entry {
    const route *route;
    size_t literal; /* bytes of literal text: the more, the earlier it is tried */
} entry;

struct router {
    entry *entries;
    size_t len;
};

str route_capture_name(const char *pattern, size_t i)
{
    str rest = str_of(pattern);
    for (;;) {
        size_t open = str_find(rest, '{');
        if (open == rest.len) return STR_NONE;
        rest = str_skip(rest, open + 1);
        str inner = str_take(rest, str_find(rest, '}'));
        if (i-- == 0) return str_take(inner, str_find(inner, ':'));
        rest = str_skip(rest, inner.len + 1);
    }
}

static bool is_digits(str s)
{
    if (s.len == 0 || s.len > 18) return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    return true;
}

/* How far a capture reaches: to the next literal byte of the pattern, or to the end of its segment. */
static str capture_span(str pattern_rest, str path_rest)
{
    str segment = str_take(path_rest, str_find(path_rest, '/'));
    if (pattern_rest.len == 0 || pattern_rest.ptr[0] == '/') return segment;
    return str_take(segment, str_find(segment, pattern_rest.ptr[0]));
}

static bool match(const char *pattern, str path, str captures[REQ_CAPTURES])
{
    str p = str_of(pattern);
    size_t n = 0;
    while (p.len > 0) {
        if (p.ptr[0] != '{') {
            if (path.len == 0 || path.ptr[0] != p.ptr[0]) return false;
            p = str_skip(p, 1);
            path = str_skip(path, 1);
            continue;
        }
        str inner = str_take(str_skip(p, 1), str_find(str_skip(p, 1), '}'));
        p = str_skip(p, inner.len + 2);
        str span = capture_span(p, path);
        bool digits = str_ends(inner, STR(":int"));
        if (span.len == 0 || (digits && !is_digits(span))) return false;
        captures[n++] = span;
        path = str_skip(path, span.len);
    }
    return path.len == 0;
}

static size_t literal_bytes(const char *pattern)
{
    size_t n = 0;
    bool inside = false;
    for (const char *p = pattern; *p; p++) {
        if (*p == '{') inside = true;
        else if (*p == '}') inside = false;
        else if (!inside) n++;
    }
    return n;
}

static void check_pattern(const route *r)
{
    str p = str_of(r->path);
    if (!str_starts(p, STR("/"))) die("route %s: a path begins with /", r->path);
    size_t captures = 0;
    for (size_t i = 0; i < p.len; i++)
        if (p.ptr[i] == '{') captures++;
    if (captures > REQ_CAPTURES) die("route %s: more than %d captures", r->path, REQ_CAPTURES);
    if (r->method == POST && (!r->act || !r->show)) die("route POST %s: needs act and show", r->path);
    if (r->method == GET && (r->act || r->prepare || r->slow || !r->show)) die("route GET %s: has show and nothing else", r->path);
}

/* Most literal first; an entry that begins with a capture stands last. */
static int by_literal(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    bool xc = x->route->path[1] == '{', yc = y->route->path[1] == '{';
    if (xc != yc) return xc ? 1 : -1;
    if (x->literal != y->literal) return x->literal < y->literal ? 1 : -1;
    return strcmp(x->route->path, y->route->path);
}

router *router_open(const route *const *tables)
{
    router *r = calloc(1, sizeof *r);
    if (!r) die("out of memory");
    size_t cap = 0;
    for (const route *const *t = tables; *t; t++)
        for (const route *e = *t; e->who != WHO_END; e++) cap++;
    r->entries = calloc(cap + 1, sizeof *r->entries);
    if (!r->entries) die("out of memory");
    for (const route *const *t = tables; *t; t++) {
        for (const route *e = *t; e->who != WHO_END; e++) {
            check_pattern(e);
            r->entries[r->len++] = (entry){e, literal_bytes(e->path)};
        }
    }
    qsort(r->entries, r->len, sizeof *r->entries, by_literal);
    for (size_t i = 1; i < r->len; i++) {
        const route *a = r->entries[i - 1].route, *b = r->entries[i].route;
        if (a->method == b->method && strcmp(a->path, b->path) == 0) die("route %s stands twice", a->path);
    }
    return r;
}

void router_close(router *r)
{
    if (!r) return;
    free(r->entries);
    free(r);
}

/* The entries of the address: those of the first pattern that matches. A less literal one must not take over where that one lacks
 * the method: the address is what the best match says ("/login" is nobody's name). They stand side by side. */
static const entry *find_address(const router *r, str path, str captures[REQ_CAPTURES])
{
    for (const entry *e = r->entries, *end = e + r->len; e < end; e++) {
        const char *pattern = e->route->path;
        if (pattern[1] != '{' && pattern[1] != '\0' && (path.len < 2 || pattern[1] != path.ptr[1])) continue;
        if (match(pattern, path, captures)) return e;
    }
    return NULL;
}

static const route *with_method(const router *r, const entry *address, method m)
{
    const entry *end = r->entries + r->len;
    for (const entry *e = address; e < end && strcmp(e->route->path, address->route->path) == 0; e++)
        if (e->route->method == m) return e->route;
    return NULL;
}

rc router_find(const router *r, method m, str path, const route **found, str captures[REQ_CAPTURES])
{
    const entry *address = find_address(r, path, captures);
    if (!address) return E_NOT_FOUND;
    const route *one = with_method(r, address, m);
    if (!one) return E_METHOD;
    *found = one;
    return OK;
}

const char *router_allow(const router *r, str path)
{
    str captures[REQ_CAPTURES];
    const entry *address = find_address(r, path, captures);
    if (!address) return NULL;
    bool get = with_method(r, address, GET), post = with_method(r, address, POST);
    return get && post ? "GET, HEAD, POST" : get ? "GET, HEAD" : "POST";
}
