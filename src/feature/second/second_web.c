/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The second step of a log-in, and under /settings the app and its recovery codes. */
#include "feature/second/second_web.h"

#include <string.h>

#include "base/clock.h"
#include "crypto/otp.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "feature/second/passkeys_web.h"
#include "feature/second/ticket.h"
#include "second_pages.tpl.h"

/* ---- a log-in that waits ---- */

rc second_pending_begin(ctx *c, int64_t num, bool keep, second_pending *out)
{
    second_state state;
    *out = (second_pending){.keep = keep};
    TRY(second_get(c, num, &state));
    if (!state.app) return OK;
    out->num = num;
    return account_epoch(c, num, &out->epoch);
}

rc second_pending_show(req *r, const second_pending *p, url to)
{
    arena *a = r->c->arena;
    out where = {0};
    req_set_cookie(r, "pending", ticket_new(a, r->site, TICKET_PENDING, r->session, (str){(const char *)p, sizeof *p}, r->c->now), TICKET_MS / 1000);
    out_init(&where, URL_LOCAL_MAX);
    OUT_LIT(&where, "/login/code?to=");
    out_percent(&where, to.s);
    str there = where.failed ? STR("/login/code") : arena_str(a, out_get(&where));
    out_drop(&where);
    return req_redirect(r, url_local(there));
}

rc second_pending_read(req *r, second_pending *out)
{
    if (ticket_read(r->site, TICKET_PENDING, r->session, req_cookie(r, "pending"), r->c->now, out, sizeof *out)) return OK;
    return fail(r->c, E_LOGIN, MSG(L_second_over), "no log-in waits here");
}

rc second_pending_check(req *r, const second_pending *p, bool spend)
{
    ctx *c = r->c;
    const member_card *card;
    int64_t epoch;
    TRY(graph_member(c, p->num, &card));
    TRY(account_epoch(c, p->num, &epoch));
    str ticket = req_cookie(r, "pending");
    rc_code used = spend ? ticket_spend(c, p->num, ticket) : ticket_unspent(c, p->num, ticket);
    if (used != OK && used != E_GONE) return used;
    if (used == OK && card->state == MEMBER_ACTIVE && epoch == p->epoch) return OK;
    return fail(c, E_LOGIN, MSG(L_second_over), "a log-in that is over");
}

static rc code_form(req *r)
{
    view v;
    second_pending p;
    str to = req_field(r, "to");
    if (second_pending_read(r, &p) != OK) return req_redirect(r, url_local(STR("/login")));
    TRY(view_init(&v, r, NAV_NONE, MSG(L_second_code_title)));
    passkey_ask ask;
    TRY(passkey_ask_for(&v, p.num, &ask));
    tpl_second_code(r->out, &v, to.ptr ? req_page_at(r, to).s : STR("/feed"), &ask);
    return OK;
}

#define CODES_PER_MINUTE 10

typedef struct code_state {
    second_pending pending;
    second_answer answer;
    str token;
} code_state;

static rc code_prepare(req *r)
{
    code_state *s = r->state = ARENA_NEW(r->c->arena, code_state);
    TRY(second_pending_read(r, &s->pending));
    if (req_field(r, "code").len == 0) return req_fault(r, "code", MSG(L_form_empty));
    TRY(req_limit(r, arena_printf(r->c->arena, "second %lld", (long long)s->pending.num), CODES_PER_MINUTE));
    s->token = account_token_new(r->c->arena, s->pending.num);
    return OK;
}

/* A wrong code is no refusal here, or it would not be counted: show says it. */
static rc code_act(req *r)
{
    code_state *s = r->state;
    ctx *c = r->c;
    TRY(second_pending_check(r, &s->pending, false));
    rc_code tried = second_try(c, s->pending.num, req_field(r, "code"), &s->answer);
    if (tried == E_NOT_FOUND) return fail(c, E_LOGIN, MSG(L_second_over), "the app was switched off meanwhile");
    if (tried != OK || s->answer < SECOND_CODE) return tried;
    TRY(second_pending_check(r, &s->pending, true));
    return account_session_open(c, s->pending.num, s->token, s->pending.keep, account_device_label(r));
}

/* The sentence beside the code, for an act that was committed; then the form again, with the status of a refusal. */
static rc code_refused(req *r, second_answer answer, rc (*form)(req *))
{
    bool locked = answer == SECOND_LOCKED;
    (void)req_fault(r, "code", MSG(locked ? L_second_locked : L_second_wrong));
    r->outcome = locked ? E_LIMIT : E_INVALID;
    r->status = rc_status(r->outcome);
    if (locked) r->retry_after = (int)((MS_HOUR - r->c->now % MS_HOUR) / 1000) + 1;
    return form(r);
}

