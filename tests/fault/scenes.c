/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fault/scenes.h"

#include <string.h>

#include "account.sql.h"
#include "base/ids.h"
#include "crypto/otp.h"
#include "crypto/token.h"
#include "db/change.h"
#include "feature/account/account.h"
#include "feature/bookmark/bookmark.h"
#include "feature/comment/comment.h"
#include "feature/facts/facts.h"
#include "feature/friends/circles.h"
#include "feature/friends/friends.h"
#include "feature/kin/kin.h"
#include "feature/moderate/moderate.h"
#include "feature/poll/poll.h"
#include "feature/profile/profile_privacy.h"
#include "feature/second/passkeys.h"
#include "feature/second/second_web.h"
#include "feature/second/ticket.h"
#include "feature/notify/notice.h"
#include "feature/quiet/quiet.h"
#include "feature/setup/setup.h"
#include "feature/wall/wall.h"
#include "support/authenticator.h"

#define FORM(s, c, ...) ((s)->form = arena_printf((c)->arena, __VA_ARGS__))
#define PATH(s, c, ...) ((s)->path = arena_printf((c)->arena, __VA_ARGS__))
#define L(x) ((long long)(x))

/* ---- people ---- */

/* Sixteen letters of which no two names look alike. */
static str next_name(ctx *c)
{
    static unsigned count;
    static const char letters[] = "abcdefghkpqstxyz";
    char name[8] = "m";
    unsigned n = count++;
    for (int i = 1; i < 6; i++, n /= 16) name[i] = letters[n % 16];
    return arena_str(c->arena, (str){name, 6});
}

/* As account_create does it, without ICU's work on the name: thousands are made. */
static rc newcomer(ctx *c, role role, int64_t *num)
{
    account_next_num_row next;
    int64_t claimed;
    str name = next_name(c);
    TRY(sql_account_next_num(c->db, c->arena, &next));
    *num = next.num;
    TRY(sql_account_claim_name(c->db, name, name, *num, c->now, &claimed));
    if (claimed != 1) return E_CONFLICT;
    TRY(sql_account_insert(c->db, bucket_of(*num), *num, arena_printf(c->arena, "%016lld", (long long)*num), name, STR("Given"), STR("Family"),
                           STR(""), 0, (int64_t)role, 0, 0));
    TRY(sql_account_set_password(c->db, bucket_of(*num), *num, STR("stored")));
    return change_emit(c, CHANGE_MEMBER, *num, 0);
}

static rc log_in(ctx *c, scene *s, int64_t num, role role)
{
    int64_t owner;
    str token = account_token_new(c->arena, num);
    TRY(account_session_open(c, num, token, true, STR("Firefox")));
    if (!account_token_read(c->arena, token, &owner, &s->session)) return E_INTERNAL;
    s->cookie = arena_printf(c->arena, "veche_sid=%.*s", STR_ARG(token));
    c->viewer = (viewer){num, role};
    /* The page with the form has been asked for: that the member is here has been noted with it. */
    (void)graph_here(c, num);
    return OK;
}

/* Somebody who is logged in. */
static rc me(ctx *c, scene *s, int64_t *num)
{
    TRY(newcomer(c, ROLE_MEMBER, num));
    return log_in(c, s, *num, ROLE_MEMBER);
}

static rc as(ctx *c, int64_t num, friend_act act, int64_t other)
{
    viewer before = c->viewer;
    c->viewer = (viewer){num, ROLE_MEMBER};
    rc_code code = friends_do(c, act, other, STR("words"));
    c->viewer = before;
    return code;
}

void scene_guest(ctx *c, scene *s)
{
    str guest = token_new(c->arena);
    s->cookie = arena_printf(c->arena, "veche_guest=%.*s", STR_ARG(guest));
    s->session = sha256_str(c->arena, guest);
}

rc scene_house(ctx *c, bool ready)
{
    TRY(setup_site_set(c, "name", STR("Fault")));
    TRY(setup_site_set(c, "signup", STR("0")));
    TRY(setup_site_set(c, "lang", STR("en")));
    TRY(setup_site_set(c, "origin", STR("http://localhost:1")));
    return setup_site_set(c, "ready", ready ? STR("1") : STR("0"));
}

/* ---- account ---- */

static rc make_setup(ctx *c, scene *s)
{
    str token, name = next_name(c);
    TRY(scene_house(c, false));
    TRY(setup_link(c, &token));
    PATH(s, c, "/setup/%.*s", STR_ARG(token));
    FORM(s, c, "given=Olga&family=Owner&name=%.*s&password=a+long+pass+phrase&gender=1&site=Fault&origin=http%%3A%%2F%%2Flocalhost&signup=0",
         STR_ARG(name));
    return OK;
}

