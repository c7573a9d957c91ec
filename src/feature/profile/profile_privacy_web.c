/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* /settings/privacy: all settings in one form. Each has a level and, behind "Exceptions", two lists of names and circles. */
#include "base/ids.h"
#include "feature/friends/circles.h"
#include "feature/profile/profile_web.h"
#include "profile_privacy.tpl.h"

/* Room for the longest lists: AUDIENCE_LIST_MAX names of 32 characters with what parts them. */
#define NAMES_TEXT_MAX 7000

static const enum lang_key questions[PRIVACY_ITEMS] = {
    [PRIVACY_PROFILE] = L_privacy_profile,   [PRIVACY_WALL] = L_privacy_wall,         [PRIVACY_POST] = L_privacy_post,
    [PRIVACY_FRIENDS] = L_privacy_friends,   [PRIVACY_BIRTHDAY] = L_privacy_birthday, [PRIVACY_FOUND] = L_privacy_found,
    [PRIVACY_PRESENCE] = L_privacy_presence, [PRIVACY_COMMENT] = L_privacy_comment,
    [PRIVACY_DETAILS] = L_privacy_details,
};

static const char *field_name(arena *a, const char *what, int item)
{
    return arena_cstr(a, arena_printf(a, "%s_%d", what, item));
}

static privacy_line line_fields(arena *a, int item)
{
    return (privacy_line){
        .question = questions[item],
        .hint = item == PRIVACY_PRESENCE ? L_privacy_presence_hint : L_NONE,
        .level_field = field_name(a, "level", item),
        .allow_field = field_name(a, "allow", item),
        .except_field = field_name(a, "except", item),
        .allow_circle_field = field_name(a, "allow_circle", item),
        .except_circle_field = field_name(a, "except_circle", item),
    };
}

/* ---- the form ---- */

static bool in_list(const num_list *l, int64_t num)
{
    for (size_t i = 0; i < l->len; i++)
        if (l->items[i] == num) return true;
    return false;
}

static bool ticked(const req *r, const char *field, int64_t ordinal)
{
    size_t at = 0;
    int64_t sent;
    for (str value = form_all(&r->form, str_of(field), &at); value.ptr; value = form_all(&r->form, str_of(field), &at))
        if (str_int(value, &sent) && sent == ordinal) return true;
    return false;
}

/* Boxes as they were sent, when the form is shown again; else as they are stored. */
static circle_box_list boxes(const req *r, const privacy_line *line, const audience *a, const circle_line_list *circles)
{
    bool sent = r->method == POST;
    circle_box_list list = {.items = ARENA_ARRAY(r->c->arena, circle_box, circles->len), .len = circles->len};
    for (size_t i = 0; i < circles->len; i++) {
        int64_t ordinal = circles->items[i].ordinal;
        list.items[i] = (circle_box){
            .ordinal = ordinal,
            .title = circles->items[i].title,
            .allowed = sent ? ticked(r, line->allow_circle_field, ordinal) : in_list(&a->allow_circles, ordinal),
            .excepted = sent ? ticked(r, line->except_circle_field, ordinal) : in_list(&a->except_circles, ordinal),
        };
    }
    return list;
}

/* Shown again, a form shows what was sent, wherever it stands. */
static bool has_sent(const view *v, const privacy_line *line)
{
    bool any = view_typed(v, line->allow_field, STR("")).len || view_typed(v, line->except_field, STR("")).len;
    any = any || view_fault(v, line->allow_field) || view_fault(v, line->except_field);
    for (size_t i = 0; i < line->circles.len && !any; i++) any = line->circles.items[i].allowed || line->circles.items[i].excepted;
    return any;
}

static rc line_fill(const view *v, int item, const audience *a, const circle_line_list *circles, privacy_line *line)
{
    req *r = v->r;
    *line = line_fields(r->c->arena, item);
    line->base = a->base;
    TRY(profile_names_write(r->c, &a->allow_members, &line->allow));
    TRY(profile_names_write(r->c, &a->except_members, &line->except));
    line->circles = boxes(r, line, a, circles);
    line->exceptions = (int64_t)(a->allow_members.len + a->allow_circles.len + a->except_members.len + a->except_circles.len);
    line->open = line->exceptions || has_sent(v, line);
    return OK;
}

