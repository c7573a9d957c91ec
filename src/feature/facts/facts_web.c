/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* /settings/profile/contacts, …: a form for each section. Sections of single facts share one form, made from the table of fields;
 * schools and work are lists with a form below, which also changes a line (?item=3). */
#include "feature/facts/facts_web.h"

#include "facts_pages.tpl.h"
#include "feature/wall/text.h"

#define AREAS_BODY (128 * 1024) /* nine fields of 1,000 characters, each up to twelve bytes on its way */

static const profile_tab_line tab_lines[] = {
    {TAB_NAMES, STR_INIT("/settings/profile"), L_facts_tab_names},
    {TAB_RELATIONS, STR_INIT("/settings/profile/relations"), L_facts_tab_relations},
    {TAB_CONTACTS, STR_INIT("/settings/profile/contacts"), L_facts_tab_contacts},
    {TAB_INTERESTS, STR_INIT("/settings/profile/interests"), L_facts_tab_interests},
    {TAB_EDUCATION, STR_INIT("/settings/profile/education"), L_facts_tab_education},
    {TAB_CAREER, STR_INIT("/settings/profile/career"), L_facts_tab_career},
    {TAB_VIEWS, STR_INIT("/settings/profile/views"), L_facts_tab_views},
};
const profile_tab_list profile_tabs = {tab_lines, PROFILE_TABS};

choice_list facts_choices(int n)
{
    static const int64_t numbers[FACT_CHOICES_MAX] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    return (choice_list){numbers, n < 0 ? 0 : n > FACT_CHOICES_MAX ? FACT_CHOICES_MAX : (size_t)n};
}

/* ---- somebody's page ---- */

static const enum lang_key kind_words[PLACE_KINDS] = {
    [PLACE_SCHOOL] = L_facts_kind_school, [PLACE_UNIVERSITY] = L_facts_kind_university, [PLACE_WORK] = L_facts_kind_work};

static html years_words(const view *v, const facts_place *p)
{
    arena *a = v->r->c->arena;
    str since = arena_printf(a, "%lld", (long long)p->since), until = arena_printf(a, "%lld", (long long)p->until);
    if (p->since && p->until) return view_say(v, (msg){.key = L_facts_years_both, .s = since, .s2 = until});
    if (p->since) return view_say(v, msg_s(L_facts_years_since, since));
    return p->until ? view_say(v, msg_s(L_facts_years_until, until)) : (html){STR("")};
}

static void put_fact(const view *v, int i, const fact_value *told, fact_row_list *rows)
{
    const fact_field *f = &fact_fields[i];
    fact_row row = {.label = f->label, .said = L_NONE, .text = told->text, .link = {STR("")}};
    if (told->choice > 0 && told->choice <= f->choices) row.said = (enum lang_key)((int)f->first + (int)told->choice - 1);
    if (i == FACT_SITE && facts_is_site(told->text)) row.link = text_html(v->r->c->arena, told->text);
    if (row.said == L_NONE && !row.text.len) return;
    if (!rows->items) rows->items = ARENA_ARRAY(v->r->c->arena, fact_row, FACTS);
    rows->items[rows->len++] = row;
}

static void split_places(const view *v, const facts_place_list *all, facts_view *out)
{
    arena *a = v->r->c->arena;
    out->education.items = ARENA_ARRAY(a, place_row, all->len);
    out->work.items = ARENA_ARRAY(a, place_row, all->len);
    for (size_t i = 0; i < all->len; i++) {
        const facts_place *p = &all->items[i];
        if (p->kind < PLACE_SCHOOL || p->kind >= PLACE_KINDS) continue;
        bool work = p->kind == PLACE_WORK;
        place_row_list *list = work ? &out->work : &out->education;
        list->items[list->len++] = (place_row){*p, kind_words[p->kind], years_words(v, p)};
        str line = p->detail.len ? arena_cat(a, p->name, STR(", "), p->detail) : p->name;
        if (!work && p->until) line = arena_printf(a, "%.*s ’%02d", STR_ARG(line), (int)(p->until % 100));
        *(work ? &out->works : &out->studied) = line;
    }
}

rc facts_view_of(view *v, int64_t num, facts_view *out)
{
    ctx *c = v->r->c;
    facts told;
    facts_place_list places;
    bool open;
    *out = (facts_view){.studied = STR(""), .works = STR("")};
    TRY(privacy_may(c, num, PRIVACY_DETAILS, &open));
    if (!open) return OK;
    TRY(facts_get(c, num, &told));
    TRY(facts_places_get(c, num, &places));
    for (int i = 0; i < FACTS; i++) put_fact(v, i, &told.of[i], &out->sections[fact_fields[i].section]);
    split_places(v, &places, out);
    out->any = places.len > 0;
    for (int s = 0; s < FACT_SECTIONS; s++) out->any = out->any || out->sections[s].len;
    return OK;
}

/* ---- single facts ---- */

static const struct section { const char *path; profile_tab tab; fact_section section; } sections[] = {
    {"/settings/profile/contacts", TAB_CONTACTS, FACTS_CONTACTS},
    {"/settings/profile/interests", TAB_INTERESTS, FACTS_INTERESTS},
    {"/settings/profile/views", TAB_VIEWS, FACTS_VIEWS},
};

static const struct section *section_of(const req *r)
{
    size_t i = 0;
    while (!str_eq(str_of(sections[i].path), str_of(r->route->path))) i++;
    return &sections[i];
}

