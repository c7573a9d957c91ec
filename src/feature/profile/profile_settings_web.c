/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* /settings: the list of what can be set, and the form of the member's page. */
#include "base/clock.h"
#include "feature/account/account.h"
#include "feature/profile/profile_web.h"
#include "profile_settings.tpl.h"

static rc settings_show(req *r)
{
    view v;
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_profile_settings_title)));
    tpl_settings(r->out, &v);
    return OK;
}

/* ---- the form ---- */

static number_list numbers(arena *a, int64_t first, int64_t last)
{
    int64_t step = first <= last ? 1 : -1;
    size_t len = (size_t)((last - first) * step) + 1;
    int64_t *items = ARENA_ARRAY(a, int64_t, len);
    for (size_t i = 0; i < len; i++) items[i] = first + step * (int64_t)i;
    return (number_list){items, len};
}

static rc form_show(req *r)
{
    arena *a = r->c->arena;
    view v;
    profile_told told;
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_profile_form_title)));
    TRY(profile_own(r->c, &told));
    profile_form_view form = {.told = &told, .days = numbers(a, 1, 31), .months = numbers(a, 1, 12),
                              .years = numbers(a, clock_utc(r->c->now).year, BIRTH_YEAR_MIN)};
    tpl_settings_profile(r->out, &v, &form);
    return OK;
}

static rc read_birthday(req *r, profile_told *t)
{
    int64_t day = req_field_int(r, "day", 0), month = req_field_int(r, "month", 0), year = req_field_int(r, "year", 0);
    int64_t show = req_field_int(r, "birthday_show", -1);
    if (show < 0 || show >= BIRTHDAY_SHOWS) return req_fault(r, "birthday_show", MSG(L_form_choice));
    t->birthday_show = (birthday_show)show;
    t->birthday = (birthday){0};
    if (!day && !month && !year) return OK;
    bool sane = day > 0 && day <= 31 && month > 0 && month <= 12 && year >= 0 && year <= 9999;
    birthday b = {(int)year, (int)month, (int)day};
    if (!sane || !birthday_possible(b, r->c->now)) return req_fault(r, "birthday", MSG(L_form_date));
    t->birthday = b;
    return OK;
}

typedef struct form_state {
    profile_told told;
    str search;
} form_state;

static rc form_prepare(req *r)
{
    form_state *s = r->state = ARENA_NEW(r->c->arena, form_state);
    profile_told *t = &s->told;
    const member_card *me;
    int64_t sex = req_field_int(r, "gender", GENDER_UNKNOWN);
    t->gender = sex == GENDER_FEMALE || sex == GENDER_MALE ? (gender)sex : GENDER_UNKNOWN;
    const rc_code each[] = {
        req_name(r, "given", 1, PROFILE_NAME_MAX, &t->given),
        req_name(r, "family", 0, PROFILE_NAME_MAX, &t->family),
        req_name(r, "patronymic", 0, PROFILE_NAME_MAX, &t->patronymic),
        req_name(r, "maiden", 0, PROFILE_NAME_MAX, &t->maiden),
        req_name(r, "nickname", 0, PROFILE_NAME_MAX, &t->nickname),
        req_text(r, "home_town", 0, PROFILE_TOWN_MAX, false, &t->home_town),
        read_birthday(r, t),
    };
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) TRY(each[i]);
    TRY(graph_member(r->c, r->c->viewer.num, &me));
    s->search = account_search_key(r->c->arena, t->given, t->family, me->name);
    return OK;
}

static rc form_act(req *r)
{
    const form_state *s = r->state;
    return profile_save(r->c, &s->told, s->search);
}

static rc form_saved(req *r)
{
    return req_redirect_toast(r, url_local(STR("/settings/profile")), L_profile_saved, STR(""));
}

const route profile_settings_routes[] = {
    {GET, "/settings", .show = settings_show, .who = MEMBER},
    {GET, "/settings/profile", .show = form_show, .who = MEMBER},
    {POST, "/settings/profile", .prepare = form_prepare, .act = form_act, .show = form_saved, .again = form_show, .who = MEMBER,
     .idempotent = true, .per_minute = 20},
    {0}};