static rc make_login(ctx *c, scene *s)
{
    int64_t num;
    const member_card *card;
    TRY(newcomer(c, ROLE_MEMBER, &num));
    TRY(graph_member(c, num, &card));
    FORM(s, c, "name=%.*s&password=anything+at+all&keep=1", STR_ARG(card->name));
    return OK;
}

static rc make_logout(ctx *c, scene *s)
{
    int64_t num;
    return me(c, s, &num);
}

static str code_of(ctx *c)
{
    return str_take(token_new(c->arena), 20); /* 15 bytes, like those of account_web.c */
}

/* By an invitation that makes friends: the most that joining can do. */
static rc make_join(ctx *c, scene *s)
{
    int64_t host;
    str code = code_of(c), name = next_name(c);
    TRY(newcomer(c, ROLE_MEMBER, &host));
    TRY(sql_account_invite_insert(c->db, code, host, 3, 1, 0, c->now + 1000000));
    FORM(s, c, "given=New&family=&name=%.*s&password=a+long+pass+phrase&gender=0&befriend=1&invitation=%.*s", STR_ARG(name), STR_ARG(code));
    return OK;
}

static rc make_session_end(ctx *c, scene *s)
{
    int64_t num;
    TRY(me(c, s, &num));
    TRY(account_session_open(c, num, account_token_new(c->arena, num), true, STR("Chrome")));
    FORM(s, c, "ordinal=2");
    return OK;
}

static rc make_password(ctx *c, scene *s)
{
    TRY(make_session_end(c, s));
    FORM(s, c, "password=anything+at+all&fresh=another+pass+phrase");
    return OK;
}

static rc make_invite(ctx *c, scene *s)
{
    int64_t num;
    FORM(s, c, "uses=2&befriend=1");
    return me(c, s, &num);
}

static rc make_invite_end(ctx *c, scene *s)
{
    int64_t num;
    str code = code_of(c);
    TRY(me(c, s, &num));
    FORM(s, c, "code=%.*s", STR_ARG(code));
    return sql_account_invite_insert(c->db, code, num, 3, 1, 0, c->now + 1000000);
}

/* ---- a second factor ---- */

static const str app_secret = STR_INIT("12345678901234567890");

static rc with_app(ctx *c, int64_t num)
{
    recovery_codes codes;
    viewer before = c->viewer;
    recovery_codes_new(&codes);
    c->viewer = (viewer){num, ROLE_MEMBER};
    rc_code code = second_app_on(c, app_secret, 1, &codes);
    c->viewer = before;
    return code;
}

static unsigned code_now(ctx *c) { return (unsigned)otp_code(app_secret, otp_step(c->now)); }

static rc make_app_on(ctx *c, scene *s)
{
    int64_t num;
    str text = base32_encode(c->arena, app_secret);
    FORM(s, c, "secret=%.*s&code=%06u&password=anything+at+all", STR_ARG(text), code_now(c));
    return me(c, s, &num);
}

static rc make_app_off(ctx *c, scene *s)
{
    int64_t num;
    TRY(me(c, s, &num));
    FORM(s, c, "code=%06u&password=anything+at+all", code_now(c));
    return with_app(c, num);
}

static rc make_codes(ctx *c, scene *s)
{
    int64_t num;
    TRY(me(c, s, &num));
    FORM(s, c, "password=anything+at+all");
    return with_app(c, num);
}

/* Somebody whose password was right, in this guest's browser. */
static rc waiting(ctx *c, scene *s, int64_t *num)
{
    site site;
    second_pending p = {0};
    TRY(newcomer(c, ROLE_MEMBER, num));
    TRY(with_app(c, *num));
    TRY(setup_site_load(c, &site));
    TRY(second_pending_begin(c, *num, true, &p));
    str ticket = ticket_new(c->arena, &site, TICKET_PENDING, s->session, (str){(const char *)&p, sizeof p}, c->now);
    s->cookie = arena_printf(c->arena, "%.*s; veche_pending=%.*s", STR_ARG(s->cookie), STR_ARG(ticket));
    return OK;
}

static rc make_code(ctx *c, scene *s)
{
    int64_t num;
    FORM(s, c, "code=%06u", code_now(c));
    return waiting(c, s, &num);
}

/* A device that has been asked in this session. */
static rc device_asks(ctx *c, const scene *s, str type, device_asked *out)
{
    site site;
    TRY(setup_site_load(c, &site));
    str challenge = ticket_new(c->arena, &site, TICKET_CHALLENGE, s->session, STR(""), c->now);
    *out = (device_asked){type, challenge, STR("http://localhost:1"), STR("localhost"), 5, 1};
    return OK;
}

