/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The administration: how the server is, its members, its settings. */
#include "feature/moderate/moderate_web.h"

#include "base/clock.h"
#include "feature/setup/setup.h"
#include "moderate.tpl.h"

/* ---- health ---- */

#define KIBI INT64_C(1024)
#define DISK_LOW_PERCENT 90

/* "1.4" or "1,4": tenths are enough for whoever looks at a disk. */
static str tenths(const view *v, int64_t n)
{
    return arena_printf(v->r->c->arena, "%lld%c%lld", (long long)(n / 10), v->lang == LANG_RU ? ',' : '.', (long long)(n % 10));
}

static html size_words(const view *v, int64_t bytes)
{
    static const enum lang_key units[] = {L_moderate_kib, L_moderate_mib, L_moderate_gib, L_moderate_tib};
    size_t unit = 0;
    int64_t one = KIBI;
    while (unit < 3 && bytes >= one * KIBI) {
        one *= KIBI;
        unit++;
    }
    return view_say(v, msg_s(units[unit], tenths(v, bytes / (one / 64) * 10 / 64)));
}

static html span_words(const view *v, int64_t ms)
{
    if (ms >= MS_DAY) return view_say(v, msg_n(L_moderate_days, ms / MS_DAY));
    if (ms >= MS_HOUR) return view_say(v, msg_n(L_moderate_hours, ms / MS_HOUR));
    return view_say(v, msg_n(L_moderate_minutes, ms / MS_MINUTE));
}

static admin_health_view health_view(const view *v, const health *h, const figures *f)
{
    int64_t used = f->disk_total ? (f->disk_total - f->disk_free) / (f->disk_total / 100 + 1) : 0;
    int64_t batches = h->lane.batches ? (int64_t)h->lane.batches : 1;
    return (admin_health_view){
        .h = h,
        .f = f,
        .uptime = span_words(v, v->r->c->now - h->started),
        .database = size_words(v, f->database_bytes),
        .wal = size_words(v, h->lane.wal_bytes),
        .memory = size_words(v, (int64_t)h->graph.bytes),
        .disk_free = size_words(v, f->disk_free),
        .disk_total = size_words(v, f->disk_total),
        .per_batch = tenths(v, (int64_t)h->lane.acts * 10 / batches),
        .disk_used = (int)used,
        .disk_low = used >= DISK_LOW_PERCENT,
        .oldest_job = f->jobs.oldest ? view_time(v, f->jobs.oldest) : STR(""),
    };
}

static rc health_show(req *r)
{
    view v;
    health h = {0};
    figures f;
    TRY(view_init(&v, r, NAV_ADMIN, MSG(L_moderate_title)));
    req_health(r, &h);
    TRY(moderate_figures(r->c, h.data, &f));
    admin_health_view words = health_view(&v, &h, &f);
    tpl_admin_health(r->out, &v, &words);
    return OK;
}

/* ---- members ---- */

static admin_member member_of(ctx *c, const member_card *card)
{
    static const admin_badge states[] = {
        [MEMBER_ACTIVE] = {"check", STR_INIT("badge-ok"), L_moderate_state_active},
        [MEMBER_SUSPENDED] = {"ban", STR_INIT("badge-shut"), L_moderate_state_suspended},
        [MEMBER_GONE] = {"user-x", STR_INIT(""), L_moderate_state_gone},
    };
    static const admin_badge roles[] = {
        [ROLE_GUEST] = {"user", STR_INIT(""), L_moderate_role_member},
        [ROLE_MEMBER] = {"user", STR_INIT(""), L_moderate_role_member},
        [ROLE_STAFF] = {"shield", STR_INIT("badge-due"), L_moderate_role_staff},
        [ROLE_OWNER] = {"shield-check", STR_INIT("badge-due"), L_moderate_role_owner},
    };
    return (admin_member){
        .who = person_of(c->arena, card),
        .num = card->num,
        .state = states[card->state],
        .role = roles[card->role],
        .suspended = card->state == MEMBER_SUSPENDED,
        .staff = card->role >= ROLE_STAFF,
        .exceptional = card->state != MEMBER_ACTIVE,
    };
}

static member_filter filter_of(req *r)
{
    str name;
    /* What no name can be finds nobody: then all are shown. */
    if (req_text(r, "q", 0, 64, false, &name) != OK) name = STR("");
    return (member_filter){
        .name = name,
        .state = (int)req_field_int(r, "state", -1),
        .role = (int)req_field_int(r, "role", -1),
        .before = req_field_int(r, "before", INT64_MAX),
    };
}

static rc members_show(req *r)
{
    view v;
    member_filter f = filter_of(r);
    member_page page;
    TRY(view_init(&v, r, NAV_ADMIN, MSG(L_moderate_members_title)));
    TRY(moderate_members(r->c, &f, &page));
    admin_members list = {.items = ARENA_ARRAY(r->c->arena, admin_member, page.len), .len = page.len};
    for (size_t i = 0; i < page.len; i++) list.items[i] = member_of(r->c, page.items[i]);
    tpl_admin_members(r->out, &v, &f, &list, &page);
    return OK;
}

