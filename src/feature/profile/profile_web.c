/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The member's page: /name, /id7, and the status line that is changed on it. */
#include "feature/profile/profile_web.h"

#include "feature/account/account.h"
#include "feature/presence/presence_web.h"
#include "feature/wall/wall_web.h"
#include "profile.tpl.h"

/* "Olga Petrovna Mayer (Nurova)" */
static str full_name(arena *a, const profile_told *t)
{
    str name = t->given;
    if (t->patronymic.len) name = arena_printf(a, "%.*s %.*s", STR_ARG(name), STR_ARG(t->patronymic));
    if (t->family.len) name = arena_printf(a, "%.*s %.*s", STR_ARG(name), STR_ARG(t->family));
    if (t->maiden.len) name = arena_printf(a, "%.*s (%.*s)", STR_ARG(name), STR_ARG(t->maiden));
    return name;
}

static html birthday_words(const view *v, birthday b)
{
    if (!b.month) return (html){STR("")};
    html day = view_say(v, msg_n((enum lang_key)(L_common_month_1 + (b.month - 1)), b.day));
    if (!b.year) return day;
    return view_say(v, (msg){.key = L_common_date_year, .s = day.s, .s2 = arena_printf(v->r->c->arena, "%d", b.year)});
}

static rc fill_faces(ctx *c, int64_t num, profile_view *p)
{
    faces f;
    TRY(profile_faces(c, num, &f));
    p->faces.items = ARENA_ARRAY(c->arena, face, f.len);
    p->mutual = (int64_t)f.mutual;
    for (size_t i = 0; i < f.len; i++) {
        const member_card *card;
        TRY(graph_member(c, f.nums[i], &card));
        face *one = &p->faces.items[p->faces.len++];
        *one = (face){person_of(c->arena, card), card->given};
        TRY(presence_online(c, card->num, &one->who.online));
    }
    return OK;
}

rc profile_fill(view *v, int64_t num, profile_view *p)
{
    ctx *c = v->r->c;
    presence here;
    p->full = full_name(c->arena, &p->page.told);
    p->birthday = birthday_words(v, p->page.told.birthday);
    TRY(facts_view_of(v, num, &p->facts));
    TRY(kin_view_of(v, num, p->page.told.gender, &p->kin));
    if (p->page.friends_open) TRY(fill_faces(c, num, p));
    TRY(presence_of(c, num, &here));
    p->who.online = here.online;
    p->seen = presence_words(v, here, p->page.told.gender);
    v->heading = p->full;
    if (p->self) v->nav = NAV_ME;
    else if (p->bits & EDGE_FRIEND) v->nav = NAV_FRIENDS;
    return OK;
}

static rc put_page(view *v, int64_t num, profile_view *p)
{
    out *o = v->r->out;
    TRY(profile_fill(v, num, p));
    tpl_profile_page_open(o, v, p);
    TRY(wall_section(v, o, num));
    tpl_profile_page_close(o, v, p);
    return OK;
}

/* A page that is there but closed has a name and the buttons with which one comes closer; one that is gone has neither. */
static rc put_closed(view *v, rc_code why, const profile_view *p)
{
    req *r = v->r;
    r->status = rc_status(why);
    if (why == E_DENIED) {
        v->heading = p->who.full;
        tpl_profile_closed(r->out, v, p, r->c->err.sentence);
    } else {
        v->title = MSG(L_profile_gone_title);
        tpl_profile_gone(r->out, v, r->c->err.sentence);
    }
    return OK;
}

static rc put_member(req *r, int64_t num)
{
    ctx *c = r->c;
    view v;
    profile_view p = {.self = c->viewer.num == num};
    TRY(view_init(&v, r, NAV_PEOPLE, MSG(L_NONE)));
    TRY(view_person(c, num, &p.who));
    if (c->viewer.num && !p.self) TRY(graph_edge(c, c->viewer.num, num, &p.bits));
    rc_code found = profile_get(c, num, &p.page);
    if (found == E_DENIED || found == E_GONE) return put_closed(&v, found, &p);
    if (found != OK) return found;
    return put_page(&v, num, &p);
}

static url member_url(req *r, const member_card *card)
{
    return url_local(arena_printf(r->c->arena, "/%.*s", STR_ARG(card->name)));
}

static rc unknown(req *r)
{
    return fail(r->c, E_NOT_FOUND, MSG(L_graph_no_member), "no such member");
}

static rc page_show(req *r)
{
    int64_t num;
    str name = req_capture(r, "name");
    if (name.len > ACCOUNT_NAME_MAX) return unknown(r);
    rc_code found = account_find(r->c, name, &num);
    if (found == E_NOT_FOUND) return unknown(r);
    if (found != OK) return found;
    return put_member(r, num);
}

/* Leads to the name, but for a page that is gone: its name is told to nobody either. Staff see it all the same. */
static rc id_show(req *r)
{
    const member_card *card;
    int64_t num = req_capture_int(r, "num");
    TRY(graph_member(r->c, num, &card));
    rc_code open = privacy_check(r->c, num, PRIVACY_PROFILE);
    if (open == E_GONE) return put_member(r, num);
    if (open != OK && open != E_DENIED) return open;
    return req_redirect(r, member_url(r, card));
}

/* ---- the status line ---- */

static rc status_prepare(req *r)
{
    str *status = r->state = ARENA_NEW(r->c->arena, str);
    return req_text(r, "status", 0, STATUS_MAX, false, status);
}

static rc status_act(req *r)
{
    const str *status = r->state;
    return profile_set_status(r->c, *status);
}

static rc status_show(req *r)
{
    const str *status = r->state;
    const member_card *me;
    TRY(graph_member(r->c, r->c->viewer.num, &me));
    return req_redirect_toast(r, member_url(r, me), status->len ? L_profile_status_saved : L_profile_status_cleared, STR(""));
}

/* The own page with the form as it was sent. What leads back from that page must lead to its address, not to ours. */
static rc status_again(req *r)
{
    const member_card *me;
    TRY(graph_member(r->c, r->c->viewer.num, &me));
    r->path = r->target = member_url(r, me).s;
    return put_member(r, me->num);
}

const route profile_routes[] = {
    {GET, "/{name}", .show = page_show, .who = ANYONE},
    {GET, "/id{num:int}", .show = id_show, .who = ANYONE},
    {POST, "/status", .prepare = status_prepare, .act = status_act, .show = status_show, .again = status_again, .who = MEMBER,
     .idempotent = true, .per_minute = 20},
    {0}};
