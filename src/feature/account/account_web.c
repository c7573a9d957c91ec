/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The doors: start page, log-in, joining, log-out; sessions, password and invitations under /settings. */
#include "feature/account/account_web.h"

#include "account.tpl.h"
#include "base/clock.h"
#include "crypto/password.h"
#include "crypto/token.h"
#include "feature/account/account.h"
#include "feature/account/device.h"
#include "feature/friends/friends.h"
#include "feature/presence/presence_web.h"
#include "feature/second/passkeys_web.h"
#include "feature/second/second_web.h"
#include "page/view.h"

/* ---- who asks ---- */

static rc seen_act(ctx *c, str hash)
{
    return account_seen(c, c->viewer.num, hash);
}

rc account_identify(req *r)
{
    ctx *c = r->c;
    str guest = req_cookie(r, "guest"), token = req_cookie(r, "sid");
    c->viewer = (viewer){0, ROLE_GUEST};
    r->session = guest.len > 0 && guest.len <= 64 ? sha256_str(c->arena, guest) : STR("");
    account_session_found who;
    rc_code found = account_session(c, token, &who);
    if (found == E_NOT_FOUND) return OK;
    if (found != OK) return found;
    c->viewer = (viewer){who.member, who.role};
    r->session = who.hash;
    /* An act asks again who its viewer is: prepare has noted the day already. */
    if (c->writing) return OK;
    if (who.session->last_day < clock_day(c->now)) (void)req_after(r, seen_act, who.hash);
    presence_note(r);
    return OK;
}

void account_claims(req *r)
{
    int64_t num;
    if (!account_token_read(r->c->arena, req_cookie(r, "sid"), &num, &r->session)) r->session = STR("");
}

/* A device's label for the list of sessions: the browser's family and system, never the whole header. */
str account_device_label(req *r)
{
    static const char *const browsers[] = {"Firefox", "Edg", "OPR", "YaBrowser", "Chrome", "Safari", "curl"};
    static const char *const systems[] = {"Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux"};
    char agent[512];
    str header = str_take(req_header(r, "User-Agent"), sizeof agent - 1);
    if (header.len) memcpy(agent, header.ptr, header.len);
    agent[header.len] = '\0';
    const char *browser = "", *system_ = "";
    for (size_t i = 0; i < sizeof browsers / sizeof *browsers && !*browser; i++)
        if (strstr(agent, browsers[i])) browser = browsers[i];
    for (size_t i = 0; i < sizeof systems / sizeof *systems && !*system_; i++)
        if (strstr(agent, systems[i])) system_ = systems[i];
    return arena_printf(r->c->arena, "%s%s%s", browser, *browser && *system_ ? ", " : "", system_);
}

void account_give_session(req *r, int64_t num, str token, bool keep)
{
    int64_t named;
    str hash;
    if (account_token_read(r->c->arena, token, &named, &hash)) second_recent_give(r, hash);
    req_set_cookie(r, "sid", token, keep ? SESSION_MS / 1000 : 0);
    req_set_cookie(r, "device", device_new(r->c->arena, r->site, num), DEVICE_COOKIE_S);
}

/* ---- start page and log-in ---- */

static rc start_show(req *r)
{
    if (r->c->viewer.num) return req_redirect(r, url_local(STR("/feed")));
    view v;
    TRY(view_init(&v, r, NAV_NONE, MSG(L_account_start_title)));
    int64_t members;
    TRY(account_count(r->c, &members));
    passkey_ask ask;
    TRY(passkey_ask_for(&v, 0, &ask));
    tpl_start(r->out, &v, members, STR("/feed"), &ask);
    return OK;
}

static rc login_form(req *r)
{
    view v;
    TRY(view_init(&v, r, NAV_NONE, MSG(L_account_login_title)));
    str to = req_field(r, "to");
    passkey_ask ask;
    TRY(passkey_ask_for(&v, 0, &ask));
    tpl_login(r->out, &v, to.ptr ? req_page_at(r, to).s : STR("/feed"), &ask);
    return OK;
}