static str text_of(ctx *c, str bytes) { return base64url_encode(c->arena, bytes); }

static rc make_passkey_new(ctx *c, scene *s)
{
    int64_t num;
    device_asked asked;
    TRY(me(c, s, &num));
    TRY(device_asks(c, s, STR("webauthn.create"), &asked));
    device *d = device_open(c->arena, DEVICE_EDDSA);
    device_said said = device_make(c->arena, d, &asked);
    device_close(d);
    str client = text_of(c, said.client), attestation = text_of(c, said.attestation);
    FORM(s, c, "title=Key&client=%.*s&attestation=%.*s&password=anything+at+all", STR_ARG(client), STR_ARG(attestation));
    return OK;
}

static rc passkey_of(ctx *c, int64_t num, device_asked asked, device *d)
{
    webauthn_made made;
    viewer before = c->viewer;
    webauthn_asked ours = {asked.challenge, asked.origin, asked.host};
    asked.type = STR("webauthn.create");
    asked.count = 0;
    device_said said = device_make(c->arena, d, &asked);
    if (webauthn_register(c->arena, &ours, said.client, said.attestation, &made) != WEBAUTHN_FINE) return E_INTERNAL;
    c->viewer = (viewer){num, ROLE_MEMBER};
    rc_code code = passkey_add(c, &made, STR("Key"));
    c->viewer = before;
    return code;
}

/* As the second step, which writes most. */
static rc make_passkey_login(ctx *c, scene *s)
{
    int64_t num;
    device_asked asked;
    TRY(waiting(c, s, &num));
    TRY(device_asks(c, s, STR("webauthn.get"), &asked));
    device *d = device_open(c->arena, DEVICE_EDDSA);
    rc_code code = passkey_of(c, num, asked, d);
    device_said said = device_sign(c->arena, d, &asked);
    device_close(d);
    str id = text_of(c, said.id), client = text_of(c, said.client), data = text_of(c, said.data), signature = text_of(c, said.signature);
    FORM(s, c, "id=%.*s&client=%.*s&data=%.*s&signature=%.*s", STR_ARG(id), STR_ARG(client), STR_ARG(data), STR_ARG(signature));
    return code;
}

static rc make_passkey_remove(ctx *c, scene *s)
{
    int64_t num;
    device_asked asked;
    TRY(me(c, s, &num));
    TRY(device_asks(c, s, STR("webauthn.get"), &asked));
    device *d = device_open(c->arena, DEVICE_EDDSA);
    rc_code code = passkey_of(c, num, asked, d);
    device_close(d);
    FORM(s, c, "ordinal=1&password=anything+at+all");
    return code;
}

static rc make_view(ctx *c, scene *s)
{
    FORM(s, c, "theme=dark");
    return OK;
}

/* ---- walls ---- */

static rc with_circle(ctx *c, int64_t num, int64_t *other, int64_t *ordinal)
{
    TRY(newcomer(c, ROLE_MEMBER, other));
    TRY(as(c, *other, ACT_ADD, num));
    TRY(as(c, num, ACT_ACCEPT, *other));
    TRY(circle_create(c, STR("A circle"), ordinal));
    return circle_add(c, *ordinal, other, 1);
}

static rc make_post(ctx *c, scene *s)
{
    int64_t num, other, circle;
    const member_card *card;
    TRY(me(c, s, &num));
    TRY(with_circle(c, num, &other, &circle));
    TRY(graph_member(c, other, &card));
    PATH(s, c, "/wall%lld", L(num));
    FORM(s, c, "text=Hello+%%40%.*s+%%23there&warning=Words&poll_question=Why&poll_answers=One%%0ATwo&audience=c%lld", STR_ARG(card->name), L(circle));
    return OK;
}

static rc own_post(ctx *c, scene *s, int64_t *num, int64_t *ordinal, const char *verb)
{
    TRY(me(c, s, num));
    TRY(wall_add(c, *num, STR("Some words"), LEVEL_EVERYONE, ordinal));
    PATH(s, c, "/wall%lld_%lld/%s", L(*num), L(*ordinal), verb);
    return OK;
}

static rc make_edit(ctx *c, scene *s)
{
    int64_t num, ordinal, other, circle;
    TRY(own_post(c, s, &num, &ordinal, "edit"));
    TRY(with_circle(c, num, &other, &circle));
    FORM(s, c, "text=Other+%%23words&warning=Words&version=0&audience=c%lld", L(circle));
    return OK;
}

static rc make_audience(ctx *c, scene *s)
{
    int64_t num, ordinal, other, circle;
    TRY(own_post(c, s, &num, &ordinal, "audience"));
    TRY(with_circle(c, num, &other, &circle));
    FORM(s, c, "audience=c%lld", L(circle));
    return OK;
}

