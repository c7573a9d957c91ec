/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/wall/wall_web.h"

#include "base/ids.h"
#include "feature/photo/photo_web.h"
#include "feature/poll/poll_web.h"
#include "feature/wall/text.h"
#include "page/fragment.h"
#include "wall_pages.tpl.h"
#include "wall_posts.tpl.h"

static int64_t owner_of(req *r)
{
    return req_capture_int(r, "owner");
}

static int64_t ordinal_of(req *r)
{
    return req_capture_int(r, "ordinal");
}

static url post_url(req *r)
{
    return url_local(arena_printf(r->c->arena, "/wall%lld_%lld", (long long)owner_of(r), (long long)ordinal_of(r)));
}

/* Back to the list where the button stood, at this very post. */
static url back_to_post(req *r)
{
    str to = req_field(r, "to");
    if (!to.ptr) return post_url(r);
    return url_local(arena_printf(r->c->arena, "%.*s#post%lld_%lld", STR_ARG(to), (long long)owner_of(r), (long long)ordinal_of(r)));
}

/* ---- the wall ---- */

/* On the first page: and what stands on top does not stand there a second time. */
static rc put_pins(view *v, out *o, int64_t owner, news_page *page, size_t *shown)
{
    news_page pins;
    size_t left = 0;
    TRY(wall_pins(v->r->c, owner, &pins));
    *shown = pins.len;
    for (size_t i = 0; i < page->len; i++) {
        bool pinned = false;
        for (size_t k = 0; k < pins.len; k++) pinned = pinned || pins.items[k].id == page->items[i].id;
        if (!pinned) page->items[left++] = page->items[i];
    }
    page->len = left;
    return wall_put_posts(v, o, pins.items, pins.len);
}

static rc put_wall(view *v, out *o, int64_t owner, int64_t before, bool owners_only)
{
    ctx *c = v->r->c;
    news_page page;
    size_t pinned = 0;
    TRY(wall_page(c, owner, before, owners_only, &page));
    if (before == INT64_MAX) TRY(put_pins(v, o, owner, &page, &pinned));
    TRY(wall_put_posts(v, o, page.items, page.len));
    if (page.len + pinned == 0 && before == INT64_MAX && !page.next) tpl_wall_empty(o, v, owner == v->who.num);
    else if (page.len + pinned == 0) tpl_wall_end(o, v, owner, page.next != 0);
    if (page.next) tpl_older(o, v, arena_printf(c->arena, "/wall%lld?%s", (long long)owner, owners_only ? "own=1&" : ""), page.next);
    return OK;
}

/* On one's own pages, unless circles of one's own stand in the list or something was typed. */
void tpl_composer_rest(out *o, const view *v, const composer *w)
{
    fragment_key key = {.id = v->who.num, .version = v->me.version, .shape = FRAGMENT_COMPOSER, .lang = (uint16_t)v->lang};
    bool kept = w->own && !w->circles.len && v->r->method == GET;
    if (kept && fragment_write(v->r->fragments, &key, o)) return;
    size_t before = o->len;
    tpl_composer_parts(o, v, w);
    if (kept) fragment_keep_since(v->r->fragments, &key, o, before);
}

static rc put_composer(view *v, out *o, const person *owner, str to)
{
    bool may = v->who.num == owner->num;
    if (v->who.num && !may) TRY(privacy_may(v->r->c, owner->num, PRIVACY_POST, &may));
    if (!may || v->who.num == 0) return OK;
    composer w = {.owner = *owner, .to = to, .own = v->who.num == owner->num, .open = v->r->method == POST};
    if (w.own) TRY(circles_mine(v->r->c, &w.circles));
    tpl_composer(o, v, &w);
    return OK;
}

void wall_composer(view *v, out *o, str to, const circle_line_list *circles)
{
    composer w = {.owner = v->me, .to = to, .own = true, .circles = *circles, .open = v->r->method == POST};
    tpl_composer(o, v, &w);
}

