/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/comment/comment_web.h"

#include "base/ids.h"
#include "comment_pages.tpl.h"
#include "feature/wall/text.h"
#include "feature/wall/wall_web.h"
#include "wall_pages.tpl.h"

#define L(x) ((long long)(x))

static int64_t owner_of(req *r) { return req_capture_int(r, "owner"); }
static int64_t number_of(req *r) { return req_capture_int(r, "ordinal"); }
static bool by_threads(req *r) { return str_eq(req_field(r, "view"), STR("threads")); }

static url comment_url(req *r)
{
    return url_local(arena_printf(r->c->arena, "/comment%lld_%lld", L(owner_of(r)), L(number_of(r))));
}

/* ---- what stands under a post ---- */

static rc view_of(view *v, const quiet *q, const comment_row *k, bool liked, comment_view *out)
{
    ctx *c = v->r->c;
    *out = (comment_view){.row = *k, .liked = liked, .inside = k->id != k->root, .text = text_html(c->arena, k->text),
                          .filter = wall_filter(c, q, k->author, k->text),
                          .may_edit = comment_may_edit(c, k), .may_delete = comment_may_delete(c, k)};
    TRY(view_person(c, k->author, &out->author));
    if (!k->answers) return OK;
    TRY(privacy_see_author(c, k->answers, &out->answers));
    return view_person(c, k->answers, &out->answered);
}

/* Rows become views; by threads, a thread whose beginning is not among the rows gets it in front, or a word that it is not shown. */
static rc put_views(view *v, const comment_row_list *rows, bool threads, comment_view_list *out)
{
    ctx *c = v->r->c;
    int64_t thread = 0;
    bool *liked = ARENA_ARRAY(c->arena, bool, rows->len);
    const quiet *q;
    TRY(comment_liked(c, rows, liked));
    TRY(graph_quiet(c, &q));
    *out = (comment_view_list){ARENA_ARRAY(c->arena, comment_view, 2 * rows->len), 0};
    for (size_t i = 0; i < rows->len; i++) {
        const comment_row *k = &rows->items[i];
        if (threads && k->id != k->root && k->root != thread) {
            comment_row head;
            bool there, one = false;
            TRY(comment_head(c, k->root, &head, &there));
            if (there) TRY(comment_liked(c, &(comment_row_list){&head, 1}, &one));
            if (there) TRY(view_of(v, q, &head, one, &out->items[out->len++]));
            else out->items[out->len++] = (comment_view){.stub = true};
        }
        thread = k->root;
        TRY(view_of(v, q, k, liked[i], &out->items[out->len++]));
        if (!threads) out->items[out->len - 1].inside = false;
    }
    return OK;
}

/* "17" in order, "12.17" by threads; anything else: from the newest. */
static comment_place place_of(str before)
{
    comment_place at = COMMENTS_NEWEST;
    int64_t root = INT64_MAX, id;
    str rest = before, first = str_cut(&rest, '.');
    if (rest.ptr && !str_int(first, &root)) return at;
    return str_int(rest.ptr ? rest : first, &id) ? (comment_place){root, id} : at;
}

static rc fill_form(view *v, const wall_post *p, int64_t parent, comment_form *f)
{
    ctx *c = v->r->c;
    comment_row k;
    wall_post same;
    person who;
    TRY(comment_may_add(c, p, &f->may));
    /* A parent that went meanwhile is none: what was typed can stand alone. */
    if (!f->may || !parent || comment_get(c, p->owner, parent, &k, &same) != OK || same.id != p->id) return OK;
    TRY(view_person(c, k.author, &who));
    f->parent = parent;
    f->answered = who.full;
    return OK;
}

static rc put_page(view *v, comments_view *cs)
{
    req *r = v->r;
    person owner;
    TRY(view_person(r->c, cs->post.owner, &owner));
    v->heading = owner.full;
    ring_post ref = wall_ring_post(&cs->post);
    tpl_wall_page_open(r->out, v, &owner);
    TRY(wall_put_post(v, r->out, &ref));
    tpl_comments(r->out, v, cs);
    tpl_wall_page_close(r->out, v, &owner);
    return OK;
}