typedef struct login_state {
    int64_t num;
    str stored, typed, token;
    str rehashed; /* absent: the stored one is as strong as today's */
    bool keep;
    second_pending pending; /* num 0: the password is enough */
} login_state;

#define GUESSES_PER_MINUTE 10
#define GUESSES_PER_HOUR 100

/* Guesses are counted by name and address, and, for the sake of those who have many addresses, by name alone, whether the name
 * exists or not. The second count belongs to strangers: where the member has logged in before, it does not keep them out. */
static rc login_limits(req *r, str name, int64_t num)
{
    arena *a = r->c->arena;
    str device = req_cookie(r, "device"), who = req_client(r);
    if (num && device_known(r->site, num, device))
        return req_limit(r, arena_cat(a, STR("login device "), device, STR("")), GUESSES_PER_MINUTE);
    name = str_take(name, ACCOUNT_NAME_MAX);
    TRY(req_limit(r, arena_printf(a, "login from %.*s %.*s", STR_ARG(who), STR_ARG(name)), GUESSES_PER_MINUTE));
    if (req_limit_hour(r, arena_cat(a, STR("login as "), name, STR("")), GUESSES_PER_HOUR) == OK) return OK;
    return fail(r->c, E_LIMIT, MSG(L_account_login_guesses), "guesses at one name");
}

static rc login_prepare(req *r)
{
    ctx *c = r->c;
    login_state *s = r->state = ARENA_NEW(c->arena, login_state);
    str name = account_name_typed(c->arena, req_field(r, "name"));
    s->typed = req_field(r, "password");
    s->keep = req_field(r, "keep").len > 0;
    if (name.len == 0) return req_fault(r, "name", MSG(L_form_empty));
    if (s->typed.len == 0) return req_fault(r, "password", MSG(L_form_empty));
    rc_code found = account_find(c, name, &s->num);
    if (found != OK && found != E_NOT_FOUND) return found;
    TRY(login_limits(r, name, found == OK ? s->num : 0));
    if (s->typed.len > 4 * PASSWORD_MAX) return req_fault(r, "password", MSG(L_account_login_wrong));
    return found == E_NOT_FOUND ? OK : account_password(c, s->num, &s->stored);
}

/* An unknown name takes as long as a wrong password, and gets the same answer. */
static rc login_slow(req *r)
{
    login_state *s = r->state;
    if (!password_verify(s->stored, s->typed)) return req_fault(r, "password", MSG(L_account_login_wrong));
    s->token = account_token_new(r->c->arena, s->num);
    return password_outdated(s->stored) ? password_hash(r->c->arena, s->typed, &s->rehashed) : OK;
}

/* The password may have been changed while this one was being compared. One that was stored with weaker parameters than today's is
 * stored anew: only now do we have it. */
static rc login_password(ctx *c, const login_state *s)
{
    str now;
    if (s->rehashed.ptr) return account_password_change(c, s->num, s->stored, s->rehashed);
    TRY(account_password(c, s->num, &now));
    return str_eq(now, s->stored) ? OK : E_CONFLICT;
}

static rc login_act(req *r)
{
    login_state *s = r->state;
    ctx *c = r->c;
    const member_card *card;
    TRY(graph_member(c, s->num, &card));
    if (card->state != MEMBER_ACTIVE) return req_fault(r, "name", MSG(L_account_login_suspended));
    rc_code same = login_password(c, s);
    if (same == E_CONFLICT) return req_fault(r, "password", MSG(L_account_login_wrong));
    if (same != OK) return same;
    TRY(second_pending_begin(c, s->num, s->keep, &s->pending));
    return s->pending.num ? OK : account_session_open(c, s->num, s->token, s->keep, account_device_label(r));
}

static rc login_show(req *r)
{
    login_state *s = r->state;
    str to = req_field(r, "to");
    if (s->pending.num) return second_pending_show(r, &s->pending, to.ptr ? req_page_at(r, to) : url_local(STR("/feed")));
    account_give_session(r, s->num, s->token, s->keep);
    return req_redirect(r, to.ptr ? req_page_at(r, to) : url_local(STR("/feed")));
}

static rc logout_act(req *r)
{
    return account_session_end(r->c, r->session);
}