static rc make_delete(ctx *c, scene *s)
{
    int64_t num, ordinal;
    return own_post(c, s, &num, &ordinal, "delete");
}

static rc make_restore(ctx *c, scene *s)
{
    int64_t num, ordinal;
    TRY(own_post(c, s, &num, &ordinal, "restore"));
    return wall_delete(c, num, ordinal);
}

static rc make_like(ctx *c, scene *s)
{
    int64_t num, ordinal;
    return own_post(c, s, &num, &ordinal, "like");
}

static rc make_unlike(ctx *c, scene *s)
{
    int64_t num, ordinal;
    TRY(own_post(c, s, &num, &ordinal, "unlike"));
    return wall_like(c, num, ordinal, true);
}

/* Somebody else's, with a mention, a tag and a circle. */
static rc make_repost(ctx *c, scene *s)
{
    int64_t num, other, circle, post;
    viewer before;
    TRY(me(c, s, &num));
    TRY(with_circle(c, num, &other, &circle));
    before = c->viewer;
    c->viewer = (viewer){other, ROLE_MEMBER};
    TRY(wall_add(c, other, STR("Some words"), LEVEL_EVERYONE, &post));
    c->viewer = before;
    PATH(s, c, "/wall%lld_%lld/repost", L(other), L(post));
    FORM(s, c, "text=Look+%%23there&audience=c%lld", L(circle));
    return OK;
}

static rc make_pin(ctx *c, scene *s)
{
    int64_t num, ordinal;
    return own_post(c, s, &num, &ordinal, "pin");
}

static rc make_unpin(ctx *c, scene *s)
{
    int64_t num, ordinal;
    TRY(own_post(c, s, &num, &ordinal, "unpin"));
    return wall_pin(c, num, ordinal, true);
}

static rc make_bookmark(ctx *c, scene *s)
{
    int64_t num, ordinal;
    return own_post(c, s, &num, &ordinal, "bookmark");
}

static rc make_unbookmark(ctx *c, scene *s)
{
    int64_t num, ordinal;
    TRY(own_post(c, s, &num, &ordinal, "unbookmark"));
    return bookmark_add(c, num, ordinal);
}

static rc with_poll(ctx *c, scene *s, const char *verb, bool chosen)
{
    int64_t num, ordinal;
    poll_draft draft = {.question = STR("Why"), .answers = {STR("One"), STR("Two"), STR("Three")}, .len = 3, .several = true, .changes = true};
    TRY(own_post(c, s, &num, &ordinal, verb));
    TRY(poll_add(c, num, ordinal, &draft));
    FORM(s, c, "answer=1&answer=3");
    return chosen ? poll_choose(c, num, ordinal, 1u << 1 | 1u << 2) : OK;
}

static rc make_vote(ctx *c, scene *s) { return with_poll(c, s, "vote", false); }
static rc make_unvote(ctx *c, scene *s) { return with_poll(c, s, "unvote", true); }

/* ---- comments ---- */

/* Somebody else's post with the member's own comment under it. */
static rc own_comment(ctx *c, scene *s, int64_t *owner, int64_t *number, const char *verb)
{
    int64_t num, post;
    TRY(me(c, s, owner));
    TRY(wall_add(c, *owner, STR("Some words"), LEVEL_EVERYONE, &post));
    TRY(me(c, s, &num));
    TRY(comment_add(c, *owner, post, 0, STR("A comment"), number));
    PATH(s, c, "/comment%lld_%lld/%s", L(*owner), L(*number), verb);
    FORM(s, c, "text=Other+words&version=0");
    return OK;
}

/* With a mention, in answer to another one. */
static rc make_comment(ctx *c, scene *s)
{
    int64_t owner, number;
    comment_row k;
    wall_post p;
    const member_card *card;
    TRY(own_comment(c, s, &owner, &number, "edit"));
    TRY(comment_get(c, owner, number, &k, &p));
    TRY(graph_member(c, owner, &card));
    PATH(s, c, "/wall%lld_%lld/comment", L(owner), L(p.ordinal));
    FORM(s, c, "text=Hello+%%40%.*s&parent=%lld", STR_ARG(card->name), L(number));
    return OK;
}

static rc make_comment_edit(ctx *c, scene *s)
{
    int64_t owner, number;
    return own_comment(c, s, &owner, &number, "edit");
}

static rc make_comment_delete(ctx *c, scene *s)
{
    int64_t owner, number;
    return own_comment(c, s, &owner, &number, "delete");
}

static rc make_comment_restore(ctx *c, scene *s)
{
    int64_t owner, number;
    TRY(own_comment(c, s, &owner, &number, "restore"));
    return comment_delete(c, owner, number);
}

