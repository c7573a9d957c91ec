/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The script asks the browser, and the browser its device; what comes back is posted as a form, in base64url. */
#include "feature/second/passkeys_web.h"

#include <string.h>

#include "crypto/token.h"
#include "feature/second/client_data.h"
#include "feature/second/ticket.h"
#include "passkeys_pages.tpl.h"

#define USER_BYTES 8

rc passkey_ask_for(const view *v, int64_t num, passkey_ask *out)
{
    ctx *c = v->r->c;
    const site *site = v->r->site;
    passkey_list mine = {0};
    unsigned char user[USER_BYTES];
    for (int i = 0; i < USER_BYTES; i++) user[i] = (unsigned char)(num >> 8 * (USER_BYTES - 1 - i));
    *out = (passkey_ask){.possible = passkey_possible(site), .host = passkey_host(site), .known = STR(""), .user = STR("")};
    out->challenge = ticket_new(c->arena, site, TICKET_CHALLENGE, v->r->session, STR(""), c->now);
    if (!num) return OK;
    out->user = base64url_encode(c->arena, (str){(char *)user, sizeof user});
    TRY(passkeys_of(c, num, &mine));
    for (size_t i = 0; i < mine.len; i++)
        out->known = arena_cat(c->arena, out->known, i ? STR(" ") : STR(""), base64url_encode(c->arena, mine.items[i].id));
    return OK;
}

/* A field that the script filled; absent when it is missing, broken or longer than `most`. */
static str field_bytes(req *r, const char *name, size_t most)
{
    str text = req_field(r, name);
    size_t n = text.len / 4 * 3 + (text.len % 4 ? text.len % 4 - 1 : 0);
    if (text.len == 0 || text.len % 4 == 1 || n > most) return STR_NONE;
    char *bytes = arena_alloc(r->c->arena, n);
    return base64url_decode_exact(text, bytes, n) ? (str){bytes, n} : STR_NONE;
}

/* What we asked this browser, if the client data answer a challenge of ours for this session that is still good. */
static rc asked_of(req *r, str client, webauthn_asked *out)
{
    str challenge = webauthn_challenge(r->c->arena, client);
    if (!passkey_possible(r->site)) return fail(r->c, E_DENIED, MSG(L_second_passkey_address), "no passkeys at this address");
    if (!client.ptr) return fail(r->c, E_INVALID, MSG(L_second_passkey_script), "no script filled the form");
    if (!ticket_read(r->site, TICKET_CHALLENGE, r->session, challenge, r->c->now, NULL, 0))
        return fail(r->c, E_INVALID, MSG(L_second_passkey_late), "no challenge of ours");
    *out = (webauthn_asked){challenge, str_of(r->site->origin), passkey_host(r->site)};
    return OK;
}

/* ---- at the door ---- */

typedef struct door_state {
    second_pending pending; /* num 0: nobody waits, the passkey says who it is */
    int64_t num;
    passkey key;
    webauthn_asked asked;
    webauthn_shown shown;
    str token;
} door_state;

static rc unknown(req *r) { return fail(r->c, E_INVALID, MSG(L_second_passkey_unknown), "no such passkey"); }

static int64_t user_of(req *r)
{
    str user = field_bytes(r, "user", USER_BYTES);
    int64_t num = 0;
    if (user.len != USER_BYTES || (unsigned char)user.ptr[0] > 127) return 0;
    for (size_t i = 0; i < USER_BYTES; i++) num = num << 8 | (unsigned char)user.ptr[i];
    return num;
}

static rc door_prepare(req *r)
{
    ctx *c = r->c;
    door_state *s = r->state = ARENA_NEW(c->arena, door_state);
    str client = field_bytes(r, "client", CLIENT_DATA_MAX), id = field_bytes(r, "id", WEBAUTHN_ID_MAX);
    str data = field_bytes(r, "data", WEBAUTHN_DATA_MAX), signature = field_bytes(r, "signature", 1024);
    if (second_pending_read(r, &s->pending) != OK) s->pending = (second_pending){.keep = 1};
    s->num = s->pending.num ? s->pending.num : user_of(r);
    TRY(asked_of(r, client, &s->asked));
    if (!s->num) return unknown(r);
    TRY(req_limit(r, arena_printf(c->arena, "passkey %lld", (long long)s->num), 20));
    rc_code found = passkey_find(c, s->num, id, &s->key);
    if (found == E_NOT_FOUND) return unknown(r);
    if (found != OK) return found;
    webauthn_fault fault = webauthn_login(c->arena, &s->asked, s->key.key, client, data, signature, &s->shown);
    if (fault) return fail(c, E_INVALID, MSG(L_second_passkey_failed), "fault %d of a passkey", (int)fault);
    /* Without a password before it, the device must have asked who is there. */
    if (!s->pending.num && !s->shown.verified) return fail(c, E_INVALID, MSG(L_second_passkey_unlocked), "a passkey without its PIN");
    s->token = account_token_new(c->arena, s->num);
    return OK;
}