static rc logout_show(req *r)
{
    req_set_cookie(r, "sid", STR(""), -1);
    return req_redirect_toast(r, url_local(STR("/login")), L_account_logged_out, STR(""));
}

/* ---- joining ---- */

rc signup_read(req *r, signup_form *f)
{
    rc_code worst = OK;
    new_member *m = &f->who;
    rc_code each[] = {req_name(r, "given", 1, GIVEN_MAX, &m->given), req_name(r, "family", 0, GIVEN_MAX, &m->family)};
    for (size_t i = 0; i < 2; i++)
        if (each[i] != OK) worst = each[i];
    m->name = account_name_typed(r->c->arena, req_field(r, "name"));
    enum lang_key wrong = account_name_fault(m->name);
    if (wrong == L_NONE && account_name_poses(r->c->arena, m->name)) wrong = L_account_name_reserved;
    if (wrong != L_NONE) worst = req_fault(r, "name", MSG(wrong));
    f->typed = req_field(r, "password");
    msg weak = account_password_fault(f->typed, m->name);
    if (weak.key != L_NONE) worst = req_fault(r, "password", weak);
    int64_t gender = req_field_int(r, "gender", 0);
    m->gender = gender == GENDER_FEMALE || gender == GENDER_MALE ? (int)gender : GENDER_UNKNOWN;
    m->role = ROLE_MEMBER;
    m->lang = r->c->lang;
    if (worst == OK) account_prepare(r->c->arena, m);
    return worst;
}

rc signup_hash(req *r, signup_form *f)
{
    TRY(password_hash(r->c->arena, f->typed, &f->who.password));
    return OK;
}

static bool may_join(const req *r, str invitation)
{
    if (r->site->signup == SIGNUP_OPEN) return true;
    return r->site->signup == SIGNUP_INVITATION && invitation.len > 0;
}

static rc join_form(req *r)
{
    view v;
    TRY(view_init(&v, r, NAV_NONE, MSG(L_account_join_title)));
    account_invite_row row;
    join_view j = {.invitation = req_field(r, "invitation"), .closed = r->site->signup == SIGNUP_CLOSED};
    rc_code found = account_invitation(r->c, j.invitation, &row);
    if (found != OK && found != E_NOT_FOUND) return found;
    if (found == OK) {
        TRY(view_person(r->c, row.owner, &j.inviter));
        j.invited = true;
        j.befriend = row.befriend;
    }
    j.by_invitation = r->site->signup == SIGNUP_INVITATION && !j.invited;
    j.ticked = r->method == GET || req_field(r, "befriend").len > 0;
    tpl_join(r->out, &v, &j);
    return OK;
}

static rc join_prepare(req *r)
{
    signup_form *f = r->state = ARENA_NEW(r->c->arena, signup_form);
    f->invitation = str_take(req_field(r, "invitation"), 64);
    if (!may_join(r, f->invitation)) return fail(r->c, E_DENIED, MSG(L_account_join_closed), "sign-up is not open");
    return signup_read(r, f);
}

static rc join_slow(req *r)
{
    return signup_hash(r, r->state);
}

/* Uses the invitation up; *inviter is who becomes a friend, or 0: both must want it. Where everybody may join, an invitation that
 * is over stands in the way only of whoever joins for the sake of the friend. */
static rc use_invitation(req *r, str code, int64_t *inviter)
{
    account_invite_row row;
    bool wants_friend = req_field(r, "befriend").len > 0;
    *inviter = 0;
    if (code.len == 0) return OK;
    rc_code found = account_invitation_use(r->c, code, &row);
    if (found == E_NOT_FOUND && r->site->signup == SIGNUP_OPEN && !wants_friend) return OK;
    if (found == E_NOT_FOUND) return req_fault(r, "invitation", MSG(L_account_invitation_used));
    if (found == OK && row.befriend && wants_friend) *inviter = row.owner;
    return found;
}

