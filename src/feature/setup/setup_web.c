/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The owner's first page. Whoever holds the one-time link from the server's own console becomes the owner. */
#include "feature/setup/setup_web.h"

#include "base/ids.h"
#include "crypto/token.h"
#include "feature/account/account.h"
#include "feature/account/account_web.h"
#include "feature/setup/setup.h"
#include "page/view.h"
#include "setup.tpl.h"

static rc check_link(req *r)
{
    str hash = sha256_str(r->c->arena, req_capture(r, "token"));
    if (!bytes_equal(hash.ptr, r->site->setup_hash, 32))
        return fail(r->c, E_NOT_FOUND, MSG(L_setup_link_unknown), "no such set-up link");
    if (r->c->now > r->site->setup_expires) return fail(r->c, E_GONE, MSG(L_setup_link_old), "the set-up link expired");
    return OK;
}

/* What the browser's address bar says is the best guess at the public address. */
static str guess_origin(req *r)
{
    str host = req_header(r, "Host");
    if (host.len == 0 || host.len > 240) return STR("https://");
    return arena_printf(r->c->arena, "http://%.*s", STR_ARG(host));
}

static rc setup_form(req *r)
{
    TRY(check_link(r));
    view v;
    TRY(view_init(&v, r, NAV_NONE, MSG(L_setup_title)));
    int64_t minutes = (r->site->setup_expires - r->c->now) / 60000;
    tpl_setup(r->out, &v, req_capture(r, "token"), guess_origin(r), minutes < 0 ? 0 : minutes);
    return OK;
}

typedef struct setup_state {
    signup_form account;
    str name, origin, host;
    int64_t signup;
} setup_state;

static rc setup_prepare(req *r)
{
    TRY(check_link(r));
    setup_state *s = r->state = ARENA_NEW(r->c->arena, setup_state);
    rc_code worst = signup_read(r, &s->account);
    rc_code named = req_name(r, "site", 1, 40, &s->name);
    if (named != OK) worst = named;
    if (setup_origin_parse(r->c->arena, req_field(r, "origin"), &s->origin, &s->host) != OK)
        worst = req_fault(r, "origin", MSG(L_setup_origin_wrong));
    s->signup = req_field_int(r, "signup", -1);
    if (s->signup < SIGNUP_OPEN || s->signup > SIGNUP_CLOSED) worst = req_fault(r, "signup", MSG(L_form_choice));
    return worst;
}

static rc setup_slow(req *r)
{
    setup_state *s = r->state;
    return signup_hash(r, &s->account);
}

static rc setup_act(req *r)
{
    ctx *c = r->c;
    setup_state *s = r->state;
    site now;
    TRY(setup_site_load(c, &now));
    if (now.ready) return fail(c, E_GONE, MSG(L_setup_link_old), "set up by somebody else meanwhile");
    int64_t num;
    s->account.who.role = ROLE_OWNER;
    rc_code made = account_create(c, &s->account.who, &num);
    if (made == E_CONFLICT) return req_fault(r, "name", MSG(L_account_name_taken));
    if (made != OK) return made;
    TRY(setup_site_set(c, "name", s->name));
    TRY(setup_site_set(c, "origin", s->origin));
    TRY(setup_site_set(c, "signup", arena_printf(c->arena, "%lld", (long long)s->signup)));
    TRY(setup_site_set(c, "lang", lang_code(c->lang)));
    return setup_site_set(c, "ready", STR("1"));
}

/* The owner logs in at the public address: the cookie belongs there, and the first log-in shows that the address works. */
static rc setup_done(req *r)
{
    view v;
    setup_state *s = r->state;
    TRY(view_init(&v, r, NAV_NONE, MSG(L_setup_done_title)));
    tpl_setup_done(r->out, &v, s->origin.ptr ? s->origin : str_of(r->site->origin));
    return OK;
}

const route setup_routes[] = {
    {GET, "/setup/{token}", .show = setup_form, .who = SETUP},
    {POST, "/setup/{token}", .prepare = setup_prepare, .slow = setup_slow, .act = setup_act, .show = setup_done,
     .again = setup_form, .who = SETUP, .per_minute = 20},
    {0}};