static rc door_act(req *r)
{
    ctx *c = r->c;
    door_state *s = r->state;
    const member_card *card;
    passkey now;
    TRY(graph_member(c, s->num, &card));
    if (card->state != MEMBER_ACTIVE) return fail(c, E_DENIED, MSG(L_account_login_suspended), "not active");
    rc_code found = passkey_find(c, s->num, s->key.id, &now);
    if (found == E_NOT_FOUND || (found == OK && !str_eq(now.key, s->key.key))) return unknown(r);
    if (found != OK) return found;
    if (s->pending.num) TRY(second_pending_check(r, &s->pending, true));
    TRY(ticket_spend(c, s->num, s->asked.challenge));
    TRY(passkey_used(c, s->num, &now, s->shown.count));
    return account_session_open(c, s->num, s->token, s->pending.keep, account_device_label(r));
}

static rc door_show(req *r)
{
    door_state *s = r->state;
    str to = req_field(r, "to");
    req_set_cookie(r, "pending", STR(""), -1);
    account_give_session(r, s->num, s->token, s->pending.keep);
    return req_redirect(r, to.ptr ? req_page_at(r, to) : url_local(STR("/feed")));
}

/* ---- under /settings ---- */

static rc passkeys_show(req *r)
{
    view v;
    passkey_list mine;
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_second_passkeys_title)));
    TRY(passkeys_of(r->c, r->c->viewer.num, &mine));
    tpl_passkeys(r->out, &v, &mine, second_recent(r));
    return OK;
}

static rc new_form(req *r)
{
    view v;
    passkey_ask ask;
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_second_passkey_new)));
    TRY(passkey_ask_for(&v, r->c->viewer.num, &ask));
    tpl_passkey_new(r->out, &v, &ask, second_recent(r));
    return OK;
}

typedef struct new_state {
    second_proof proof;
    account_renewal renewal;
    webauthn_asked asked;
    webauthn_made made;
    str title;
} new_state;

static rc new_prepare(req *r)
{
    ctx *c = r->c;
    new_state *s = r->state = ARENA_NEW(c->arena, new_state);
    str client = field_bytes(r, "client", CLIENT_DATA_MAX), attestation = field_bytes(r, "attestation", WEBAUTHN_DATA_MAX);
    TRY(req_name(r, "title", 1, PASSKEY_TITLE_MAX, &s->title));
    TRY(asked_of(r, client, &s->asked));
    webauthn_fault fault = webauthn_register(c->arena, &s->asked, client, attestation, &s->made);
    if (fault) return fail(c, E_INVALID, MSG(L_second_passkey_failed), "fault %d of a new passkey", (int)fault);
    TRY(second_proof_begin(r, &s->proof, false));
    return account_renewal_begin(r, &s->renewal);
}

static rc new_slow(req *r)
{
    new_state *s = r->state;
    return second_proof_slow(r, &s->proof);
}

static rc new_act(req *r)
{
    new_state *s = r->state;
    TRY(second_proof_act(r, &s->proof));
    TRY(ticket_spend(r->c, r->c->viewer.num, s->asked.challenge));
    TRY(passkey_add(r->c, &s->made, s->title));
    return account_session_rotate(r->c, r->session, s->renewal.token);
}

static rc new_show(req *r)
{
    new_state *s = r->state;
    account_renewal_give(r, &s->renewal);
    return req_redirect_toast(r, url_local(STR("/settings/second/passkeys")), L_second_passkey_added, STR(""));
}

static rc remove_prepare(req *r)
{
    new_state *s = r->state = ARENA_NEW(r->c->arena, new_state);
    if (req_field_int(r, "ordinal", 0) < 1) return req_fault(r, "ordinal", MSG(L_form_choice));
    return second_proof_begin(r, &s->proof, false);
}

static rc remove_act(req *r)
{
    new_state *s = r->state;
    TRY(second_proof_act(r, &s->proof));
    return passkey_remove(r->c, req_field_int(r, "ordinal", 0));
}

static rc remove_show(req *r)
{
    return req_redirect_toast(r, url_local(STR("/settings/second/passkeys")), L_second_passkey_removed, STR(""));
}

const route passkey_routes[] = {
    {POST, "/login/passkey", .prepare = door_prepare, .act = door_act, .show = door_show, .who = GUEST, .idempotent = true, .per_minute = 20},
    {GET, "/settings/second/passkeys", .show = passkeys_show, .who = MEMBER},
    {GET, "/settings/second/passkeys/new", .show = new_form, .who = MEMBER},
    {POST, "/settings/second/passkeys/new", .prepare = new_prepare, .slow = new_slow, .act = new_act, .show = new_show, .again = new_form,
     .who = MEMBER, .idempotent = true, .per_minute = 20},
    {POST, "/settings/second/passkeys/remove", .prepare = remove_prepare, .slow = new_slow, .act = remove_act, .show = remove_show,
     .again = passkeys_show, .who = MEMBER, .idempotent = true, .per_minute = 20},
    {0}};