rc wall_section(view *v, out *o, int64_t owner)
{
    person p;
    TRY(view_person(v->r->c, owner, &p));
    TRY(put_composer(v, o, &p, v->r->path));
    bool may;
    TRY(privacy_may(v->r->c, owner, PRIVACY_WALL, &may));
    if (!may) return OK;
    tpl_wall_tabs(o, v, &p, false);
    return put_wall(v, o, owner, INT64_MAX, false);
}

rc wall_look(view *v, out *o, int64_t owner, int64_t before, str path)
{
    news_page page;
    bool may;
    TRY(privacy_may(v->r->c, owner, PRIVACY_WALL, &may));
    if (!may) return OK;
    TRY(wall_page(v->r->c, owner, before, false, &page));
    TRY(wall_put_posts(v, o, page.items, page.len));
    if (page.len == 0 && !page.next) tpl_wall_empty(o, v, false);
    if (page.next) tpl_older(o, v, path, page.next);
    return OK;
}

static rc wall_index(req *r)
{
    view v;
    person p;
    int64_t owner = owner_of(r);
    bool own_only = r->method == GET && req_field(r, "own").len > 0;
    TRY(privacy_check(r->c, owner, PRIVACY_WALL));
    TRY(view_person(r->c, owner, &p));
    TRY(view_init(&v, r, owner == r->c->viewer.num ? NAV_ME : NAV_NONE, MSG(L_NONE)));
    v.heading = p.full;
    tpl_wall_page_open(r->out, &v, &p);
    TRY(put_composer(&v, r->out, &p, r->method == POST ? req_field(r, "to") : r->path));
    tpl_wall_tabs(r->out, &v, &p, own_only);
    int64_t before = r->method == GET ? req_field_int(r, "before", INT64_MAX) : INT64_MAX;
    TRY(put_wall(&v, r->out, owner, before, own_only));
    tpl_wall_page_close(r->out, &v, &p);
    return OK;
}

/* ---- writing ---- */

typedef struct post_form {
    str text, warning;
    audience wanted;
    bool choose; /* an audience was chosen */
    int64_t version;
    poll_draft poll;
    bool asks; /* there is a poll */
    photo_form photos;
    bool acted; /* the pictures' rows may have been written */
} post_form;

/* "3" is a base level, "c2" the member's own circle 2. */
static rc read_audience(req *r, post_form *f)
{
    str chosen = req_field(r, "audience");
    int64_t n;
    if (chosen.len == 0) return OK;
    f->choose = true;
    if (str_int(chosen, &n) && n >= 0 && n < LEVEL_COUNT) {
        f->wanted = (audience){.base = (level)n};
        return OK;
    }
    if (str_starts(chosen, STR("c")) && str_int(str_skip(chosen, 1), &n) && n > 0 && n < INT32_MAX) {
        uint32_t *circle = ARENA_NEW(r->c->arena, uint32_t);
        *circle = (uint32_t)n;
        f->wanted = (audience){.base = LEVEL_NOBODY, .allow_circles = {circle, 1}};
        return OK;
    }
    return req_fault(r, "audience", MSG(L_form_choice));
}

/* The number to store; a circle may have gone since the form was opened. Inside the act. */
static rc intern_audience(req *r, post_form *f, int64_t *stored)
{
    ctx *c = r->c;
    for (size_t i = 0; i < f->wanted.allow_circles.len; i++) {
        bool there;
        TRY(graph_circle_is(c, c->viewer.num, f->wanted.allow_circles.items[i], &there));
        if (!there) return req_fault(r, "audience", MSG(L_wall_circle_gone));
    }
    return audience_intern(c, c->viewer.num, &f->wanted, stored);
}

static rc post_prepare(req *r)
{
    post_form *f = r->state = ARENA_NEW(r->c->arena, post_form);
    TRY(req_text(r, "text", 0, POST_MAX, true, &f->text));
    TRY(req_text(r, "warning", 0, WARNING_MAX, false, &f->warning));
    TRY(photo_form_read(r, &f->photos));
    if (f->text.len == 0 && f->photos.len == 0) return req_fault(r, "text", MSG(L_wall_text_empty));
    f->version = req_field_int(r, "version", -1);
    return read_audience(r, f);
}