static rc put_post(req *r, int64_t owner, int64_t ordinal, int64_t parent)
{
    view v;
    comment_page page;
    comments_view cs = {.threads = by_threads(r)};
    str before = r->method == GET ? req_field(r, "before") : STR("");
    comment_place below = place_of(before);
    TRY(wall_get(r->c, owner, ordinal, &cs.post));
    TRY(view_init(&v, r, NAV_NONE, MSG(L_NONE)));
    TRY(cs.threads ? comment_page_in_threads(r->c, &cs.post, below, &page) : comment_page_in_order(r->c, &cs.post, below, &page));
    TRY(put_views(&v, &page.rows, cs.threads, &cs.list));
    TRY(fill_form(&v, &cs.post, parent, &cs.form));
    if (page.earlier.id && cs.threads)
        cs.earlier = view_url(&v, "/wall%lld_%lld?view=threads&before=%lld.%lld#comments", L(owner), L(ordinal), L(page.earlier.root), L(page.earlier.id));
    else if (page.earlier.id)
        cs.earlier = view_url(&v, "/wall%lld_%lld?before=%lld#comments", L(owner), L(ordinal), L(page.earlier.id));
    if (below.id != INT64_MAX) cs.later = view_url(&v, "/wall%lld_%lld%s#comments", L(owner), L(ordinal), cs.threads ? "?view=threads" : "");
    return put_page(&v, &cs);
}

static rc post_page(req *r)
{
    return put_post(r, owner_of(r), number_of(r), 0);
}

/* ---- one comment ---- */

static rc comment_page_of(req *r)
{
    ctx *c = r->c;
    view v;
    comment_row k;
    comment_row_list rows;
    bool before, after;
    comments_view cs = {.alone = true};
    TRY(comment_get(c, owner_of(r), number_of(r), &k, &cs.post));
    TRY(view_init(&v, r, NAV_NONE, MSG(L_NONE)));
    TRY(comment_page_around(c, &cs.post, &k, &rows, &before, &after));
    TRY(put_views(&v, &rows, true, &cs.list));
    TRY(fill_form(&v, &cs.post, k.ordinal, &cs.form));
    for (size_t i = 0; i < cs.list.len; i++) {
        comment_view *one = &cs.list.items[i];
        one->here = one->row.id == k.id;
        if (one->here) one->filter = NULL; /* who opens it by its address wants to read it */
    }
    if (before) cs.earlier = view_url(&v, "/comment%lld_%lld", L(k.owner), L(rows.items[0].ordinal));
    if (after) cs.later = view_url(&v, "/comment%lld_%lld", L(k.owner), L(rows.items[rows.len - 1].ordinal));
    return put_page(&v, &cs);
}

/* ---- writing ---- */

typedef struct comment_typed {
    str text;
    int64_t parent, version;
} comment_typed;

static rc text_prepare(req *r)
{
    comment_typed *f = r->state = ARENA_NEW(r->c->arena, comment_typed);
    TRY(req_text(r, "text", 0, COMMENT_MAX, true, &f->text));
    if (f->text.len == 0) return req_fault(r, "text", MSG(L_comment_text_empty));
    f->parent = req_field_int(r, "parent", 0);
    f->version = req_field_int(r, "version", -1);
    return OK;
}

static rc add_act(req *r)
{
    comment_typed *f = r->state;
    int64_t number;
    TRY(comment_add(r->c, owner_of(r), number_of(r), f->parent, f->text, &number));
    r->result = arena_printf(r->c->arena, "%lld", L(number));
    return OK;
}

/* An answer is seen in its thread, a comment at the end of the list. */
static rc add_show(req *r)
{
    arena *a = r->c->arena;
    str undo = arena_printf(a, "/comment%lld_%.*s/delete", L(owner_of(r)), STR_ARG(r->result));
    str to = req_field_int(r, "parent", 0)
                 ? arena_printf(a, "/comment%lld_%.*s#comment%.*s", L(owner_of(r)), STR_ARG(r->result), STR_ARG(r->result))
                 : arena_printf(a, "/wall%lld_%lld%s#comment%.*s", L(owner_of(r)), L(number_of(r)), by_threads(r) ? "?view=threads" : "",
                                STR_ARG(r->result));
    return req_redirect_toast(r, url_local(to), L_comment_added, undo);
}

static rc add_again(req *r)
{
    return put_post(r, owner_of(r), number_of(r), req_field_int(r, "parent", 0));
}

static rc edit_form(req *r)
{
    comment_row k;
    wall_post p;
    view v;
    TRY(comment_get(r->c, owner_of(r), number_of(r), &k, &p));
    if (k.author != r->c->viewer.num) return fail(r->c, E_DENIED, MSG(L_comment_not_author), "not the author");
    if (!comment_may_edit(r->c, &k)) return fail(r->c, E_DENIED, MSG(L_comment_too_late), "past the time for edits");
    if (r->outcome == E_CONFLICT) (void)req_fault(r, "text", MSG(L_comment_edited_meanwhile));
    TRY(view_init(&v, r, NAV_NONE, MSG(L_comment_edit_title)));
    tpl_comment_edit(r->out, &v, &k, text_typed(r->c->arena, k.text));
    return OK;
}

