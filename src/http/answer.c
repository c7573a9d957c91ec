/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From a req back to MHD: headers, status, body. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "assets_gen.h"
#include "base/log.h"
#include "http/exchange.h"

/* Nothing but our own files: no inline script, no third party, no framing, no plug-ins. A picture may also be a blob, which only a
 * script of ours can make: the preview of what is about to be sent. */
static const char csp[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; require-trusted-types-for 'script'; "
    "trusted-types default";

#define COMPRESS_LEAST 1024 /* what fits into a packet arrives no sooner when it is smaller */

/* The headers of an answer, before it is known who sends them: MHD, or we past it. */
#define HEADERS_MAX 24
typedef struct headers {
    const char *names[HEADERS_MAX], *values[HEADERS_MAX];
    size_t len;
} headers;

static void header(headers *all, const char *name, const char *value)
{
    if (all->len == HEADERS_MAX) die("more than %d headers", HEADERS_MAX);
    all->names[all->len] = name;
    all->values[all->len++] = value;
}

static void give_headers(const headers *all, struct MHD_Response *response)
{
    for (size_t i = 0; i < all->len; i++) MHD_add_response_header(response, all->names[i], all->values[i]);
}

static void common_headers(headers *all)
{
    header(all, "X-Content-Type-Options", "nosniff");
    /* Other sites learn nothing. Not "no-referrer": with it browsers send `Origin: null` even to ourselves. */
    header(all, "Referrer-Policy", "same-origin");
    header(all, "Cross-Origin-Resource-Policy", "same-origin");
}

static void page_headers(exchange *x, headers *all)
{
    req *r = &x->r;
    common_headers(all);
    header(all, "Content-Type", r->content_type ? r->content_type : "text/html; charset=utf-8");
    header(all, "Content-Security-Policy", csp);
    header(all, "Cross-Origin-Opener-Policy", "same-origin");
    header(all, "Cache-Control", r->cache_public ? "public, max-age=300" : "no-store");
    header(all, "Vary", "Cookie, Accept-Language, Accept-Encoding, HX-Request");
    if (r->status == 503) header(all, "Retry-After", "1");
    if (r->status == 429) header(all, "Retry-After", arena_cstr(x->arena, arena_printf(x->arena, "%d", r->retry_after)));
    const char *allow = r->status == 405 ? router_allow(x->home->server->router, r->path) : NULL;
    if (allow) header(all, "Allow", allow);
    for (size_t i = 0; i < r->set_cookie_count; i++) header(all, "Set-Cookie", arena_cstr(x->arena, r->set_cookies[i]));
}

/* A redirect for a browser is 303; for htmx a header that its script follows, since a fragment cannot leave the page. */
static void redirect_headers(exchange *x, headers *all, unsigned *status)
{
    const char *to = arena_cstr(x->arena, x->r.location);
    if (x->r.fragment) {
        header(all, "HX-Redirect", to);
        *status = 204;
        return;
    }
    header(all, "Location", to);
    *status = 303;
}

/* What is sent; returns the body. */
static str compose(exchange *x, headers *all, unsigned *status)
{
    req *r = &x->r;
    if (x->page.failed) {
        out_reset(&x->page);
        OUT_LIT(&x->page, "The page grew too large.");
        r->status = 500;
    }
    if (r->status == 0) r->status = 200;
    *status = (unsigned)r->status;
    page_headers(x, all);
    if (!r->location.ptr) return out_get(&x->page);
    redirect_headers(x, all, status);
    return STR("");
}

/* A compressed page's length tells whether what an attacker put into it also stands elsewhere in it (BREACH). For that the attacker
 * must make a member's browser ask for it: so what another site has caused is sent plain. A browser that does not say who caused it
 * gets its member's pages plain as well, unless anybody can read them on the way anyhow. See docs/threat-model.md. */
static bool may_compress(const exchange *x)
{
    compress_when when = x->home->server->config.compress;
    if (when == COMPRESS_OFF || (when == COMPRESS_AUTO && x->by_proxy)) return false;
    str cause = req_header(&x->r, "Sec-Fetch-Site");
    if (cause.ptr) return str_eq(cause, STR("same-origin")) || str_eq(cause, STR("none"));
    return !x->c.viewer.num || !x->r.site->secure;
}

static str compress(exchange *x, str body, headers *all)
{
    bool text = !x->r.content_type || str_starts(str_of(x->r.content_type), STR("text/"));
    if (!text || body.len < COMPRESS_LEAST || !may_compress(x)) return body;
    coding c = coding_choose(req_header(&x->r, "Accept-Encoding"));
    if (c == CODING_NONE || !packer_pack(x->home->packer, c, body, &x->packed)) return body;
    header(all, "Content-Encoding", coding_name(c));
    return out_get(&x->packed);
}

/* A picture: of this viewer, for this long, and never more than a picture. MHD sends from a descriptor of its own. */
static enum MHD_Result answer_file(exchange *x)
{
    headers all = {0};
    int fd = dup(x->file_fd);
    struct MHD_Response *response = fd < 0 ? NULL : MHD_create_response_from_fd64((uint64_t)x->file_len, fd);
    if (!response) {
        if (fd >= 0) close(fd);
        return MHD_NO;
    }
    common_headers(&all);
    header(&all, "Content-Type", x->r.content_type);
    header(&all, "Content-Security-Policy", "default-src 'none'; sandbox");
    header(&all, "Cache-Control", arena_cstr(x->arena, arena_printf(x->arena, "private, max-age=%d, immutable", x->file_seconds)));
    give_headers(&all, response);
    enum MHD_Result result = MHD_queue_response(x->connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

enum MHD_Result exchange_answer(exchange *x)
{
    if (x->file_fd >= 0 && x->outcome == OK) return answer_file(x);
    headers all = {0};
    unsigned status;
    if (x->subject && x->outcome == OK && !x->page.failed) {
        streams_take(x);
        return MHD_NO;
    }
    str body = compose(x, &all, &status);
    body = compress(x, body, &all);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body.len, (void *)(uintptr_t)body.ptr, MHD_RESPMEM_PERSISTENT);
    if (!response) return MHD_NO;
    give_headers(&all, response);
    enum MHD_Result result = MHD_queue_response(x->connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static void put_lines(out *o, unsigned status, const char *reason, const headers *all)
{
    out_printf(o, "HTTP/1.1 %u %s\r\nConnection: close\r\n", status, reason);
    for (size_t i = 0; i < all->len; i++) out_printf(o, "%s: %s\r\n", all->names[i], all->values[i]);
}

void exchange_put_stream_head(exchange *x, out *o)
{
    headers all = {0};
    page_headers(x, &all);
    header(&all, "X-Accel-Buffering", "no"); /* a proxy passes each event on */
    put_lines(o, 200, "OK", &all);
}

/* Whatever the socket takes at once, which is more than our pages of errors have: nobody waits for who was cut off. */
void exchange_answer_past_mhd(exchange *x)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    headers all = {0};
    unsigned status;
    str body = compose(x, &all, &status);
    if (!info) return;
    out whole;
    out_init(&whole, OUT_LIMIT_PAGE);
    put_lines(&whole, status, rc_reason(x->outcome), &all);
    out_printf(&whole, "Content-Length: %zu\r\n\r\n", body.len);
    out_str(&whole, body);
    ssize_t ignored = send(info->connect_fd, out_get(&whole).ptr, out_get(&whole).len, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)ignored;
    out_drop(&whole);
}

/* ---- static files ---- */

static const asset *asset_find(const char *url)
{
    for (const asset *a = assets; a->name; a++)
        if (strcmp(a->path, url) == 0) return a;
    return NULL;
}

bool exchange_asset(struct MHD_Connection *connection, const char *url, const char *method, enum MHD_Result *result)
{
    bool reads = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    const asset *a = reads && strncmp(url, "/static/", 8) == 0 ? asset_find(url) : NULL;
    if (!a) return false;
    const unsigned char *bytes = a->raw.ptr;
    size_t len = a->raw.len;
    const char *coding = NULL;
    str wanted = str_of(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept-Encoding"));
    int br = coding_weight(wanted, STR("br")), zstd = coding_weight(wanted, STR("zstd"));
    if (a->br.ptr && br > 0 && br >= zstd) bytes = a->br.ptr, len = a->br.len, coding = "br";
    else if (a->zst.ptr && zstd > 0) bytes = a->zst.ptr, len = a->zst.len, coding = "zstd";
    struct MHD_Response *response =
        MHD_create_response_from_buffer(len, (void *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT);
    if (!response) {
        *result = MHD_NO;
        return true;
    }
    headers all = {0};
    common_headers(&all);
    header(&all, "Content-Type", a->type);
    header(&all, "Cache-Control", "public, max-age=31536000, immutable");
    header(&all, "ETag", a->etag);
    header(&all, "Vary", "Accept-Encoding");
    /* An SVG opened by itself is a document: it may draw and nothing else. */
    header(&all, "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    if (coding) header(&all, "Content-Encoding", coding);
    give_headers(&all, response);
    *result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return true;
}
