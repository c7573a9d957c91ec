/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "page/view.h"

#include <stdarg.h>

#include "assets_gen.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "graph/audience.h"
#include "layout.tpl.h"
#include "page/fragment.h"

/* ---- people ---- */

static str first_point(str s)
{
    size_t at = 0;
    if (s.len == 0) return s;
    utf8_next(s, &at);
    return str_take(s, at);
}

person person_of(arena *a, const member_card *card)
{
    str g = first_point(card->given), f = first_point(card->family);
    return (person){
        .num = card->num,
        .name = card->name,
        .full = card->family.len ? arena_cat(a, card->given, STR(" "), card->family) : card->given,
        .initials = arena_cat(a, g, f, STR("")),
        .hue = (int)(card->num * 5 % 8),
        .version = (uint32_t)card->version,
        .gender = (gender)card->gender,
        .closed = card->state != MEMBER_ACTIVE,
    };
}

rc view_person(ctx *c, int64_t num, person *out)
{
    const member_card *card;
    TRY(graph_member(c, num, &card));
    *out = person_of(c->arena, card);
    return OK;
}

url person_url(const view *v, const person *p)
{
    return url_local(arena_cat(v->r->c->arena, STR("/"), p->name, STR("")));
}

/* ---- refusals ---- */

/* For each rc; a sentence that the failure brought with it says more and wins. */
static const struct { enum lang_key title, what; } words[RC_COUNT] = {
    [E_SYNTAX] = {L_common_error_400_title, L_common_error_400},   [E_LOGIN] = {L_common_error_401_title, L_common_error_401},
    [E_DENIED] = {L_common_error_403_title, L_common_error_403},   [E_NOT_FOUND] = {L_common_error_404_title, L_common_error_404},
    [E_METHOD] = {L_common_error_405_title, L_common_error_405},   [E_SLOW] = {L_common_error_408_title, L_common_error_408},
    [E_CONFLICT] = {L_common_error_409_title, L_common_error_409}, [E_GONE] = {L_common_error_410_title, L_common_error_410},
    [E_TOO_LARGE] = {L_common_error_413_title, L_common_error_413}, [E_TYPE] = {L_common_error_415_title, L_common_error_415},
    [E_INVALID] = {L_common_error_422_title, L_common_error_422},  [E_LIMIT] = {L_common_error_429_title, L_common_error_429},
    [E_INTERNAL] = {L_common_error_500_title, L_common_error_500}, [E_BUSY] = {L_common_error_503_title, L_common_error_503},
    [E_FULL] = {L_common_error_507_title, L_common_error_507},
};

msg error_title(rc_code code)
{
    return MSG(words[code > OK && code < RC_COUNT ? code : E_INTERNAL].title);
}

msg error_sentence(const ctx *c, rc_code code)
{
    if (c->err.sentence.key != L_NONE) return c->err.sentence;
    return MSG(words[code > OK && code < RC_COUNT ? code : E_INTERNAL].what);
}

#define KEPT_MAX (256 * 1024) /* the largest form's words and what parts them */

/* Of a form with words in it (others have nothing to show again) the words: no passwords, nothing of ours, no bare choices. */
static str typed_words(const req *r)
{
    static const char *const not_words[] = {"once", "to", "password", "fresh", "code", "secret"};
    if (r->method != POST || !r->route || !r->route->again) return STR("");
    out all;
    out_init(&all, KEPT_MAX);
    for (size_t i = 0; i < r->form.count; i++) {
        const form_field *f = &r->form.fields[i];
        int64_t number;
        bool words = f->value.len > 0 && utf8_valid(f->value) && !str_int(f->value, &number);
        for (size_t k = 0; k < sizeof not_words / sizeof *not_words; k++) words = words && !str_eq(f->name, str_of(not_words[k]));
        if (!words) continue;
        if (all.len) out_char(&all, '\n');
        out_str(&all, f->value);
    }
    str kept = all.failed ? STR("") : arena_str(r->c->arena, out_get(&all));
    out_drop(&all);
    return kept;
}