static rc privacy_show(req *r)
{
    view v;
    privacy_settings now;
    circle_line_list circles;
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_privacy_title)));
    TRY(profile_privacy_get(r->c, &now));
    TRY(circles_mine(r->c, &circles));
    privacy_line_list lines = {.items = ARENA_ARRAY(r->c->arena, privacy_line, PRIVACY_ITEMS)};
    for (int item = 1; item < PRIVACY_ITEMS; item++) TRY(line_fill(&v, item, &now.of[item], &circles, &lines.items[lines.len++]));
    tpl_settings_privacy(r->out, &v, &lines, NAMES_TEXT_MAX);
    return OK;
}

/* ---- what was sent ---- */

static rc read_names(req *r, const char *field, num_list *out)
{
    str text, unknown;
    TRY(req_text(r, field, 0, NAMES_TEXT_MAX, false, &text));
    rc_code found = profile_names_read(r->c, text, out, &unknown);
    if (found == E_NOT_FOUND) return req_fault(r, field, msg_s(L_privacy_unknown, unknown));
    if (found == E_INVALID) return req_fault(r, field, msg_n(L_privacy_many, AUDIENCE_LIST_MAX));
    return found;
}

/* Is there a box ticked for a circle that was deleted meanwhile? */
static bool ticked_gone(const req *r, const char *field, const circle_line_list *circles)
{
    size_t at = 0;
    int64_t sent;
    for (str value = form_all(&r->form, str_of(field), &at); value.ptr; value = form_all(&r->form, str_of(field), &at)) {
        bool there = false;
        for (size_t i = 0; i < circles->len && str_int(value, &sent); i++) there = there || circles->items[i].ordinal == sent;
        if (!there) return true;
    }
    return false;
}

/* A circle that was deleted meanwhile lets nobody in any more. */
static void read_circles(req *r, const char *field, const circle_line_list *circles, num_list *out)
{
    *out = (num_list){.items = ARENA_ARRAY(r->c->arena, uint32_t, circles->len)};
    for (size_t i = 0; i < circles->len; i++)
        if (ticked(r, field, circles->items[i].ordinal)) out->items[out->len++] = (uint32_t)circles->items[i].ordinal;
}

static rc read_line(req *r, int item, const circle_line_list *circles, audience *a)
{
    privacy_line f = line_fields(r->c->arena, item);
    rc_code worst = OK, code;
    int64_t base = req_field_int(r, f.level_field, -1);
    if (base < LEVEL_EVERYONE || base >= LEVEL_COUNT) worst = req_fault(r, f.level_field, MSG(L_form_choice));
    else a->base = (level)base;
    if ((code = read_names(r, f.allow_field, &a->allow_members)) != OK) worst = code;
    if ((code = read_names(r, f.except_field, &a->except_members)) != OK) worst = code;
    /* Its people were kept out by their names when it went, and this form, older than that, would let them in. */
    if (ticked_gone(r, f.except_circle_field, circles)) worst = req_fault(r, f.except_field, MSG(L_privacy_circle_gone));
    read_circles(r, f.allow_circle_field, circles, &a->allow_circles);
    read_circles(r, f.except_circle_field, circles, &a->except_circles);
    return worst;
}

static rc privacy_prepare(req *r)
{
    privacy_settings *s = r->state = ARENA_NEW(r->c->arena, privacy_settings);
    circle_line_list circles;
    rc_code worst = OK;
    TRY(circles_mine(r->c, &circles));
    for (int item = 1; item < PRIVACY_ITEMS; item++) {
        rc_code code = read_line(r, item, &circles, &s->of[item]);
        if (code != OK) worst = code;
    }
    return worst;
}

static rc privacy_act(req *r)
{
    ctx *c = r->c;
    privacy_settings *s = r->state;
    for (int item = 1; item < PRIVACY_ITEMS; item++) {
        const num_list *kept_out = &s->of[item].except_circles;
        for (size_t i = 0; i < kept_out->len; i++) {
            bool there;
            TRY(graph_circle_is(c, c->viewer.num, kept_out->items[i], &there));
            if (!there) return req_fault(r, line_fields(c->arena, item).except_field, MSG(L_privacy_circle_gone));
        }
    }
    return profile_privacy_save(c, s);
}

static rc privacy_saved(req *r)
{
    return req_redirect_toast(r, url_local(STR("/settings/privacy")), L_privacy_saved, STR(""));
}

const route profile_privacy_routes[] = {
    {GET, "/settings/privacy", .show = privacy_show, .who = MEMBER},
    {POST, "/settings/privacy", .prepare = privacy_prepare, .act = privacy_act, .show = privacy_saved, .again = privacy_show,
     .who = MEMBER, .idempotent = true, .per_minute = 20, .body_max = 128 * 1024},
    {0}};