static rc new_prepare(req *r)
{
    TRY(post_prepare(r));
    post_form *f = r->state;
    return poll_from_form(r, &f->poll, &f->asks);
}

static rc post_slow(req *r)
{
    post_form *f = r->state;
    return photo_form_make(r, &f->photos);
}

/* After an act whose end is not known (a database that went away during the commit) nobody but the database can tell whether the
 * pictures have their rows: then the sweep asks it, later. */
static void post_finally(req *r)
{
    post_form *f = r->state;
    if (!f || f->photos.made == 0) return;
    bool unused = r->replayed || !f->acted;
    if (unused || r->outcome == OK) photo_form_done(r, &f->photos, !unused);
}

static rc post_act(req *r)
{
    post_form *f = r->state;
    f->acted = true;
    int64_t stored = LEVEL_EVERYONE, ordinal;
    if (f->choose && owner_of(r) == r->c->viewer.num) TRY(intern_audience(r, f, &stored));
    TRY(wall_add_with(r->c, owner_of(r), f->text, stored, f->photos.items, f->photos.made, &ordinal));
    if (f->warning.len) TRY(wall_warn(r->c, owner_of(r), ordinal, f->warning));
    if (f->asks) TRY(poll_add(r->c, owner_of(r), ordinal, &f->poll));
    r->result = arena_printf(r->c->arena, "%lld", (long long)ordinal);
    return OK;
}

static rc post_show(req *r)
{
    str to = req_field(r, "to");
    url back = to.ptr ? url_local(to) : url_local(arena_printf(r->c->arena, "/wall%lld", (long long)owner_of(r)));
    str undo = arena_printf(r->c->arena, "/wall%lld_%.*s/delete", (long long)owner_of(r), STR_ARG(r->result));
    return req_redirect_toast(r, back, L_wall_published, undo);
}

/* ---- one post: its own page, with comments, is feature/comment's ---- */

/* How the picker names a stored audience: "3", "c2"; empty when it has no name for it (a circle that is gone, an audience
 * with lists): then the picker offers to leave it as it is, and never something wider. */
static rc audience_choice(ctx *c, int64_t stored, const circle_line_list *circles, str *choice)
{
    *choice = STR("");
    if (stored < LEVEL_COUNT) *choice = arena_printf(c->arena, "%lld", (long long)stored);
    if (stored <= LEVEL_MAX) return OK;
    const audience *a;
    TRY(audience_get(c, stored, &a));
    bool one = a->base == LEVEL_NOBODY && a->allow_circles.len == 1 && !a->allow_members.len && !a->except_members.len &&
               !a->except_circles.len;
    for (size_t i = 0; one && i < circles->len; i++)
        if (circles->items[i].ordinal == a->allow_circles.items[0]) *choice = arena_printf(c->arena, "c%u", a->allow_circles.items[0]);
    return OK;
}

/* What the picker shows as chosen. What was refused must not become wider by falling back to the first of the list. */
str wall_audience_chosen(const view *v, str stored, const circle_line_list *circles)
{
    str typed = view_typed(v, "audience", stored);
    int64_t n;
    bool level = str_int(typed, &n) && n >= 0 && n < LEVEL_COUNT, circle = false;
    for (size_t i = 0; i < circles->len; i++)
        circle = circle || (str_starts(typed, STR("c")) && str_int(str_skip(typed, 1), &n) && n == circles->items[i].ordinal);
    bool as_it_is = typed.len == 0 && stored.len == 0;
    return level || circle || as_it_is ? typed : arena_printf(v->r->c->arena, "%d", LEVEL_NOBODY);
}