static rc make_comment_like(ctx *c, scene *s)
{
    int64_t owner, number;
    return own_comment(c, s, &owner, &number, "like");
}

static rc make_comment_unlike(ctx *c, scene *s)
{
    int64_t owner, number;
    TRY(own_comment(c, s, &owner, &number, "unlike"));
    return comment_like(c, owner, number, true);
}

/* ---- friends ---- */

static rc pair(ctx *c, scene *s, int64_t *num, int64_t *other, const char *pattern)
{
    TRY(me(c, s, num));
    TRY(newcomer(c, ROLE_MEMBER, other));
    str rest = str_of(pattern), head = str_cut(&rest, '*');
    PATH(s, c, "%.*s%lld%.*s", STR_ARG(head), L(*other), STR_ARG(rest));
    return OK;
}

static rc make_ask(ctx *c, scene *s)
{
    int64_t num, other;
    FORM(s, c, "text=It+is+me");
    return pair(c, s, &num, &other, "/friends/*/ask");
}

static rc make_add(ctx *c, scene *s)
{
    int64_t num, other;
    TRY(pair(c, s, &num, &other, "/friends/*/add"));
    return as(c, other, ACT_ADD, num); /* so that it makes friends */
}

static rc make_cancel(ctx *c, scene *s)
{
    int64_t num, other;
    TRY(pair(c, s, &num, &other, "/friends/*/cancel"));
    return as(c, num, ACT_ADD, other);
}

static rc make_accept(ctx *c, scene *s)
{
    int64_t num, other;
    TRY(pair(c, s, &num, &other, "/friends/*/accept"));
    return as(c, other, ACT_ADD, num);
}

static rc make_decline(ctx *c, scene *s)
{
    int64_t num, other;
    TRY(pair(c, s, &num, &other, "/friends/*/decline"));
    return as(c, other, ACT_ADD, num);
}

static rc make_reopen(ctx *c, scene *s)
{
    int64_t num, other;
    TRY(pair(c, s, &num, &other, "/friends/*/reopen"));
    TRY(as(c, other, ACT_ADD, num));
    return as(c, num, ACT_DECLINE, other);
}

static rc friend_in_circle(ctx *c, scene *s, const char *pattern)
{
    int64_t num, other, circle;
    TRY(me(c, s, &num));
    TRY(with_circle(c, num, &other, &circle));
    str rest = str_of(pattern), head = str_cut(&rest, '*');
    PATH(s, c, "%.*s%lld%.*s", STR_ARG(head), L(other), STR_ARG(rest));
    return OK;
}

static rc make_remove(ctx *c, scene *s) { return friend_in_circle(c, s, "/friends/*/remove"); }
static rc make_block(ctx *c, scene *s) { return friend_in_circle(c, s, "/block/*"); }
static rc make_unfollow(ctx *c, scene *s) { return friend_in_circle(c, s, "/friends/*/unfollow"); }

static rc make_follow(ctx *c, scene *s)
{
    int64_t num, other;
    return pair(c, s, &num, &other, "/friends/*/follow");
}

static rc make_unblock(ctx *c, scene *s)
{
    int64_t num, other;
    TRY(pair(c, s, &num, &other, "/unblock/*"));
    return as(c, num, ACT_BLOCK, other);
}

/* ---- circles ---- */

static rc make_circle(ctx *c, scene *s)
{
    int64_t num;
    FORM(s, c, "title=Family");
    return me(c, s, &num);
}

static rc in_circle(ctx *c, scene *s, int64_t *other, const char *verb)
{
    int64_t num, circle;
    TRY(me(c, s, &num));
    TRY(with_circle(c, num, other, &circle));
    PATH(s, c, "/friends/circle/%lld/%s", L(circle), verb);
    FORM(s, c, "title=Renamed&num=%lld", L(*other));
    return OK;
}

static rc make_circle_rename(ctx *c, scene *s)
{
    int64_t other;
    return in_circle(c, s, &other, "rename");
}

/* A circle that is kept out of a setting and of a post: both must come to name its people, or nothing happened. */
static rc make_circle_delete(ctx *c, scene *s)
{
    int64_t num, other, circle, stored, ordinal;
    privacy_settings settings;
    TRY(me(c, s, &num));
    TRY(with_circle(c, num, &other, &circle));
    PATH(s, c, "/friends/circle/%lld/delete", L(circle));
    uint32_t *out = ARENA_NEW(c->arena, uint32_t);
    *out = (uint32_t)circle;
    audience not_them = {.base = LEVEL_FRIENDS, .except_circles = {out, 1}};
    TRY(profile_privacy_get(c, &settings));
    settings.of[PRIVACY_WALL] = not_them;
    TRY(profile_privacy_save(c, &settings));
    TRY(audience_intern(c, num, &not_them, &stored));
    return wall_add(c, num, STR("Not for them"), stored, &ordinal);
}