static rc note_of(const view *v, const moderate_note *n, admin_note *out)
{
    static const struct { enum lang_key word; const char *icon; } acts[] = {
        [MODERATE_SUSPEND] = {L_moderate_did_suspend, "ban"},
        [MODERATE_RESTORE] = {L_moderate_did_restore, "undo-2"},
        [MODERATE_APPOINT] = {L_moderate_did_appoint, "shield-check"},
        [MODERATE_DISMISS] = {L_moderate_did_dismiss, "shield"},
        [MODERATE_SECOND_OFF] = {L_moderate_did_second_off, "key-round"},
    };
    *out = (admin_note){.when = view_time(v, n->at), .iso = view_iso(v, n->at), .console = n->staff == 0,
                        .word = acts[n->act].word, .icon = acts[n->act].icon, .reason = n->reason};
    return n->staff ? view_person(v->r->c, n->staff, &out->staff) : OK;
}

static rc member_show(req *r)
{
    ctx *c = r->c;
    view v;
    const member_card *card;
    int64_t joined;
    moderate_notes notes;
    TRY(view_init(&v, r, NAV_ADMIN, MSG(L_NONE)));
    TRY(moderate_member(c, req_capture_int(r, "num"), &card, &joined, &notes));
    admin_member_view m = {
        .m = member_of(c, card),
        .joined = view_day(&v, joined),
        .may_close = moderate_may_close(c->viewer, card),
        .may_appoint = moderate_may_appoint(c->viewer, card) && (card->state == MEMBER_ACTIVE || card->role == ROLE_STAFF),
        .notes = {.items = ARENA_ARRAY(c->arena, admin_note, notes.len), .len = notes.len},
    };
    for (size_t i = 0; i < notes.len; i++) TRY(note_of(&v, &notes.items[i], &m.notes.items[i]));
    v.heading = m.m.who.full;
    tpl_admin_member(r->out, &v, &m);
    return OK;
}

static rc reason_prepare(req *r)
{
    str *reason = r->state = ARENA_NEW(r->c->arena, str);
    return req_text(r, "reason", 1, MODERATE_REASON_MAX, true, reason);
}

static rc suspend_act(req *r)
{
    const str *reason = r->state;
    return moderate_suspend(r->c, req_capture_int(r, "num"), *reason);
}

static rc restore_act(req *r)
{
    const str *reason = r->state;
    return moderate_restore(r->c, req_capture_int(r, "num"), *reason);
}

static rc role_act(req *r)
{
    int64_t to = req_field_int(r, "role", ROLE_GUEST);
    return moderate_role(r->c, req_capture_int(r, "num"), to == ROLE_STAFF || to == ROLE_MEMBER ? (role)to : ROLE_GUEST);
}

static rc back_to_member(req *r, enum lang_key done)
{
    url page = url_local(arena_printf(r->c->arena, "/admin/members/%lld", (long long)req_capture_int(r, "num")));
    return req_redirect_toast(r, page, done, STR(""));
}

static rc suspended(req *r) { return back_to_member(r, L_moderate_done_suspend); }
static rc restored(req *r) { return back_to_member(r, L_moderate_done_restore); }
static rc role_changed(req *r) { return back_to_member(r, L_moderate_done_role); }

/* ---- the server's settings ---- */

#define SITE_NAME_MAX 40 /* as at set-up */

typedef struct site_form {
    str name;
    int64_t signup;
    lang lang;
} site_form;

static rc site_show(req *r)
{
    view v;
    TRY(view_init(&v, r, NAV_ADMIN, MSG(L_moderate_site_title)));
    tpl_admin_site(r->out, &v, str_of(r->site->name), r->site->signup, r->site->lang, SITE_NAME_MAX);
    return OK;
}

static rc site_prepare(req *r)
{
    site_form *f = r->state = ARENA_NEW(r->c->arena, site_form);
    rc_code worst = req_text(r, "site", 1, SITE_NAME_MAX, false, &f->name);
    f->signup = req_field_int(r, "signup", -1);
    if (f->signup < SIGNUP_OPEN || f->signup > SIGNUP_CLOSED) worst = req_fault(r, "signup", MSG(L_form_choice));
    int64_t chosen = req_field_int(r, "site_lang", -1);
    if (chosen < 0 || chosen >= LANG_COUNT) worst = req_fault(r, "site_lang", MSG(L_form_choice));
    else f->lang = (lang)chosen;
    return worst;
}

static rc site_act(req *r)
{
    const site_form *f = r->state;
    TRY(setup_site_set(r->c, "name", f->name));
    TRY(setup_site_set(r->c, "signup", arena_printf(r->c->arena, "%lld", (long long)f->signup)));
    return setup_site_set(r->c, "lang", lang_code(f->lang));
}

static rc site_saved(req *r)
{
    return req_redirect_toast(r, url_local(STR("/admin/site")), L_moderate_site_saved, STR(""));
}

#define ONE_MEMBER "/admin/members/{num:int}"

const route moderate_routes[] = {
    {GET, "/admin", .show = health_show, .who = STAFF},
    {GET, "/admin/members", .show = members_show, .who = STAFF},
    {GET, ONE_MEMBER, .show = member_show, .who = STAFF},
    {POST, ONE_MEMBER "/suspend", .prepare = reason_prepare, .act = suspend_act, .show = suspended, .again = member_show,
     .who = STAFF},
    {POST, ONE_MEMBER "/restore", .prepare = reason_prepare, .act = restore_act, .show = restored, .again = member_show,
     .who = STAFF},
    {POST, ONE_MEMBER "/role", .act = role_act, .show = role_changed, .again = member_show, .who = OWNER},
    {GET, "/admin/site", .show = site_show, .who = OWNER},
    {POST, "/admin/site", .prepare = site_prepare, .act = site_act, .show = site_saved, .again = site_show, .who = OWNER,
     .idempotent = true},
    {0}};
