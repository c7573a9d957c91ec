/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/people/people_web.h"

#include "base/utf8.h"
#include "feature/people/people.h"
#include "feature/presence/presence.h"
#include "people_pages.tpl.h"

#define PAGE 30
#define SEARCHES_PER_MINUTE 60
#define GUESTS_PER_MINUTE 600

/* A search may look at PEOPLE_SCAN_MAX members. Guests have as many addresses as they can rent, so all of them together have an
 * allowance as well; members are not kept waiting by it. */
static rc within_limits(req *r)
{
    arena *a = r->c->arena;
    TRY(req_limit(r, arena_cat(a, STR("people "), req_client(r), STR("")), SEARCHES_PER_MINUTE));
    if (r->c->viewer.num || req_limit(r, STR("people of guests"), GUESTS_PER_MINUTE) == OK) return OK;
    return fail(r->c, E_LIMIT, MSG(L_people_guests_busy), "searches of guests");
}

static rc read_query(req *r, str *query)
{
    str typed = req_field(r, "q");
    text_fault fault = text_clean(r->c->arena, typed, PEOPLE_QUERY_MAX, false, query);
    if (fault == TEXT_LONG) return fail(r->c, E_INVALID, msg_n(L_people_query_long, PEOPLE_QUERY_MAX), "a long query");
    if (fault != TEXT_FINE) return fail(r->c, E_SYNTAX, MSG(L_people_query_odd), "a query that is no plain text");
    return query->len ? within_limits(r) : OK;
}

static rc rows_of(ctx *c, const people_page *page, people_rows *rows)
{
    *rows = (people_rows){ARENA_ARRAY(c->arena, people_row, page->len), page->len};
    for (size_t i = 0; i < page->len; i++) {
        people_row *row = &rows->items[i];
        row->town = page->items[i].town;
        TRY(view_person(c, page->items[i].num, &row->p));
        TRY(presence_online(c, row->p.num, &row->p.online));
        if (c->viewer.num) TRY(graph_edge(c, c->viewer.num, row->p.num, &row->bits));
    }
    return OK;
}

/* Another layout is suggested only when somebody would be found by it. */
static rc suggest(ctx *c, str query, str *other)
{
    people_page page;
    str turned = people_other_layout(c->arena, query);
    *other = STR("");
    if (!query.len || str_eq(turned, query)) return OK;
    TRY(people_find(c, turned, PEOPLE_START, 1, &page));
    if (page.len) *other = turned;
    return OK;
}

static url page_behind(const view *v, str query, people_place at)
{
    if (!at.below) return (url){STR("")};
    out q;
    out_init(&q, 4096);
    out_percent(&q, query);
    OUT_LIT(&q, "&word=");
    out_percent(&q, at.word);
    url next = view_url(v, "/people?q=%.*s&after=%lld", STR_ARG(out_get(&q)), (long long)at.below);
    out_drop(&q);
    return next;
}

/* Whatever is no place in the list is its beginning. */
static people_place place_of(req *r)
{
    str word = req_field(r, "word");
    bool possible = word.ptr && utf8_valid(word) && str_find(word, '\0') == word.len;
    return (people_place){possible ? word : STR(""), req_field_int(r, "after", INT64_MAX)};
}

static rc people_show(req *r)
{
    view v;
    str query, other = STR("");
    people_page page;
    people_rows rows;
    TRY(read_query(r, &query));
    TRY(view_init(&v, r, NAV_PEOPLE, MSG(L_people_title)));
    people_place at = place_of(r);
    TRY(people_find(r->c, query, at, PAGE, &page));
    TRY(rows_of(r->c, &page, &rows));
    if (!page.len && !page.next.below && at.below == INT64_MAX) TRY(suggest(r->c, query, &other));
    tpl_people(r->out, &v, query, &rows, page_behind(&v, query, page.next), other);
    return OK;
}

const route people_routes[] = {
    {GET, "/people", .show = people_show, .who = ANYONE},
    {0}};