static rc join_act(req *r)
{
    signup_form *f = r->state;
    ctx *c = r->c;
    int64_t inviter;
    TRY(use_invitation(r, f->invitation, &inviter));
    rc_code made = account_create(c, &f->who, &f->num);
    if (made == E_CONFLICT) return req_fault(r, "name", MSG(L_account_name_taken));
    if (made != OK) return made;
    f->token = account_token_new(c->arena, f->num);
    if (inviter) TRY(friends_befriend(c, inviter, f->num));
    return account_session_open(c, f->num, f->token, true, account_device_label(r));
}

static rc join_show(req *r)
{
    signup_form *f = r->state;
    /* A form sent twice made one account; the token of its session is known to the first answer only. */
    if (r->replayed) return req_redirect_toast(r, url_local(STR("/login")), L_account_joined_twice, STR(""));
    account_give_session(r, f->num, f->token, true);
    return req_redirect_toast(r, url_local(STR("/feed")), L_account_joined, STR(""));
}

/* ---- sessions ---- */

static rc sessions_show(req *r)
{
    view v;
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_account_sessions_title)));
    account_session_line_list list;
    TRY(account_sessions(r->c, &list));
    tpl_sessions(r->out, &v, &list);
    return OK;
}

static rc session_end_act(req *r)
{
    return account_session_end_ordinal(r->c, req_field_int(r, "ordinal", 0));
}

static rc sessions_end_act(req *r)
{
    return account_sessions_end_others(r->c, r->session);
}

static rc sessions_ended(req *r)
{
    return req_redirect_toast(r, url_local(STR("/settings/sessions")), L_account_session_ended, STR(""));
}

/* ---- password ---- */

rc account_renewal_begin(req *r, account_renewal *out)
{
    ctx *c = r->c;
    int64_t num;
    account_session_found here;
    TRY(account_session(c, req_cookie(r, "sid"), &here));
    bool keeps = here.session->expires - here.session->created_day > 2 * SESSION_SHORT_MS;
    out->cookie_s = keeps ? (here.session->expires - c->now) / 1000 : 0;
    out->token = account_token_new(c->arena, c->viewer.num);
    return account_token_read(c->arena, out->token, &num, &out->hash) ? OK : E_INTERNAL;
}

void account_renewal_give(req *r, const account_renewal *n)
{
    req_set_cookie(r, "sid", n->token, n->cookie_s);
    second_recent_give(r, n->hash);
    r->session = n->hash;
}

typedef struct password_state {
    str stored, typed, fresh, hashed;
    account_renewal renewal;
} password_state;

static rc password_form(req *r)
{
    view v;
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_account_password_title)));
    tpl_password(r->out, &v);
    return OK;
}

static rc password_prepare(req *r)
{
    ctx *c = r->c;
    password_state *s = r->state = ARENA_NEW(c->arena, password_state);
    s->typed = req_field(r, "password");
    s->fresh = req_field(r, "fresh");
    TRY(req_limit(r, arena_printf(c->arena, "password %lld", (long long)c->viewer.num), 10));
    const member_card *me;
    TRY(graph_member(c, c->viewer.num, &me));
    msg weak = account_password_fault(s->fresh, me->name);
    if (weak.key != L_NONE) return req_fault(r, "fresh", weak);
    TRY(account_renewal_begin(r, &s->renewal));
    return account_password(c, c->viewer.num, &s->stored);
}

static rc password_slow(req *r)
{
    password_state *s = r->state;
    if (s->typed.len > 4 * PASSWORD_MAX || !password_verify(s->stored, s->typed))
        return req_fault(r, "password", MSG(L_account_password_wrong));
    return password_hash(r->c->arena, s->fresh, &s->hashed);
}

/* A new password ends every other session and gives this one a new token: whoever stole one, or a copy of this one, is out. */
static rc password_act(req *r)
{
    ctx *c = r->c;
    password_state *s = r->state;
    rc_code changed = account_password_change(c, c->viewer.num, s->stored, s->hashed);
    if (changed == E_CONFLICT) return req_fault(r, "password", MSG(L_account_password_wrong));
    if (changed != OK) return changed;
    TRY(account_sessions_end_others(c, r->session));
    return account_session_rotate(c, r->session, s->renewal.token);
}

