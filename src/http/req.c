/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "http/req.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "http/cookies.h"
#include "http/exchange.h"
#include "http/path.h"

str req_capture(const req *r, const char *name)
{
    for (size_t i = 0; i < REQ_CAPTURES; i++) {
        str known = route_capture_name(r->route->path, i);
        if (!known.ptr) break;
        if (str_eq(known, str_of(name))) return r->captures[i];
    }
    die("route %s has no capture %s", r->route->path, name);
}

int64_t req_capture_int(const req *r, const char *name)
{
    int64_t v = 0;
    if (!str_int(req_capture(r, name), &v)) die("capture %s of %s is no number", name, r->route->path);
    return v;
}

str req_field(const req *r, const char *name)
{
    return form_get(r->method == POST ? &r->form : &r->query, str_of(name));
}

int64_t req_field_int(const req *r, const char *name, int64_t otherwise)
{
    int64_t v;
    return str_int(req_field(r, name), &v) ? v : otherwise;
}

rc req_fault(req *r, const char *field, msg sentence)
{
    if (r->fault_count < REQ_FAULTS) r->faults[r->fault_count++] = (fault){field, sentence};
    return fail(r->c, E_INVALID, sentence, "field %s", field);
}

const msg *req_fault_of(const req *r, const char *field)
{
    for (size_t i = 0; i < r->fault_count; i++)
        if (strcmp(r->faults[i].field, field) == 0) return &r->faults[i].sentence;
    return NULL;
}

rc req_text(req *r, const char *name, size_t least, size_t most, bool lines, str *clean)
{
    *clean = STR("");
    str typed = req_field(r, name);
    if (!typed.ptr) typed = STR("");
    switch (text_clean(r->c->arena, typed, most, lines, clean)) {
    case TEXT_FINE: break;
    case TEXT_ENCODING: (void)req_fault(r, name, MSG(L_form_encoding)); return E_SYNTAX;
    case TEXT_NUL: return req_fault(r, name, MSG(L_form_control));
    case TEXT_BIDI: return req_fault(r, name, MSG(L_form_bidi));
    case TEXT_LONG: return req_fault(r, name, (msg){.key = L_form_long, .n = (int64_t)most});
    }
    if (utf8_count(*clean) < least)
        return req_fault(r, name, clean->len == 0 ? MSG(L_form_empty)
                                                  : (msg){.key = L_form_short, .n = (int64_t)least});
    return OK;
}

str req_client(const req *r)
{
    const exchange *x = r->private_;
    int64_t num = r->c->viewer.num;
    return num ? arena_printf(r->c->arena, "m%lld", (long long)num) : arena_cat(r->c->arena, STR("a"), x->address, STR(""));
}

rc req_name(req *r, const char *name, size_t least, size_t most, str *clean)
{
    TRY(req_text(r, name, least, most, false, clean));
    str seen = text_unhide(r->c->arena, *clean);
    if (clean->len && !text_visible(seen)) return req_fault(r, name, MSG(L_form_hidden));
    *clean = seen;
    return OK;
}

static rc take(req *r, str key, limit_rule rule)
{
    exchange *x = r->private_;
    server *s = x->home->server;
    if (s->config.limits_off || x->asked++ < x->paid) return OK;
    if (limit_take(s->limits, key, rule, clock_us() / 1000, &r->retry_after)) {
        x->paid++;
        return OK;
    }
    return fail(r->c, E_LIMIT, MSG(L_NONE), "over %d, then %f a minute", rule.burst, rule.per_minute);
}

rc req_limit(req *r, str key, int per_minute)
{
    return take(r, key, (limit_rule){.burst = per_minute, .per_minute = per_minute});
}

rc req_limit_hour(req *r, str key, int per_hour)
{
    return take(r, key, (limit_rule){.burst = per_hour, .per_minute = per_hour / 60.0});
}

void req_health(const req *r, struct health *out)
{
    const exchange *x = r->private_;
    server *s = x->home->server;
    s->config.health(s->config.arg, s, out);
}

static bool is_page(const req *r, str target)
{
    const exchange *x = r->private_;
    const route *found;
    str path, captures[REQ_CAPTURES];
    str raw = str_take(str_take(target, str_find(target, '#')), str_find(target, '?'));
    return path_check(r->c->arena, raw, &path) == OK && router_find(x->home->server->router, GET, path, &found, captures) == OK;
}

#define PAGE_DEPTH 8

url req_page_at(const req *r, str target)
{
    target = url_local(target).s;
    for (int up = 0; up < PAGE_DEPTH; up++) {
        if (is_page(r, target)) return url_local(target);
        size_t cut = target.len;
        while (cut > 1 && target.ptr[cut - 1] != '/') cut--;
        target = str_take(target, cut > 1 ? cut - 1 : 1);
    }
    return url_local(STR("/"));
}

rc req_redirect(req *r, url to)
{
    r->location = to.s;
    return OK;
}

rc req_redirect_toast(req *r, url to, enum lang_key sentence, str undo)
{
    /* "<key>.<undo address>": the next page checks both; see page/view.c. */
    str value = arena_printf(r->c->arena, "%d.%.*s", (int)sentence, STR_ARG(undo));
    req_set_cookie(r, "toast", value, 60);
    return req_redirect(r, to);
}

rc req_send_file(req *r, int fd, int64_t len, const char *content_type, int seconds)
{
    exchange *x = r->private_;
    if (x->file_fd >= 0) close(x->file_fd); /* of a stage that ran before */
    x->file_fd = fd;
    x->file_len = len;
    x->file_seconds = seconds;
    r->content_type = content_type;
    return OK;
}

/* On https our cookies are bound to exactly this host by their name (RFC 6265bis §4.1.3.2). */
static str cookie_name(const req *r, const char *name)
{
    return arena_cat(r->c->arena, r->site->secure ? STR("__Host-") : STR(""), STR("veche_"), str_of(name));
}

void req_set_cookie(req *r, const char *name, str value, int64_t max_age_s)
{
    if (r->set_cookie_count == REQ_COOKIES) die("more than %d cookies", REQ_COOKIES);
    r->set_cookies[r->set_cookie_count++] =
        cookie_write(r->c->arena, cookie_name(r, name), value, max_age_s, r->site->secure);
}

str req_cookie(const req *r, const char *name)
{
    return cookie_find(req_header(r, "Cookie"), cookie_name(r, name));
}
