/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From MHD's connection to a req. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "http/address.h"
#include "http/cookies.h"
#include "http/exchange.h"
#include "http/path.h"

#define BODY_MAX_DEFAULT ((uint32_t)64 * 1024)
#define BODY_MAX_HOPELESS ((uint32_t)16 * 1024)
#define UPLOAD_FRAMING (64 * 1024) /* boundaries and heads of parts */
#define TARGET_MAX ((size_t)2048)

str req_header(const req *r, const char *name)
{
    const exchange *x = r->private_;
    return str_of(MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name));
}

/* A header may come on several lines: how many there are, and the last one. */
typedef struct header_lines {
    const char *name;
    int count;
    str last;
} header_lines;

static enum MHD_Result take_line(void *lines, enum MHD_ValueKind kind, const char *name, const char *value)
{
    header_lines *l = lines;
    (void)kind;
    if (!str_eq_any_case(str_of(name), str_of(l->name))) return MHD_YES;
    l->count++;
    l->last = str_of(value);
    return MHD_YES;
}

static header_lines lines_of(struct MHD_Connection *connection, const char *name)
{
    header_lines lines = {.name = name};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, take_line, &lines);
    return lines;
}

/* RFC 9112 §3.2: one Host, which only HTTP/1.0 may leave out. */
bool exchange_names_host(struct MHD_Connection *connection, const char *version)
{
    int hosts = lines_of(connection, "Host").count;
    return hosts == 1 || (hosts == 0 && strcmp(version, "HTTP/1.0") == 0);
}

/* For limits. A proxy's word counts only on the Unix socket, where nobody but the proxy can speak. */
static str client_address(exchange *x)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *from = info ? info->client_addr : NULL;
    char text[INET6_ADDRSTRLEN] = "";
    if (from && from->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)from;
        inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
        return address_key(x->arena, str_of(text));
    }
    x->by_proxy = true;
    /* Of several lines the last: an earlier one is what the client said to the proxy. */
    header_lines said = lines_of(x->connection, "X-Forwarded-For");
    if (said.count) return address_key(x->arena, address_of_x_forwarded(said.last));
    return address_key(x->arena, address_of_forwarded(lines_of(x->connection, "Forwarded").last));
}

/* The path is decoded once and strictly; the query is left to the form parser. */
static rc read_target(exchange *x)
{
    size_t mark = str_find(x->raw, '?');
    if (path_check(x->arena, str_take(x->raw, mark), &x->r.path) != OK)
        return fail(&x->c, E_NOT_FOUND, MSG(L_NONE), "a path that we do not serve");
    x->r.target = x->raw.len <= TARGET_MAX ? x->raw : x->r.path;
    return form_parse(x->arena, str_skip(x->raw, mark + 1), &x->r.query);
}

/* HEAD is GET; MHD keeps the body to itself. */
static rc read_method(exchange *x, str method)
{
    x->head = str_eq(method, STR("HEAD"));
    bool reads = x->head || str_eq(method, STR("GET"));
    x->r.method = reads ? GET : POST;
    if (reads || str_eq(method, STR("POST"))) return OK;
    rc_code code = router_allow(x->home->server->router, x->r.path) ? E_METHOD : E_NOT_FOUND;
    return fail(&x->c, code, MSG(L_NONE), "method not served");
}

static rc check_body(exchange *x)
{
    /* Two lengths for one body: a proxy may believe the other one (RFC 9112 §6.3). */
    str coding = req_header(&x->r, "Transfer-Encoding"), stated = req_header(&x->r, "Content-Length");
    if (coding.ptr && stated.ptr) return fail(&x->c, E_SYNTAX, MSG(L_NONE), "both Transfer-Encoding and Content-Length");
    if (x->r.method != POST) return OK;
    x->body_max = x->r.route->body_max ? x->r.route->body_max : BODY_MAX_DEFAULT;
    str type = req_header(&x->r, "Content-Type");
    bool files = exchange_uploads_begin(x, type);
    if (!files) type = str_trim(str_take(type, str_find(type, ';')));
    if (!files && type.len > 0 && !str_eq_any_case(type, STR("application/x-www-form-urlencoded")))
        return fail(&x->c, E_TYPE, MSG(L_NONE), "body type not read here");
    int64_t most = (int64_t)x->body_max, length;
    if (files) most += (int64_t)x->r.route->uploads * (int64_t)x->r.route->upload_max + UPLOAD_FRAMING;
    /* Without a cookie no token can be right: such a form will be refused, and only so much of it comes back on that page. */
    bool hopeless = !req_header(&x->r, "Cookie").ptr && most > (int64_t)BODY_MAX_HOPELESS;
    if (hopeless) most = BODY_MAX_HOPELESS;
    if (hopeless) x->body_max = BODY_MAX_HOPELESS;
    if (str_int(stated, &length) && length > most)
        return hopeless ? fail(&x->c, E_LOGIN, MSG(L_NONE), "%lld bytes from nobody", (long long)length) : fail(&x->c, E_TOO_LARGE, MSG(L_NONE), "%lld bytes announced", (long long)length);
    return OK;
}

static lang choose_language(exchange *x)
{
    str chosen = req_cookie(&x->r, "lang");
    lang otherwise = x->r.site->lang;
    if (chosen.ptr) return lang_of(chosen, otherwise);
    str wanted = req_header(&x->r, "Accept-Language");
    return wanted.ptr ? lang_accept(wanted, otherwise) : otherwise;
}

rc exchange_read_head(exchange *x, const char *method)
{
    const server_config *config = &x->home->server->config;
    x->began_us = clock_us();
    x->c = (ctx){.arena = x->arena, .graph = config->graph, .ids = config->ids, .now = clock_now()};
    x->r = (req){.c = &x->c, .out = &x->page, .private_ = x, .site = config->site_now(config->arg),
                 .fragments = x->home->fragments, .media = config->media, .path = STR("/"), .target = STR("/")};
    x->c.lang = choose_language(x);
    x->address = client_address(x);
    x->r.fragment = req_header(&x->r, "HX-Request").ptr != NULL;
    if (!x->names_host) return fail(&x->c, E_SYNTAX, MSG(L_NONE), "not one Host");
    TRY(read_target(x));
    TRY(read_method(x, str_of(method)));
    rc_code found = router_find(x->home->server->router, x->r.method, x->r.path, &x->r.route, x->r.captures);
    if (found != OK) return fail(&x->c, found, MSG(L_NONE), "no route");
    return check_body(x);
}