static rc make_circle_remove(ctx *c, scene *s)
{
    int64_t other;
    return in_circle(c, s, &other, "remove");
}

static rc make_circle_add(ctx *c, scene *s)
{
    int64_t other;
    TRY(in_circle(c, s, &other, "add"));
    return circle_remove(c, 1, &other, 1);
}

/* ---- profile ---- */

static rc make_status(ctx *c, scene *s)
{
    int64_t num;
    FORM(s, c, "status=Thinking");
    return me(c, s, &num);
}

static rc make_profile(ctx *c, scene *s)
{
    int64_t num;
    FORM(s, c, "given=Olga&family=Mayer&patronymic=&maiden=&nickname=&home_town=Beloborsk&gender=1&day=1&month=2&year=1980&birthday_show=2");
    return me(c, s, &num);
}

static rc make_privacy(ctx *c, scene *s)
{
    int64_t num, other;
    const member_card *card;
    TRY(me(c, s, &num));
    TRY(newcomer(c, ROLE_MEMBER, &other));
    TRY(graph_member(c, other, &card));
    FORM(s, c, "level_1=1&level_2=3&except_2=%%40%.*s&level_3=4&level_4=4&level_5=4&level_6=1&level_7=4&level_8=3&level_9=3", STR_ARG(card->name));
    return OK;
}

static rc make_contacts(ctx *c, scene *s)
{
    int64_t num;
    FORM(s, c, "city=Novgorod&site=https%%3A%%2F%%2Fexample.org&handles=Elsewhere");
    return me(c, s, &num);
}

static rc make_interests(ctx *c, scene *s)
{
    int64_t num;
    FORM(s, c, "music=Organ&about=Myself");
    return me(c, s, &num);
}

static rc make_views(ctx *c, scene *s)
{
    int64_t num;
    FORM(s, c, "political=Benches&life=1&people=2&smoking=3&alcohol=0");
    return me(c, s, &num);
}

static rc make_place(ctx *c, scene *s)
{
    int64_t num;
    FORM(s, c, "item=0&kind=2&name=A+place&town=&detail=&since=1999&until=2004");
    return me(c, s, &num);
}

static rc own_place(ctx *c, scene *s, place_kind kind, const char *path)
{
    int64_t num;
    PATH(s, c, "%s/1/delete", path);
    TRY(me(c, s, &num));
    return facts_place_save(c, &(facts_place){.kind = kind, .name = STR("A place"), .town = STR(""), .detail = STR("")});
}

static rc make_school_delete(ctx *c, scene *s) { return own_place(c, s, PLACE_SCHOOL, "/settings/profile/education"); }
static rc make_work_delete(ctx *c, scene *s) { return own_place(c, s, PLACE_WORK, "/settings/profile/career"); }

/* A friend, whom `form` names. */
static rc with_friend(ctx *c, scene *s, int64_t *num, int64_t *other, const char *form)
{
    int64_t circle;
    const member_card *card;
    TRY(me(c, s, num));
    TRY(with_circle(c, *num, other, &circle));
    TRY(graph_member(c, *other, &card));
    FORM(s, c, "%s=%%40%.*s", form, STR_ARG(card->name));
    return OK;
}

static rc make_relations(ctx *c, scene *s)
{
    int64_t num, other;
    return with_friend(c, s, &num, &other, "bond=4&partner");
}

static rc make_family(ctx *c, scene *s)
{
    int64_t num, other;
    return with_friend(c, s, &num, &other, "family=3&relative");
}

static rc make_family_delete(ctx *c, scene *s)
{
    TRY(make_family(c, s));
    PATH(s, c, "/settings/profile/family/1/delete");
    return kin_add(c, FAMILY_OTHER, STR("Agafya"), 0);
}

/* The friend says that they are married; to agree is to say it oneself. */
static rc claim(ctx *c, scene *s, const char *answer)
{
    int64_t num, other;
    TRY(with_friend(c, s, &num, &other, "unused"));
    PATH(s, c, "/settings/profile/claims/%lld_0/%s", L(other), answer);
    viewer before = c->viewer;
    c->viewer = (viewer){other, ROLE_MEMBER};
    rc_code code = kin_bond(c, BOND_MARRIED, num);
    c->viewer = before;
    return code;
}

static rc make_agree(ctx *c, scene *s) { return claim(c, s, "agree"); }
static rc make_decline_claim(ctx *c, scene *s) { return claim(c, s, "decline"); }

/* ---- what is not read, who is not suggested ---- */

