/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* /settings/view-as: one's own page with the eyes of somebody else.
 *
 * The page is made by the same code, with another viewer in the ctx (ctx.page_of); graph/privacy.h says how it is judged so that
 * nothing of others shows through. The frame, the language and the session stay those of whoever looks. Nothing on it can be acted
 * with: no composer, no menus, no hearts to press, no buttons of friendship. Friends in common are left out: which they are
 * is the other's to tell. */
#include "feature/account/account.h"
#include "feature/profile/profile_web.h"
#include "feature/wall/wall_web.h"
#include "profile.tpl.h"
#include "profile_as.tpl.h"

const str as_words[AS_COUNT] = {
    [AS_GUEST] = STR_INIT("guest"), [AS_MEMBER] = STR_INIT("member"), [AS_FRIEND_OF_FRIEND] = STR_INIT("fof"),
    [AS_FRIEND] = STR_INIT("friend"), [AS_NAMED] = STR_INIT("name")};

/* By as_who; AS_NAMED is a number of its own. */
static const struct { int64_t num; enum lang_key words; } stand_ins[AS_COUNT] = {
    [AS_GUEST] = {0, L_profile_as_guest}, [AS_MEMBER] = {VIEWER_MEMBER, L_profile_as_member},
    [AS_FRIEND_OF_FRIEND] = {VIEWER_FRIEND_OF_FRIEND, L_profile_as_fof}, [AS_FRIEND] = {VIEWER_FRIEND, L_profile_as_friend},
    [AS_NAMED] = {0, L_profile_as_named}};

/* ---- whom ---- */

static rc form_show(req *r, const msg *fault)
{
    view v;
    as_form f = {.who = req_field(r, "who"), .name = req_field(r, "name"), .fault = fault};
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_profile_as_title)));
    if (fault) r->status = rc_status(E_INVALID);
    tpl_view_as(r->out, &v, &f);
    return OK;
}

/* The name as it is typed, clean and without its @; empty when no name can be like that. */
static str typed_name(req *r)
{
    str name;
    if (req_text(r, "name", 1, ACCOUNT_NAME_MAX + 1, false, &name) != OK) return STR("");
    if (str_starts(name, STR("@"))) name = str_skip(name, 1);
    return name.len <= ACCOUNT_NAME_MAX ? name : STR("");
}

/* ---- the page ---- */

static rc put_page(view *v, int64_t me, profile_view *p, str path)
{
    out *o = v->r->out;
    TRY(profile_fill(v, me, p));
    v->nav = NAV_ME;
    tpl_profile_page_open(o, v, p);
    TRY(wall_look(v, o, me, req_field_int(v->r, "before", INT64_MAX), path));
    tpl_profile_page_close(o, v, p);
    return OK;
}

/* The frame was made for whoever looks; from here on the ctx belongs to whom they stand in for, until the page is done. */
static rc look(req *r, viewer as, html words, str path)
{
    ctx *c = r->c;
    view v;
    profile_view p = {.as = words};
    int64_t me = c->viewer.num;
    TRY(view_init(&v, r, NAV_ME, MSG(L_NONE)));
    p.who = v.me;
    viewer really = c->viewer;
    c->viewer = as;
    c->page_of = me;
    rc_code code = profile_get(c, me, &p.page);
    if (code == OK) {
        code = put_page(&v, me, &p, path);
    } else if (code == E_DENIED) {
        v.heading = p.who.full;
        tpl_profile_closed(r->out, &v, &p, c->err.sentence);
        code = OK;
    }
    c->viewer = really;
    c->page_of = 0;
    return code;
}

static rc view_as_show(req *r)
{
    ctx *c = r->c;
    str who = req_field(r, "who"), name = STR("");
    msg fault = MSG(L_form_choice);
    as_who choice = AS_GUEST;
    if (!who.len) return form_show(r, NULL);
    while (choice < AS_COUNT && !str_eq(as_words[choice], who)) choice++;
    if (choice == AS_COUNT) return form_show(r, &fault);
    int64_t num = stand_ins[choice].num;
    str path = arena_printf(c->arena, "/settings/view-as?who=%.*s&", STR_ARG(who));
    if (choice == AS_NAMED) {
        name = typed_name(r);
        rc_code found = name.len ? account_find(c, name, &num) : E_NOT_FOUND;
        if (found != OK && found != E_NOT_FOUND) return found;
        fault = found == OK ? MSG(L_profile_as_self) : msg_s(L_kin_unknown, name);
        if (found == E_NOT_FOUND || num == c->viewer.num) return form_show(r, &fault);
        path = arena_printf(c->arena, "%.*sname=%.*s&", STR_ARG(path), STR_ARG(name));
    }
    view v = {.r = r, .lang = c->lang};
    html words = view_say(&v, msg_s(stand_ins[choice].words, name));
    return look(r, (viewer){.num = num, .role = num ? ROLE_MEMBER : ROLE_GUEST}, words, path);
}

const route profile_as_routes[] = {
    {GET, "/settings/view-as", .show = view_as_show, .who = MEMBER},
    {0}};