static rc edit_form(req *r)
{
    wall_post p;
    view v;
    TRY(wall_get(r->c, owner_of(r), ordinal_of(r), &p));
    if (p.author != r->c->viewer.num) return fail(r->c, E_DENIED, MSG(L_wall_not_author), "not the author");
    if (!wall_may_edit(r->c, &p)) return fail(r->c, E_DENIED, MSG(L_wall_too_late), "past the time for edits");
    if (r->outcome == E_CONFLICT) (void)req_fault(r, "text", MSG(L_wall_edited_meanwhile));
    TRY(view_init(&v, r, NAV_NONE, MSG(L_wall_edit_title)));
    circle_line_list circles;
    str stored;
    TRY(circles_mine(r->c, &circles));
    TRY(audience_choice(r->c, p.audience, &circles, &stored));
    tpl_post_edit(r->out, &v, &p, text_typed(r->c->arena, p.text), p.owner == p.author, stored, &circles);
    return OK;
}

static rc audience_act(req *r)
{
    post_form *f = r->state;
    wall_post p;
    int64_t stored = LEVEL_NOBODY;
    TRY(wall_get(r->c, owner_of(r), ordinal_of(r), &p));
    if (!wall_may_choose(r->c, &p)) return fail(r->c, E_DENIED, MSG(L_wall_not_author), "not the author's own wall");
    if (!f->choose) return OK; /* as it is */
    TRY(intern_audience(r, f, &stored));
    return wall_set_audience(r->c, owner_of(r), ordinal_of(r), stored);
}

static rc edit_act(req *r)
{
    post_form *f = r->state;
    TRY(wall_edit(r->c, owner_of(r), ordinal_of(r), f->version, f->text));
    if (req_field(r, "warning").ptr) TRY(wall_warn(r->c, owner_of(r), ordinal_of(r), f->warning));
    if (!f->choose || owner_of(r) != r->c->viewer.num) return OK;
    return audience_act(r);
}

static rc edit_show(req *r)
{
    return req_redirect_toast(r, post_url(r), L_wall_saved, STR(""));
}

/* Who sees a post can be changed for as long as it stands. */
static rc audience_form(req *r)
{
    wall_post p;
    view v;
    circle_line_list circles;
    str stored;
    TRY(wall_get(r->c, owner_of(r), ordinal_of(r), &p));
    if (!wall_may_choose(r->c, &p)) return fail(r->c, E_DENIED, MSG(L_wall_not_author), "not the author's own wall");
    TRY(view_init(&v, r, NAV_NONE, MSG(L_wall_audience_title)));
    TRY(circles_mine(r->c, &circles));
    TRY(audience_choice(r->c, p.audience, &circles, &stored));
    tpl_post_audience(r->out, &v, &p, stored, &circles);
    return OK;
}

static rc audience_prepare(req *r)
{
    post_form *f = r->state = ARENA_NEW(r->c->arena, post_form);
    return read_audience(r, f);
}

static rc audience_show(req *r)
{
    return req_redirect_toast(r, post_url(r), L_wall_audience_saved, STR(""));
}

static rc delete_act(req *r)
{
    return wall_delete(r->c, owner_of(r), ordinal_of(r));
}

static rc delete_show(req *r)
{
    str to = req_field(r, "to");
    /* The post's own page is gone with it, and the wall may be closed to whoever took their words back. */
    if (!to.ptr || str_starts(to, post_url(r).s)) {
        bool wall;
        TRY(privacy_may(r->c, owner_of(r), PRIVACY_WALL, &wall));
        to = wall ? arena_printf(r->c->arena, "/wall%lld", (long long)owner_of(r)) : STR("/feed");
    }
    return req_redirect_toast(r, url_local(to), L_wall_deleted, arena_printf(r->c->arena, "%.*s/restore", STR_ARG(post_url(r).s)));
}

static rc restore_act(req *r)
{
    return wall_restore(r->c, owner_of(r), ordinal_of(r));
}

static rc restore_show(req *r)
{
    return req_redirect_toast(r, post_url(r), L_wall_restored, STR(""));
}

/* ---- likes ---- */