static rc make_filter(ctx *c, scene *s)
{
    int64_t num;
    FORM(s, c, "words=tram&whole=1&warns=1&span=2");
    return me(c, s, &num);
}

static rc make_filter_delete(ctx *c, scene *s)
{
    TRY(make_filter(c, s));
    PATH(s, c, "/settings/quiet/1/delete");
    return quiet_filter_set(c, STR("tram"), true, true, SPAN_EVER);
}

/* Something was told, or reading it would change nothing. */
static rc make_seen(ctx *c, scene *s)
{
    int64_t num, other;
    TRY(me(c, s, &num));
    TRY(newcomer(c, ROLE_MEMBER, &other));
    FORM(s, c, "until=%lld", (long long)c->now);
    viewer reader = c->viewer;
    c->viewer = (viewer){other, ROLE_MEMBER};
    rc_code told = notice_tell(c, num, (notice_of){NOTICE_FRIENDS, 0, 0, 0});
    c->viewer = reader;
    return told;
}

static rc make_kinds(ctx *c, scene *s)
{
    int64_t num;
    FORM(s, c, "kind1=1");
    return me(c, s, &num);
}

static rc make_mute(ctx *c, scene *s)
{
    int64_t num, other;
    FORM(s, c, "span=1");
    return pair(c, s, &num, &other, "/mute/*");
}

static rc make_unmute(ctx *c, scene *s)
{
    int64_t num, other;
    TRY(pair(c, s, &num, &other, "/unmute/*"));
    return quiet_mute_set(c, other, SPAN_EVER);
}

static rc make_dismiss(ctx *c, scene *s)
{
    int64_t num, other;
    return pair(c, s, &num, &other, "/friends/suggested/*/dismiss");
}

/* ---- staff ---- */

static rc staff(ctx *c, scene *s, role role, int64_t *other)
{
    int64_t num;
    TRY(newcomer(c, role, &num));
    TRY(log_in(c, s, num, role));
    return newcomer(c, ROLE_MEMBER, other);
}

static rc make_suspend(ctx *c, scene *s)
{
    int64_t other;
    TRY(staff(c, s, ROLE_STAFF, &other));
    TRY(account_session_open(c, other, account_token_new(c->arena, other), true, STR("Chrome")));
    PATH(s, c, "/admin/members/%lld/suspend", L(other));
    FORM(s, c, "reason=Spam");
    return OK;
}

static rc make_reinstate(ctx *c, scene *s)
{
    int64_t other;
    TRY(staff(c, s, ROLE_STAFF, &other));
    PATH(s, c, "/admin/members/%lld/restore", L(other));
    FORM(s, c, "reason=A+mistake");
    return moderate_suspend(c, other, STR("Spam"));
}

static rc make_role(ctx *c, scene *s)
{
    int64_t other;
    TRY(staff(c, s, ROLE_OWNER, &other));
    PATH(s, c, "/admin/members/%lld/role", L(other));
    FORM(s, c, "role=2");
    return OK;
}

static rc make_site(ctx *c, scene *s)
{
    int64_t other;
    FORM(s, c, "site=Another+name&signup=0&site_lang=1");
    return staff(c, s, ROLE_OWNER, &other);
}

