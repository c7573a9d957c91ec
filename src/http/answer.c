/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From a req back to MHD: headers, status, body. */
#include <string.h>

#include "assets_gen.h"
#include "http/exchange.h"

/* Nothing but our own files: no inline script, no third party, no framing, no plug-ins. */
static const char csp[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; require-trusted-types-for 'script'; "
    "trusted-types default";

static void header(struct MHD_Response *response, const char *name, const char *value)
{
    MHD_add_response_header(response, name, value);
}

static void common_headers(struct MHD_Response *response)
{
    header(response, "X-Content-Type-Options", "nosniff");
    /* Other sites learn nothing. Not "no-referrer": with it browsers send `Origin: null` even to ourselves. */
    header(response, "Referrer-Policy", "same-origin");
    header(response, "Cross-Origin-Resource-Policy", "same-origin");
}

static void page_headers(exchange *x, struct MHD_Response *response)
{
    req *r = &x->r;
    common_headers(response);
    header(response, "Content-Type", r->content_type ? r->content_type : "text/html; charset=utf-8");
    header(response, "Content-Security-Policy", csp);
    header(response, "Cross-Origin-Opener-Policy", "same-origin");
    header(response, "Cache-Control", r->cache_public ? "public, max-age=300" : "no-store");
    header(response, "Vary", "Cookie, Accept-Language, HX-Request");
    if (r->status == 503) header(response, "Retry-After", "1");
    if (r->status == 429) header(response, "Retry-After", arena_cstr(x->arena, arena_printf(x->arena, "%d", r->retry_after)));
    if (r->status == 405) header(response, "Allow", "GET, HEAD, POST");
    for (size_t i = 0; i < r->set_cookie_count; i++)
        header(response, "Set-Cookie", arena_cstr(x->arena, r->set_cookies[i]));
}

/* A redirect for a browser is 303; for htmx a header that its script follows, since a fragment cannot leave the page. */
static void redirect_headers(exchange *x, struct MHD_Response *response, unsigned *status)
{
    const char *to = arena_cstr(x->arena, x->r.location);
    if (x->r.fragment) {
        header(response, "HX-Redirect", to);
        *status = 204;
        return;
    }
    header(response, "Location", to);
    *status = 303;
}

enum MHD_Result exchange_answer(exchange *x)
{
    req *r = &x->r;
    if (x->page.failed) {
        out_reset(&x->page);
        OUT_LIT(&x->page, "The page grew too large.");
        r->status = 500;
    }
    if (r->status == 0) r->status = 200;
    unsigned status = (unsigned)r->status;
    bool redirect = r->location.ptr != NULL;
    str body = redirect ? STR("") : out_get(&x->page);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body.len, (void *)(uintptr_t)body.ptr, MHD_RESPMEM_PERSISTENT);
    if (!response) return MHD_NO;
    page_headers(x, response);
    if (redirect) redirect_headers(x, response, &status);
    enum MHD_Result result = MHD_queue_response(x->connection, status, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- static files ---- */

static bool accepts(struct MHD_Connection *connection, str coding)
{
    str wanted = str_of(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept-Encoding"));
    while (wanted.ptr) {
        str one = str_trim(str_cut(&wanted, ','));
        str name = str_trim(str_take(one, str_find(one, ';')));
        bool refused = str_ends(one, STR("q=0"));
        if (str_eq(name, coding)) return !refused;
    }
    return false;
}

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
    if (a->br.ptr && accepts(connection, STR("br"))) bytes = a->br.ptr, len = a->br.len, coding = "br";
    else if (a->zst.ptr && accepts(connection, STR("zstd"))) bytes = a->zst.ptr, len = a->zst.len, coding = "zstd";
    struct MHD_Response *response =
        MHD_create_response_from_buffer(len, (void *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT);
    if (!response) {
        *result = MHD_NO;
        return true;
    }
    common_headers(response);
    header(response, "Content-Type", a->type);
    header(response, "Cache-Control", "public, max-age=31536000, immutable");
    header(response, "ETag", a->etag);
    header(response, "Vary", "Accept-Encoding");
    /* An SVG opened by itself is a document: it may draw and nothing else. */
    header(response, "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    if (coding) header(response, "Content-Encoding", coding);
    *result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return true;
}