static rc like_act(req *r)
{
    return wall_like(r->c, owner_of(r), ordinal_of(r), str_ends(r->path, STR("/like")));
}

static rc like_show(req *r)
{
    if (!r->fragment) return req_redirect(r, back_to_post(r));
    wall_post p;
    view v;
    TRY(wall_get(r->c, owner_of(r), ordinal_of(r), &p));
    TRY(view_init(&v, r, NAV_NONE, MSG(L_NONE)));
    bool liked = str_ends(r->path, STR("/like"));
    post_acts acts = {.owner = p.owner, .ordinal = p.ordinal, .likes = p.likes, .comments = p.comments, .reposts = p.reposts, .liked = liked};
    ring_post ref = wall_ring_post(&p);
    acts.may_repost = wall_may_repost(&ref);
    tpl_post_acts(r->out, &v, &acts);
    return OK;
}

static rc likers_show(req *r)
{
    wall_post p;
    view v;
    wall_liker_list likers;
    int64_t after = req_field_int(r, "after", 0), next;
    TRY(wall_get(r->c, owner_of(r), ordinal_of(r), &p));
    TRY(wall_likes(r->c, &p, after, &likers, &next));
    TRY(view_init(&v, r, NAV_NONE, (msg){.key = L_wall_likers, .n = p.likes}));
    /* Where the list is whole, it is seen whether somebody is missing. */
    bool hidden = after == 0 && next == 0 && (int64_t)likers.len < p.likes;
    url more = next ? view_url(&v, "/wall%lld_%lld/likes?after=%lld", (long long)p.owner, (long long)p.ordinal, (long long)next)
                    : (url){STR("")};
    tpl_likers_page_open(r->out, &v, &p, hidden, more);
    for (size_t i = 0; i < likers.len; i++) {
        person who;
        TRY(view_person(r->c, likers.items[i].member, &who));
        tpl_person_row_open(r->out, &v, &who, STR(""));
        tpl_person_row_close(r->out, &v, &who, STR(""));
    }
    tpl_likers_page_close(r->out, &v, &p, hidden, more);
    return OK;
}

/* ---- pins ---- */

static rc pin_act(req *r)
{
    return wall_pin(r->c, owner_of(r), ordinal_of(r), str_ends(r->path, STR("/pin")));
}

static rc pin_show(req *r)
{
    bool on = str_ends(r->path, STR("/pin"));
    str to = req_field(r, "to");
    return req_redirect_toast(r, to.ptr ? url_local(to) : post_url(r), on ? L_wall_pin_done : L_wall_unpin_done,
                              arena_printf(r->c->arena, "%.*s/%s", STR_ARG(post_url(r).s), on ? "unpin" : "pin"));
}

/* ---- reposts ---- */

static rc repost_prepare(req *r)
{
    post_form *f = r->state = ARENA_NEW(r->c->arena, post_form);
    TRY(req_text(r, "text", 0, POST_MAX, true, &f->text));
    return read_audience(r, f);
}

static rc repost_act(req *r)
{
    post_form *f = r->state;
    int64_t stored = LEVEL_EVERYONE, ordinal;
    if (f->choose) TRY(intern_audience(r, f, &stored));
    TRY(wall_repost(r->c, owner_of(r), ordinal_of(r), f->text, stored, &ordinal));
    r->result = arena_printf(r->c->arena, "%lld", (long long)ordinal);
    return OK;
}

static rc repost_show(req *r)
{
    str own = arena_printf(r->c->arena, "/wall%lld_%.*s", (long long)r->c->viewer.num, STR_ARG(r->result));
    return req_redirect_toast(r, url_local(own), L_wall_reposted, arena_cat(r->c->arena, own, STR("/delete"), STR("")));
}

