/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Files in a form. They never stand in memory: each goes into a file without a name as it comes (server_config.stage), and ends
 * with the request unless a stage has done something with it. Only routes that say so take them, and what is cheap to check is
 * checked before the first byte of a file is kept: the three locks of csrf.c, for which the form's token stands before its files. */
#include <errno.h>
#include <unistd.h>

#include "http/exchange.h"
#include "http/multipart.h"

struct upload_run {
    multipart *parser;
    form_field fields[UPLOAD_FIELDS_MAX];
    size_t field_count;
    bool checked; /* the locks are open */
    upload *open; /* the file whose bytes come in */
};

static bool stop(exchange *x, rc_code code, enum lang_key sentence, const char *why)
{
    exchange_body_refuse(x, code, (msg){.key = sentence, .n = x->r.route->uploads}, why);
    return false;
}

static bool on_field(void *arg, str name, str value)
{
    exchange *x = arg;
    upload_run *u = x->upload_run;
    if (x->body.len + name.len + value.len > x->body_max || u->field_count == UPLOAD_FIELDS_MAX)
        return stop(x, E_TOO_LARGE, L_NONE, "fields larger than the route takes");
    u->fields[u->field_count++] = (form_field){name, value};
    x->r.form = (form){u->fields, u->field_count};
    return exchange_body_keep(x, (str[]){name, STR("="), value, STR("&")}, 4);
}

static bool may_send_files(exchange *x)
{
    server *s = x->home->server;
    if (x->upload_run->checked) return true;
    s->config.claims(&x->r);
    if (x->r.session.len == 0) return stop(x, E_LOGIN, L_NONE, "files from nobody");
    rc_code code = csrf_check(&x->r);
    if (code != OK) return stop(x, code, x->c.err.sentence.key, "files before a valid token");
    x->upload_run->checked = true;
    return true;
}

static bool on_file(void *arg, str name)
{
    exchange *x = arg;
    req *r = &x->r;
    if (!may_send_files(x)) return false;
    if (r->upload_count == (size_t)r->route->uploads) return stop(x, E_TOO_LARGE, L_form_files_many, "more files than the route takes");
    upload *u = &r->uploads[r->upload_count];
    *u = (upload){.field = name, .fd = x->home->server->config.stage(x->home->server->config.arg)};
    if (u->fd < 0) return stop(x, errno == ENOSPC || errno == EDQUOT ? E_FULL : E_INTERNAL, L_NONE, "no file for an upload");
    r->upload_count++;
    x->upload_run->open = u;
    return true;
}

static bool on_bytes(void *arg, str bytes)
{
    exchange *x = arg;
    upload *u = x->upload_run->open;
    if (u->len + (int64_t)bytes.len > (int64_t)x->r.route->upload_max) return stop(x, E_TOO_LARGE, L_form_file_large, "a file larger than the route takes");
    while (bytes.len) {
        ssize_t n = write(u->fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return stop(x, errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? E_FULL : E_INTERNAL, L_NONE, "an upload cannot be written");
        u->len += n;
        bytes = str_skip(bytes, (size_t)n);
    }
    return true;
}

/* A file field that was left alone comes as an empty file. Whatever was sent is part of what a used token is bound to. */
static bool on_file_end(void *arg)
{
    exchange *x = arg;
    upload *u = x->upload_run->open;
    x->upload_run->open = NULL;
    if (u->len == 0) {
        close(u->fd);
        x->r.upload_count--;
        return true;
    }
    str size = arena_printf(x->arena, "%lld", (long long)u->len);
    return exchange_body_keep(x, (str[]){u->field, STR(":"), size, STR("&")}, 4);
}

static const multipart_events events = {on_field, on_file, on_bytes, on_file_end};

bool exchange_uploads_begin(exchange *x, str content_type)
{
    str boundary = multipart_boundary(content_type);
    if (!boundary.ptr || !x->r.route->uploads || !x->home->server->config.stage) return false;
    upload_run *u = x->upload_run = ARENA_NEW(x->arena, upload_run);
    *u = (upload_run){0};
    u->parser = multipart_open(x->arena, boundary, &events, x);
    return true;
}

void exchange_uploads_take(exchange *x, str bytes)
{
    switch (multipart_feed(x->upload_run->parser, bytes)) {
    case MULTIPART_MORE:
    case MULTIPART_END:
    case MULTIPART_STOPPED: return; /* whoever stopped it has refused already */
    case MULTIPART_BAD: (void)stop(x, E_SYNTAX, L_NONE, "not a form with files"); return;
    case MULTIPART_LARGE: (void)stop(x, E_TOO_LARGE, L_NONE, "a part larger than we read"); return;
    }
}

rc exchange_uploads_done(exchange *x)
{
    return multipart_feed(x->upload_run->parser, STR("")) == MULTIPART_END ? OK : E_SYNTAX;
}

void exchange_uploads_drop(exchange *x)
{
    for (size_t i = 0; i < x->r.upload_count; i++) close(x->r.uploads[i].fd);
    x->r.upload_count = 0;
}