/* A form that is shown again says why: beside its fields, or, when no field is at fault, above everything. */
static void take_refusal(view *v)
{
    req *r = v->r;
    if (r->outcome == OK || r->fault_count > 0) return;
    msg *m = ARENA_NEW(r->c->arena, msg);
    *m = error_sentence(r->c, r->outcome);
    v->refusal = m;
}

/* ---- the frame ---- */

/* The toast cookie is "<key>.<undo address>". It comes from the browser, so it is believed no further than this: a key of
 * ours without arguments, an address of ours. */
static void take_toast(view *v)
{
    str value = req_cookie(v->r, "toast");
    if (!value.ptr || v->r->fragment) return;
    req_set_cookie(v->r, "toast", STR(""), -1);
    int64_t key;
    str number = str_cut(&value, '.');
    if (!str_int(number, &key) || key <= L_NONE || key >= L_COUNT) return;
    msg *m = ARENA_NEW(v->r->c->arena, msg);
    *m = MSG((enum lang_key)key);
    v->toast = m;
    v->toast_undo = value.len > 1 ? url_local(value).s : STR("");
}

static rc take_me(view *v)
{
    ctx *c = v->r->c;
    if (!v->who.num) return OK;
    TRY(view_person(c, v->who.num, &v->me));
    edge_list edges;
    TRY(graph_edges(c, v->who.num, &edges));
    for (size_t i = 0; i < edges.len; i++)
        if (edges.items[i].bits & EDGE_NEW) v->requests++;
    return graph_notices(c, &v->notices);
}

rc view_init(view *v, req *r, nav nav, msg title)
{
    *v = (view){.r = r, .lang = r->c->lang, .who = r->c->viewer, .nav = nav, .title = title};
    v->site_name = str_of(r->site->name);
    v->host = str_of(r->site->host);
    str theme = req_cookie(r, "theme");
    v->theme = str_eq(theme, STR("dark")) || str_eq(theme, STR("light")) ? theme : STR("");
    if (r->c->db) TRY(take_me(v));
    v->once = req_once(r);
    v->here = r->method == GET ? r->target : req_page_at(r, r->target).s;
    v->kept = typed_words(r);
    take_toast(v);
    take_refusal(v);
    return OK;
}

/* All that a part of the frame is made from. False when it is not to be kept: the database has not said who the viewer is. */
static bool frame_key(const view *v, enum fragment_shape shape, fragment_key *key)
{
    unsigned staff = v->who.role >= ROLE_STAFF;
    *key = (fragment_key){.id = v->who.num, .version = v->me.version, .people = (uint32_t)(v->requests * 128 + v->notices), .day = v->r->site->version,
                          .shape = (uint16_t)(shape + 32u * v->nav), .lang = (uint16_t)(v->lang + 32u * staff)};
    return v->r->c->db && v->r->fragments;
}

static void put_frame(out *o, const view *v, enum fragment_shape shape, void (*make)(out *o, const view *v))
{
    fragment_key key;
    bool kept = frame_key(v, shape, &key);
    if (kept && fragment_write(v->r->fragments, &key, o)) return;
    size_t before = o->len;
    make(o, v);
    if (kept) fragment_keep_since(v->r->fragments, &key, o, before);
}

void tpl_frame_top(out *o, const view *v) { put_frame(o, v, FRAGMENT_TOP, tpl_frame_parts_top); }
void tpl_frame_side(out *o, const view *v) { put_frame(o, v, FRAGMENT_SIDE, tpl_frame_parts_side); }
void tpl_frame_bar(out *o, const view *v) { put_frame(o, v, FRAGMENT_BAR, tpl_frame_parts_bar); }

str view_typed(const view *v, const char *field, str stored)
{
    if (v->r->method != POST) return stored;
    str typed = req_field(v->r, field);
    return typed.ptr && utf8_valid(typed) ? typed : stored;
}

bool view_chosen(const view *v, const char *field, int64_t value, int64_t stored)
{
    return (v->r->method == POST ? req_field_int(v->r, field, stored) : stored) == value;
}

const msg *view_fault(const view *v, const char *field)
{
    return req_fault_of(v->r, field);
}