static rc repost_form(req *r)
{
    view v;
    wall_post p;
    circle_line_list circles;
    TRY(wall_repost_of(r->c, owner_of(r), ordinal_of(r), &p));
    TRY(view_init(&v, r, NAV_NONE, MSG(L_wall_repost_title)));
    TRY(circles_mine(r->c, &circles));
    tpl_repost_page_open(r->out, &v, &p, r->path, &circles);
    TRY(wall_put_original(&v, r->out, &p));
    tpl_repost_page_close(r->out, &v, &p, r->path, &circles);
    return OK;
}

static rc reposts_show(req *r)
{
    view v;
    wall_post p;
    news_page page;
    TRY(wall_get(r->c, owner_of(r), ordinal_of(r), &p));
    TRY(wall_reposts(r->c, &p, req_field_int(r, "before", INT64_MAX), &page));
    TRY(view_init(&v, r, NAV_NONE, MSG(L_wall_reposts_title)));
    bool none = page.len == 0 && !page.next;
    tpl_reposts_page_open(r->out, &v, &p, none);
    TRY(wall_put_posts(&v, r->out, page.items, page.len));
    if (page.next) tpl_older(r->out, &v, arena_printf(r->c->arena, "%.*s/reposts?", STR_ARG(post_url(r).s)), page.next);
    tpl_reposts_page_close(r->out, &v, &p, none);
    return OK;
}

static rc history_show(req *r)
{
    wall_post p;
    view v;
    wall_wording_list list;
    TRY(wall_get(r->c, owner_of(r), ordinal_of(r), &p));
    TRY(wall_wordings(r->c, &p, &list));
    TRY(view_init(&v, r, NAV_NONE, MSG(L_wall_history_title)));
    tpl_post_history(r->out, &v, &p, &list);
    return OK;
}

#define ONE_POST "/wall{owner:int}_{ordinal:int}"

const route wall_routes[] = {
    {GET, "/wall{owner:int}", .show = wall_index, .who = ANYONE},
    {POST, "/wall{owner:int}", .prepare = new_prepare, .slow = post_slow, .act = post_act, .show = post_show, .again = wall_index,
     .finally = post_finally, .who = MEMBER, .per_minute = 60, .body_max = 128 * 1024, .uploads = PHOTOS_MAX, .upload_max = PHOTO_BYTES_MAX},
    {GET, ONE_POST "/edit", .show = edit_form, .who = MEMBER},
    {POST, ONE_POST "/edit", .prepare = post_prepare, .act = edit_act, .show = edit_show, .again = edit_form, .who = MEMBER,
     .body_max = 128 * 1024},
    {GET, ONE_POST "/audience", .show = audience_form, .who = MEMBER},
    {POST, ONE_POST "/audience", .prepare = audience_prepare, .act = audience_act, .show = audience_show, .again = audience_form,
     .who = MEMBER, .idempotent = true},
    {POST, ONE_POST "/delete", .act = delete_act, .show = delete_show, .who = MEMBER, .idempotent = true},
    {POST, ONE_POST "/restore", .act = restore_act, .show = restore_show, .who = MEMBER, .idempotent = true},
    {POST, ONE_POST "/like", .act = like_act, .show = like_show, .who = MEMBER, .idempotent = true},
    {POST, ONE_POST "/unlike", .act = like_act, .show = like_show, .who = MEMBER, .idempotent = true},
    {GET, ONE_POST "/likes", .show = likers_show, .who = ANYONE},
    {POST, ONE_POST "/pin", .act = pin_act, .show = pin_show, .who = MEMBER, .idempotent = true},
    {POST, ONE_POST "/unpin", .act = pin_act, .show = pin_show, .who = MEMBER, .idempotent = true},
    {GET, ONE_POST "/repost", .show = repost_form, .who = MEMBER},
    {POST, ONE_POST "/repost", .prepare = repost_prepare, .act = repost_act, .show = repost_show, .again = repost_form, .who = MEMBER,
     .per_minute = 60, .body_max = 128 * 1024},
    {GET, ONE_POST "/reposts", .show = reposts_show, .who = ANYONE},
    {GET, ONE_POST "/history", .show = history_show, .who = ANYONE},
    {0}};