static rc password_show(req *r)
{
    password_state *s = r->state;
    account_renewal_give(r, &s->renewal);
    return req_redirect_toast(r, url_local(STR("/settings")), L_account_password_changed, STR(""));
}

/* ---- invitations ---- */

static rc invites_show(req *r)
{
    view v;
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_account_invites_title)));
    account_invite_line_list list;
    TRY(account_invitations(r->c, &list));
    tpl_invites(r->out, &v, &list, str_of(r->site->origin), r->site->signup == SIGNUP_CLOSED);
    return OK;
}

static rc invite_prepare(req *r)
{
    if (r->site->signup == SIGNUP_CLOSED)
        return fail(r->c, E_DENIED, MSG(L_account_invites_closed), "sign-up is closed");
    int64_t uses = req_field_int(r, "uses", 0);
    if (uses < 1 || uses > INVITE_USES_MAX) return req_fault(r, "uses", (msg){.key = L_account_invite_uses, .n = INVITE_USES_MAX});
    return OK;
}

static rc invite_act(req *r)
{
    return account_invitation_make(r->c, req_field_int(r, "uses", 1), req_field(r, "befriend").len > 0);
}

static rc invite_made(req *r)
{
    return req_redirect_toast(r, url_local(STR("/settings/invitations")), L_account_invite_made, STR(""));
}

static rc invite_end_act(req *r)
{
    return account_invitation_end(r->c, req_field(r, "code"));
}

static rc invite_ended(req *r)
{
    return req_redirect_toast(r, url_local(STR("/settings/invitations")), L_account_invite_ended, STR(""));
}

/* ---- language and appearance ---- */

static rc view_act(req *r)
{
    (void)r; /* cookies only: nothing is stored */
    return OK;
}

static rc view_show(req *r)
{
    str chosen = req_field(r, "lang"), theme = req_field(r, "theme"), to = req_field(r, "to");
    if (str_eq(chosen, STR("en")) || str_eq(chosen, STR("ru"))) req_set_cookie(r, "lang", chosen, 31536000);
    if (str_eq(theme, STR("light")) || str_eq(theme, STR("dark"))) req_set_cookie(r, "theme", theme, 31536000);
    else if (theme.len) req_set_cookie(r, "theme", STR(""), -1);
    return req_redirect(r, to.ptr ? url_local(to) : url_local(STR("/")));
}

const route account_routes[] = {
    {GET, "/", .show = start_show, .who = ANYONE},
    {GET, "/login", .show = login_form, .who = GUEST},
    {POST, "/login", .prepare = login_prepare, .slow = login_slow, .act = login_act, .show = login_show, .again = login_form,
     .who = GUEST, .idempotent = true, .per_minute = 20},
    {POST, "/logout", .act = logout_act, .show = logout_show, .who = MEMBER, .idempotent = true},
    {GET, "/join", .show = join_form, .who = GUEST},
    {POST, "/join", .prepare = join_prepare, .slow = join_slow, .act = join_act, .show = join_show, .again = join_form,
     .who = GUEST, .per_minute = 10},
    {GET, "/settings/sessions", .show = sessions_show, .who = MEMBER},
    {POST, "/settings/sessions/end", .act = session_end_act, .show = sessions_ended, .who = MEMBER, .idempotent = true},
    {POST, "/settings/sessions/end-others", .act = sessions_end_act, .show = sessions_ended, .who = MEMBER, .idempotent = true},
    {GET, "/settings/password", .show = password_form, .who = MEMBER},
    {POST, "/settings/password", .prepare = password_prepare, .slow = password_slow, .act = password_act,
     .show = password_show, .again = password_form, .who = MEMBER, .idempotent = true},
    {GET, "/settings/invitations", .show = invites_show, .who = MEMBER},
    {POST, "/settings/invitations", .prepare = invite_prepare, .act = invite_act, .show = invite_made, .again = invites_show,
     .who = MEMBER, .per_minute = 20},
    {POST, "/settings/invitations/end", .act = invite_end_act, .show = invite_ended, .who = MEMBER, .idempotent = true},
    {POST, "/view", .act = view_act, .show = view_show, .who = ANYONE, .idempotent = true},
    {0}};