static rc edit_act(req *r)
{
    comment_typed *f = r->state;
    return comment_edit(r->c, owner_of(r), number_of(r), f->version, f->text);
}

static rc edit_show(req *r)
{
    return req_redirect_toast(r, comment_url(r), L_comment_saved, STR(""));
}

static rc delete_act(req *r)
{
    return comment_delete(r->c, owner_of(r), number_of(r));
}

/* The comment's own page is gone with it; its post may be closed to whoever took their words back. */
static rc delete_show(req *r)
{
    str to = req_field(r, "to");
    if (!to.ptr || str_starts(to, comment_url(r).s)) {
        wall_post p;
        bool post = comment_post(r->c, owner_of(r), number_of(r), &p) == OK;
        to = post ? arena_printf(r->c->arena, "/wall%lld_%lld#comments", L(p.owner), L(p.ordinal)) : STR("/feed");
    }
    return req_redirect_toast(r, url_local(to), L_comment_deleted, arena_printf(r->c->arena, "%.*s/restore", STR_ARG(comment_url(r).s)));
}

static rc restore_act(req *r)
{
    return comment_restore(r->c, owner_of(r), number_of(r));
}

static rc restore_show(req *r)
{
    return req_redirect_toast(r, comment_url(r), L_comment_restored, STR(""));
}

/* ---- likes ---- */

static rc like_act(req *r)
{
    return comment_like(r->c, owner_of(r), number_of(r), str_ends(r->path, STR("/like")));
}

static rc like_show(req *r)
{
    str to = req_field(r, "to");
    comment_row k;
    wall_post p;
    view v;
    if (!r->fragment)
        return req_redirect(r, to.ptr ? url_local(arena_printf(r->c->arena, "%.*s#comment%lld", STR_ARG(to), L(number_of(r)))) : comment_url(r));
    TRY(comment_get(r->c, owner_of(r), number_of(r), &k, &p));
    TRY(view_init(&v, r, NAV_NONE, MSG(L_NONE)));
    tpl_comment_acts(r->out, &v, &k, str_ends(r->path, STR("/like")));
    return OK;
}

static rc likers_show(req *r)
{
    comment_row k;
    wall_post p;
    view v;
    comment_liker_list likers;
    int64_t after = req_field_int(r, "after", 0), next;
    TRY(comment_get(r->c, owner_of(r), number_of(r), &k, &p));
    TRY(comment_likes(r->c, &k, after, &likers, &next));
    TRY(view_init(&v, r, NAV_NONE, (msg){.key = L_wall_likers, .n = k.likes}));
    bool hidden = after == 0 && next == 0 && (int64_t)likers.len < k.likes;
    url more = next ? view_url(&v, "/comment%lld_%lld/likes?after=%lld", L(k.owner), L(k.ordinal), L(next)) : (url){STR("")};
    tpl_comment_likers_open(r->out, &v, &k, hidden, more);
    for (size_t i = 0; i < likers.len; i++) {
        person who;
        TRY(view_person(r->c, likers.items[i].member, &who));
        tpl_person_row_open(r->out, &v, &who, STR(""));
        tpl_person_row_close(r->out, &v, &who, STR(""));
    }
    tpl_comment_likers_close(r->out, &v, &k, hidden, more);
    return OK;
}

#define ONE_POST "/wall{owner:int}_{ordinal:int}"
#define ONE "/comment{owner:int}_{ordinal:int}"

const route comment_routes[] = {
    {GET, ONE_POST, .show = post_page, .who = ANYONE},
    {POST, ONE_POST "/comment", .prepare = text_prepare, .act = add_act, .show = add_show, .again = add_again, .who = MEMBER,
     .per_minute = 60},
    {GET, ONE, .show = comment_page_of, .who = ANYONE},
    {GET, ONE "/edit", .show = edit_form, .who = MEMBER},
    {POST, ONE "/edit", .prepare = text_prepare, .act = edit_act, .show = edit_show, .again = edit_form, .who = MEMBER},
    {POST, ONE "/delete", .act = delete_act, .show = delete_show, .who = MEMBER, .idempotent = true},
    {POST, ONE "/restore", .act = restore_act, .show = restore_show, .who = MEMBER, .idempotent = true},
    {POST, ONE "/like", .act = like_act, .show = like_show, .who = MEMBER, .idempotent = true},
    {POST, ONE "/unlike", .act = like_act, .show = like_show, .who = MEMBER, .idempotent = true},
    {GET, ONE "/likes", .show = likers_show, .who = ANYONE},
    {0}};