static rc section_show(req *r)
{
    view v;
    facts now;
    const struct section *s = section_of(r);
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_profile_form_title)));
    TRY(facts_get(r->c, r->c->viewer.num, &now));
    fact_line_list lines = {.items = ARENA_ARRAY(r->c->arena, fact_line, FACTS)};
    for (int i = 0; i < FACTS; i++)
        if (fact_fields[i].section == s->section) lines.items[lines.len++] = (fact_line){&fact_fields[i], now.of[i]};
    tpl_facts_form(r->out, &v, &lines, s->tab, str_of(s->path));
    return OK;
}

static rc read_fact(req *r, int i, fact_value *out)
{
    const fact_field *f = &fact_fields[i];
    if (!f->choices) {
        TRY(req_text(r, f->name, 0, f->most, f->most == FACT_AREA_MAX, &out->text));
        if (i == FACT_SITE && out->text.len && !facts_is_site(out->text)) return req_fault(r, f->name, MSG(L_facts_site_bad));
        return OK;
    }
    out->choice = req_field_int(r, f->name, -1);
    return out->choice < 0 || out->choice > f->choices ? req_fault(r, f->name, MSG(L_form_choice)) : OK;
}

static rc section_prepare(req *r)
{
    facts *told = r->state = ARENA_NEW(r->c->arena, facts);
    rc_code worst = OK;
    for (int i = 0; i < FACTS; i++) {
        if (fact_fields[i].section != section_of(r)->section) continue;
        rc_code code = read_fact(r, i, &told->of[i]);
        if (code != OK) worst = code;
    }
    return worst;
}

static rc section_act(req *r)
{
    return facts_save(r->c, section_of(r)->section, r->state);
}

static rc section_saved(req *r)
{
    return req_redirect_toast(r, url_local(str_of(r->route->path)), L_profile_saved, STR(""));
}

/* ---- places ---- */

static bool about_work(const req *r) { return str_starts(str_of(r->route->path), STR("/settings/profile/career")); }

static str places_path(const req *r) { return about_work(r) ? STR("/settings/profile/career") : STR("/settings/profile/education"); }

/* The line that ?item= means, or, after a refusal, the form's own. */
static facts_place chosen_of(const req *r, const place_row_list *all)
{
    int64_t item = req_field_int(r, "item", 0);
    for (size_t i = 0; i < all->len; i++)
        if (all->items[i].p.ordinal == item) return all->items[i].p;
    str none = STR("");
    return (facts_place){.kind = about_work(r) ? PLACE_WORK : PLACE_UNIVERSITY, .name = none, .town = none, .detail = none};
}

static rc places_show(req *r)
{
    view v;
    facts_view all;
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_profile_form_title)));
    TRY(facts_view_of(&v, r->c->viewer.num, &all));
    place_form form = {.places = about_work(r) ? all.work : all.education, .work = about_work(r), .path = places_path(r)};
    form.chosen = chosen_of(r, &form.places);
    tpl_facts_places(r->out, &v, &form, about_work(r) ? TAB_CAREER : TAB_EDUCATION);
    return OK;
}

static rc read_year(req *r, const char *name, int64_t *out)
{
    str text;
    *out = 0;
    TRY(req_text(r, name, 0, 4, false, &text));
    if (!text.len) return OK;
    if (!str_int(text, out) || !facts_years_possible(*out, 0, r->c->now) || !*out) return req_fault(r, name, MSG(L_facts_years_bad));
    return OK;
}

static rc places_prepare(req *r)
{
    facts_place *p = r->state = ARENA_NEW(r->c->arena, facts_place);
    p->ordinal = req_field_int(r, "item", 0);
    p->kind = about_work(r) ? PLACE_WORK : req_field_int(r, "kind", 0);
    bool known = p->kind == PLACE_WORK ? about_work(r) : p->kind == PLACE_SCHOOL || p->kind == PLACE_UNIVERSITY;
    const rc_code each[] = {
        known ? OK : req_fault(r, "kind", MSG(L_form_choice)),
        req_name(r, "name", 1, FACT_LINE_MAX, &p->name),
        req_text(r, "town", 0, FACT_LINE_MAX, false, &p->town),
        req_text(r, "detail", 0, FACT_LINE_MAX, false, &p->detail),
        read_year(r, "since", &p->since),
        read_year(r, "until", &p->until),
    };
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) TRY(each[i]);
    return facts_years_possible(p->since, p->until, r->c->now) ? OK : req_fault(r, "until", MSG(L_facts_years_order));
}

static rc places_act(req *r) { return facts_place_save(r->c, r->state); }

static rc places_saved(req *r) { return req_redirect_toast(r, url_local(places_path(r)), L_profile_saved, STR("")); }

static rc place_delete_act(req *r) { return facts_place_delete(r->c, req_capture_int(r, "ordinal")); }

static rc place_deleted(req *r) { return req_redirect_toast(r, url_local(places_path(r)), L_facts_place_deleted, STR("")); }

#define SECTION(where) \
    {GET, where, .show = section_show, .who = MEMBER}, \
    {POST, where, .prepare = section_prepare, .act = section_act, .show = section_saved, .again = section_show, .who = MEMBER, \
     .idempotent = true, .per_minute = 20, .body_max = AREAS_BODY}
#define PLACES(where) \
    {GET, where, .show = places_show, .who = MEMBER}, \
    {POST, where, .prepare = places_prepare, .act = places_act, .show = places_saved, .again = places_show, .who = MEMBER, \
     .per_minute = 20}, \
    {POST, where "/{ordinal:int}/delete", .act = place_delete_act, .show = place_deleted, .who = MEMBER, .idempotent = true}

const route facts_routes[] = {
    SECTION("/settings/profile/contacts"),
    SECTION("/settings/profile/interests"),
    SECTION("/settings/profile/views"),
    PLACES("/settings/profile/education"),
    PLACES("/settings/profile/career"),
    {0}};