const scene_maker scenes[] = {
    {.path = "/setup/{token}", .make = make_setup},
    {.path = "/login", .make = make_login},
    {.path = "/logout", .make = make_logout},
    {.path = "/join", .make = make_join},
    {.path = "/settings/sessions/end", .make = make_session_end},
    {.path = "/settings/sessions/end-others", .make = make_session_end},
    {.path = "/settings/password", .make = make_password},
    {.path = "/settings/invitations", .make = make_invite},
    {.path = "/settings/invitations/end", .make = make_invite_end},
    {.path = "/login/code", .make = make_code},
    {.path = "/login/passkey", .make = make_passkey_login},
    {.path = "/settings/second/app", .make = make_app_on},
    {.path = "/settings/second/app/off", .make = make_app_off},
    {.path = "/settings/second/codes", .make = make_codes},
    {.path = "/settings/second/passkeys/new", .make = make_passkey_new},
    {.path = "/settings/second/passkeys/remove", .make = make_passkey_remove},
    {.path = "/view", .make = make_view, .quiet = true},
    {.path = "/wall{owner:int}", .make = make_post},
    {.path = "/wall{owner:int}_{ordinal:int}/edit", .make = make_edit},
    {.path = "/wall{owner:int}_{ordinal:int}/audience", .make = make_audience},
    {.path = "/wall{owner:int}_{ordinal:int}/delete", .make = make_delete},
    {.path = "/wall{owner:int}_{ordinal:int}/restore", .make = make_restore},
    {.path = "/wall{owner:int}_{ordinal:int}/like", .make = make_like},
    {.path = "/wall{owner:int}_{ordinal:int}/unlike", .make = make_unlike},
    {.path = "/wall{owner:int}_{ordinal:int}/repost", .make = make_repost},
    {.path = "/wall{owner:int}_{ordinal:int}/vote", .make = make_vote},
    {.path = "/wall{owner:int}_{ordinal:int}/unvote", .make = make_unvote},
    {.path = "/wall{owner:int}_{ordinal:int}/pin", .make = make_pin},
    {.path = "/wall{owner:int}_{ordinal:int}/unpin", .make = make_unpin},
    {.path = "/wall{owner:int}_{ordinal:int}/bookmark", .make = make_bookmark},
    {.path = "/wall{owner:int}_{ordinal:int}/unbookmark", .make = make_unbookmark},
    {.path = "/wall{owner:int}_{ordinal:int}/comment", .make = make_comment},
    {.path = "/comment{owner:int}_{ordinal:int}/edit", .make = make_comment_edit},
    {.path = "/comment{owner:int}_{ordinal:int}/delete", .make = make_comment_delete},
    {.path = "/comment{owner:int}_{ordinal:int}/restore", .make = make_comment_restore},
    {.path = "/comment{owner:int}_{ordinal:int}/like", .make = make_comment_like},
    {.path = "/comment{owner:int}_{ordinal:int}/unlike", .make = make_comment_unlike},
    {.path = "/friends/{num:int}/ask", .make = make_ask},
    {.path = "/friends/{num:int}/add", .make = make_add},
    {.path = "/friends/{num:int}/cancel", .make = make_cancel},
    {.path = "/friends/{num:int}/accept", .make = make_accept},
    {.path = "/friends/{num:int}/decline", .make = make_decline},
    {.path = "/friends/{num:int}/reopen", .make = make_reopen},
    {.path = "/friends/{num:int}/remove", .make = make_remove},
    {.path = "/friends/{num:int}/follow", .make = make_follow},
    {.path = "/friends/{num:int}/unfollow", .make = make_unfollow},
    {.path = "/block/{num:int}", .make = make_block},
    {.path = "/unblock/{num:int}", .make = make_unblock},
    {.path = "/friends/circles", .make = make_circle},
    {.path = "/friends/circle/{ordinal:int}/rename", .make = make_circle_rename},
    {.path = "/friends/circle/{ordinal:int}/delete", .make = make_circle_delete},
    {.path = "/friends/circle/{ordinal:int}/add", .make = make_circle_add},
    {.path = "/friends/circle/{ordinal:int}/remove", .make = make_circle_remove},
    {.path = "/status", .make = make_status},
    {.path = "/settings/profile", .make = make_profile},
    {.path = "/settings/privacy", .make = make_privacy},
    {.path = "/settings/profile/contacts", .make = make_contacts},
    {.path = "/settings/profile/interests", .make = make_interests},
    {.path = "/settings/profile/views", .make = make_views},
    {.path = "/settings/profile/education", .make = make_place},
    {.path = "/settings/profile/education/{ordinal:int}/delete", .make = make_school_delete},
    {.path = "/settings/profile/career", .make = make_place},
    {.path = "/settings/profile/career/{ordinal:int}/delete", .make = make_work_delete},
    {.path = "/settings/profile/relations", .make = make_relations},
    {.path = "/settings/profile/family", .make = make_family},
    {.path = "/settings/profile/family/{ordinal:int}/delete", .make = make_family_delete},
    {.path = "/settings/profile/claims/{num:int}_{ordinal:int}/agree", .make = make_agree},
    {.path = "/settings/profile/claims/{num:int}_{ordinal:int}/decline", .make = make_decline_claim},
    {.path = "/notifications/seen", .make = make_seen},
    {.path = "/settings/notifications", .make = make_kinds},
    {.path = "/settings/quiet", .make = make_filter},
    {.path = "/settings/quiet/{ordinal:int}/delete", .make = make_filter_delete},
    {.path = "/mute/{num:int}", .make = make_mute},
    {.path = "/unmute/{num:int}", .make = make_unmute},
    {.path = "/friends/suggested/{num:int}/dismiss", .make = make_dismiss},
    {.path = "/admin/members/{num:int}/suspend", .make = make_suspend},
    {.path = "/admin/members/{num:int}/restore", .make = make_reinstate},
    {.path = "/admin/members/{num:int}/role", .make = make_role},
    {.path = "/admin/site", .make = make_site},
    {0}};

const scene_maker *scene_of(const route *r)
{
    for (const scene_maker *m = scenes; m->path; m++)
        if (strcmp(m->path, r->path) == 0) return m;
    return NULL;
}