/* ---- words ---- */

html view_say(const view *v, msg m)
{
    out o;
    out_init(&o, 16384);
    put_msg(&o, v->lang, m);
    html h = {arena_str(v->r->c->arena, out_get(&o))};
    out_drop(&o);
    return h;
}

str view_time(const view *v, int64_t ms)
{
    arena *a = v->r->c->arena;
    civil then = clock_local(ms), now = clock_local(v->r->c->now), before = clock_local(v->r->c->now - MS_DAY);
    str at = arena_printf(a, "%d:%02d", then.hour, then.minute);
    bool same_day = then.year == now.year && then.month == now.month && then.day == now.day;
    bool day_before = then.year == before.year && then.month == before.month && then.day == before.day;
    if (same_day) return view_say(v, (msg){.key = L_common_time_today, .s = at}).s;
    if (day_before) return view_say(v, (msg){.key = L_common_time_yesterday, .s = at}).s;
    enum lang_key month = (enum lang_key)(L_common_month_1 + (then.month - 1));
    str day = view_say(v, (msg){.key = month, .n = then.day}).s;
    if (then.year == now.year) return view_say(v, (msg){.key = L_common_date_at, .s = day, .s2 = at}).s;
    return view_say(v, (msg){.key = L_common_date_year, .s = day, .s2 = arena_printf(a, "%d", then.year)}).s;
}

str view_day(const view *v, int64_t ms)
{
    civil then = clock_utc(ms), now = clock_utc(v->r->c->now);
    enum lang_key month = (enum lang_key)(L_common_month_1 + (then.month - 1));
    str day = view_say(v, (msg){.key = month, .n = then.day}).s;
    if (then.year == now.year) return day;
    return view_say(v, (msg){.key = L_common_date_year, .s = day, .s2 = arena_printf(v->r->c->arena, "%d", then.year)}).s;
}

str view_iso(const view *v, int64_t ms)
{
    civil t = clock_utc(ms);
    return arena_printf(v->r->c->arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.year, t.month, t.day, t.hour, t.minute, t.second);
}

str view_number(const view *v, int64_t n)
{
    out o;
    out_init(&o, 64);
    put_number(&o, v->lang, n);
    str s = arena_str(v->r->c->arena, out_get(&o));
    out_drop(&o);
    return s;
}

url view_icon(const view *v, const char *name)
{
    return (url){arena_cat(v->r->c->arena, STR(ASSET_ICONS_SVG "#i-"), str_of(name), STR(""))};
}

url view_url(const view *v, const char *fmt, ...)
{
    char buffer[512];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(buffer, sizeof buffer, fmt, args);
    va_end(args);
    str path = {buffer, n < 0 ? 0 : (size_t)n < sizeof buffer ? (size_t)n : sizeof buffer - 1};
    return url_local(arena_str(v->r->c->arena, path));
}

static const int64_t base_levels[] = {LEVEL_EVERYONE, LEVEL_MEMBERS, LEVEL_FRIENDS_OF_FRIENDS, LEVEL_FRIENDS, LEVEL_NOBODY};
const level_list view_levels = {base_levels, sizeof base_levels / sizeof *base_levels};

enum lang_key level_word(int64_t audience)
{
    switch (audience) {
    case LEVEL_EVERYONE: return L_common_audience_everyone;
    case LEVEL_MEMBERS: return L_common_audience_members;
    case LEVEL_FRIENDS_OF_FRIENDS: return L_common_audience_friends_of_friends;
    case LEVEL_FRIENDS: return L_common_audience_friends;
    case LEVEL_NOBODY: return L_common_audience_only_me;
    default: return L_common_audience_custom;
    }
}

const char *level_icon(int64_t audience)
{
    switch (audience) {
    case LEVEL_EVERYONE: return "globe";
    case LEVEL_MEMBERS: return "user-check";
    case LEVEL_FRIENDS_OF_FRIENDS:
    case LEVEL_FRIENDS: return "users";
    case LEVEL_NOBODY: return "lock";
    default: return "list";
    }
}