static rc code_show(req *r)
{
    code_state *s = r->state;
    str to = req_field(r, "to");
    if (s->answer < SECOND_CODE) return code_refused(r, s->answer, code_form);
    url there = to.ptr ? req_page_at(r, to) : url_local(STR("/feed"));
    req_set_cookie(r, "pending", STR(""), -1);
    account_give_session(r, s->pending.num, s->token, s->pending.keep);
    if (s->answer == SECOND_RECOVERY) return req_redirect_toast(r, there, L_second_recovery_used, STR(""));
    return req_redirect(r, there);
}

/* ---- who asks, once more ---- */

void second_recent_give(req *r, str hash)
{
    req_set_cookie(r, "recent", ticket_new(r->c->arena, r->site, TICKET_RECENT, hash, STR(""), r->c->now), TICKET_MS / 1000);
}

bool second_recent(const req *r)
{
    return ticket_read(r->site, TICKET_RECENT, r->session, req_cookie(r, "recent"), r->c->now, NULL, 0);
}

rc second_proof_begin(req *r, second_proof *p, bool always)
{
    ctx *c = r->c;
    p->recent = !always && second_recent(r);
    if (p->recent) return OK;
    p->typed = req_field(r, "password");
    if (p->typed.len == 0) return req_fault(r, "password", MSG(L_form_empty));
    TRY(req_limit(r, arena_printf(c->arena, "password %lld", (long long)c->viewer.num), 10));
    return account_password(c, c->viewer.num, &p->stored);
}

rc second_proof_slow(req *r, const second_proof *p)
{
    bool right = p->recent || (p->typed.len <= 4 * PASSWORD_MAX && password_verify(p->stored, p->typed));
    return right ? OK : req_fault(r, "password", MSG(L_account_password_wrong));
}

rc second_proof_act(req *r, const second_proof *p)
{
    str now;
    if (p->recent) return OK;
    TRY(account_password(r->c, r->c->viewer.num, &now));
    return str_eq(now, p->stored) ? OK : req_fault(r, "password", MSG(L_account_password_wrong));
}

/* ---- what is on ---- */

static rc second_show(req *r)
{
    view v;
    second_state state;
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_second_title)));
    TRY(second_get(r->c, r->c->viewer.num, &state));
    tpl_second(r->out, &v, &state);
    return OK;
}

/* ---- the app ---- */

/* What the app reads from the picture: issuer and name are only what it shows. */
static str app_address(const view *v, str secret)
{
    out o;
    out_init(&o, 4096);
    OUT_LIT(&o, "otpauth://totp/");
    out_percent(&o, v->site_name);
    OUT_LIT(&o, ":");
    out_percent(&o, v->me.name);
    OUT_LIT(&o, "?secret=");
    out_str(&o, secret);
    OUT_LIT(&o, "&issuer=");
    out_percent(&o, v->site_name);
    str all = arena_str(v->r->c->arena, out_get(&o));
    out_drop(&o);
    return all;
}

static str spaced(arena *a, str secret)
{
    str all = STR("");
    for (size_t i = 0; i < secret.len; i += 4) all = arena_cat(a, all, i ? STR(" ") : STR(""), str_take(str_skip(secret, i), 4));
    return all;
}

/* The secret goes to the page and comes back with the first code: until then nothing is stored. */
static str setup_secret(const req *r)
{
    unsigned char bytes[SECOND_SECRET_BYTES];
    if (r->method != POST || !base32_decode_exact(req_field(r, "secret"), bytes, sizeof bytes)) random_bytes(bytes, sizeof bytes);
    return base32_encode(r->c->arena, (str){(char *)bytes, sizeof bytes});
}

static rc app_form(req *r)
{
    view v;
    second_state state;
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_second_app_title)));
    TRY(second_get(r->c, r->c->viewer.num, &state));
    if (state.app) {
        tpl_second_app_off(r->out, &v);
        return OK;
    }
    str secret = setup_secret(r);
    second_setup_view s = {qr_draw(r->c->arena, app_address(&v, secret)), secret, spaced(r->c->arena, secret), second_recent(r)};
    tpl_second_app_on(r->out, &v, &s);
    return OK;
}

typedef struct app_state {
    second_proof proof;
    account_renewal renewal;
    recovery_codes codes;
    unsigned char secret[SECOND_SECRET_BYTES];
    int64_t step;
    second_answer answer;
    bool gone; /* it was off already */
} app_state;

