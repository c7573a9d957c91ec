/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The body of a form, while it comes in. It is kept in memory whole, so everything about it has an end:
 *
 *   one form      what its route takes (request.c): announced or not, the rest is thrown away and the answer is 413
 *   all forms     a budget for each web thread: past it, 503
 *   time          half a minute for the whole body, however evenly it drips: then 408; with files ten minutes
 *   patience      who goes on sending a form that was refused is read to the end, since a browser reads no answer before it has
 *                 sent; but not for ever
 *
 * MHD takes no answer before the body's end. Where we do not want to wait for that, the answer goes to the socket past MHD, and the
 * connection is closed. */
#include "base/clock.h"
#include "http/exchange.h"

#define BODY_SECONDS 30
#define UPLOAD_SECONDS 600
#define BODY_BUDGET ((size_t)64 << 20)
#define PATIENCE ((size_t)1 << 20)

void exchange_body_refuse(exchange *x, rc_code code, msg sentence, const char *why)
{
    x->home->body_bytes -= x->body.len;
    out_reset(&x->body); /* half a form is none: let another one have the room */
    exchange_uploads_drop(x);
    x->refused = true;
    x->outcome = fail(&x->c, code, sentence, "%s", why);
}

static void refuse(exchange *x, rc_code code, const char *why)
{
    exchange_body_refuse(x, code, MSG(L_NONE), why);
}

static enum MHD_Result cut_off(exchange *x)
{
    (void)exchange_step(x); /* writes the refusal's page: it needs nothing that could take the exchange away */
    exchange_answer_past_mhd(x);
    return MHD_NO;
}

void exchange_body_late(exchange *x)
{
    if (!x->refused) refuse(x, E_SLOW, "the body did not come in time");
    (void)cut_off(x);
}

static int64_t seconds_left(const exchange *x)
{
    int whole = x->home->server->config.body_seconds;
    return (whole ? whole : x->upload_run ? UPLOAD_SECONDS : BODY_SECONDS) - (clock_us() - x->began_us) / 1000000;
}

bool exchange_body_keep(exchange *x, const str *pieces, size_t count)
{
    size_t budget = x->home->server->config.body_budget, len = 0;
    for (size_t i = 0; i < count; i++) len += pieces[i].len;
    if (x->body.len + len > x->body_max) {
        refuse(x, E_TOO_LARGE, "a body larger than the route takes");
        return false;
    }
    if (x->home->body_bytes + len > (budget ? budget : BODY_BUDGET)) {
        refuse(x, E_BUSY, "too many forms at once");
        return false;
    }
    for (size_t i = 0; i < count; i++) out_str(&x->body, pieces[i]);
    x->home->body_bytes += len;
    return true;
}

enum MHD_Result exchange_take_body(exchange *x, const char *data, size_t len)
{
    int64_t left = seconds_left(x);
    if (left <= 0) {
        exchange_body_late(x);
        return MHD_NO;
    }
    if (x->refused) {
        x->thrown_away += len;
        if (x->thrown_away > PATIENCE) return cut_off(x);
    } else if (x->upload_run) {
        exchange_uploads_take(x, (str){data, len});
    } else {
        (void)exchange_body_keep(x, &(str){data, len}, 1);
    }
    /* MHD counts from the last byte; what is left of our time is never more. */
    MHD_set_connection_option(x->connection, MHD_CONNECTION_OPTION_TIMEOUT, (unsigned)left);
    return MHD_YES;
}

void exchange_body_done(exchange *x)
{
    x->c.now = clock_now();
    if (x->r.method == GET) return;
    MHD_set_connection_option(x->connection, MHD_CONNECTION_OPTION_TIMEOUT, (unsigned)EXCHANGE_IDLE_S);
    if (x->upload_run) x->parsed = exchange_uploads_done(x);
    else x->parsed = form_parse(x->arena, out_get(&x->body), &x->r.form);
}