static rc app_on_prepare(req *r)
{
    app_state *s = r->state = ARENA_NEW(r->c->arena, app_state);
    uint32_t code;
    if (!base32_decode_exact(req_field(r, "secret"), s->secret, sizeof s->secret)) return req_fault(r, "code", MSG(L_second_setup_again));
    if (otp_read(req_field(r, "code"), &code)) s->step = otp_match((str){(char *)s->secret, sizeof s->secret}, r->c->now, code, 0);
    if (!s->step) return req_fault(r, "code", MSG(L_second_setup_wrong));
    TRY(second_proof_begin(r, &s->proof, false));
    recovery_codes_new(&s->codes);
    return account_renewal_begin(r, &s->renewal);
}

static rc app_slow(req *r)
{
    app_state *s = r->state;
    return second_proof_slow(r, &s->proof);
}

/* Whoever was in this session by a stolen cookie is out of it with the new token. */
static rc app_on_act(req *r)
{
    app_state *s = r->state;
    TRY(second_proof_act(r, &s->proof));
    TRY(second_app_on(r->c, (str){(char *)s->secret, sizeof s->secret}, s->step, &s->codes));
    return account_session_rotate(r->c, r->session, s->renewal.token);
}

static rc codes_page(req *r, const recovery_codes *codes)
{
    view v;
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_second_codes_title)));
    str *texts = ARENA_ARRAY(r->c->arena, str, RECOVERY_CODES);
    for (int i = 0; i < RECOVERY_CODES; i++) texts[i] = recovery_code_text(r->c->arena, codes->bytes[i]);
    tpl_second_codes_new(r->out, &v, &(second_code_list){texts, RECOVERY_CODES});
    return OK;
}

static rc app_on_show(req *r)
{
    app_state *s = r->state;
    account_renewal_give(r, &s->renewal);
    return codes_page(r, &s->codes);
}

static rc app_off_prepare(req *r)
{
    app_state *s = r->state = ARENA_NEW(r->c->arena, app_state);
    if (req_field(r, "code").len == 0) return req_fault(r, "code", MSG(L_form_empty));
    return second_proof_begin(r, &s->proof, true);
}

static rc app_off_act(req *r)
{
    app_state *s = r->state;
    ctx *c = r->c;
    TRY(second_proof_act(r, &s->proof));
    rc_code tried = second_try(c, c->viewer.num, req_field(r, "code"), &s->answer);
    s->gone = tried == E_NOT_FOUND;
    if (s->gone) return OK;
    if (tried != OK || s->answer < SECOND_CODE) return tried;
    return second_app_off(c, c->viewer.num);
}

static rc app_off_show(req *r)
{
    app_state *s = r->state;
    if (!s->gone && s->answer < SECOND_CODE) return code_refused(r, s->answer, app_form);
    return req_redirect_toast(r, url_local(STR("/settings/second")), L_second_went_off, STR(""));
}

/* ---- recovery codes ---- */

static rc codes_form(req *r)
{
    view v;
    second_state state;
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_second_codes_title)));
    TRY(second_get(r->c, r->c->viewer.num, &state));
    tpl_second_codes(r->out, &v, &state, second_recent(r));
    return OK;
}

static rc codes_prepare(req *r)
{
    app_state *s = r->state = ARENA_NEW(r->c->arena, app_state);
    TRY(second_proof_begin(r, &s->proof, false));
    recovery_codes_new(&s->codes);
    return OK;
}

static rc codes_act(req *r)
{
    app_state *s = r->state;
    TRY(second_proof_act(r, &s->proof));
    return second_codes_renew(r->c, &s->codes);
}

static rc codes_show(req *r)
{
    app_state *s = r->state;
    return codes_page(r, &s->codes);
}

/* Those that hand out codes may run again: the last page is the one whose codes hold, and it is the one that is seen. */
const route second_routes[] = {
    {GET, "/login/code", .show = code_form, .who = GUEST},
    {POST, "/login/code", .prepare = code_prepare, .act = code_act, .show = code_show, .again = code_form, .who = GUEST,
     .idempotent = true, .per_minute = 20},
    {GET, "/settings/second", .show = second_show, .who = MEMBER},
    {GET, "/settings/second/app", .show = app_form, .who = MEMBER},
    {POST, "/settings/second/app", .prepare = app_on_prepare, .slow = app_slow, .act = app_on_act, .show = app_on_show, .again = app_form,
     .who = MEMBER, .idempotent = true, .per_minute = 20},
    {POST, "/settings/second/app/off", .prepare = app_off_prepare, .slow = app_slow, .act = app_off_act, .show = app_off_show,
     .again = app_form, .who = MEMBER, .idempotent = true, .per_minute = 20},
    {GET, "/settings/second/codes", .show = codes_form, .who = MEMBER},
    {POST, "/settings/second/codes", .prepare = codes_prepare, .slow = app_slow, .act = codes_act, .show = codes_show, .again = codes_form,
     .who = MEMBER, .idempotent = true, .per_minute = 20},
    {0}};
