/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/people/people_web.h"

#include "base/utf8.h"
#include "feature/people/people.h"
#include "people_pages.tpl.h"

#define PAGE 30
#define SEARCHES_PER_MINUTE 60

static rc read_query(req *r, str *query)
{
    str typed = req_field(r, "q");
    if (text_clean(r->c->arena, typed, PEOPLE_QUERY_MAX, false, query) != TEXT_FINE)
        return fail(r->c, E_SYNTAX, MSG(L_people_query_odd), "a query that is no plain text");
    if (!query->len) return OK;
    /* A search reads every name. Guests without a cookie share one allowance. */
    int64_t me = r->c->viewer.num;
    return req_limit(r, me ? arena_printf(r->c->arena, "people %lld", (long long)me) : r->session, SEARCHES_PER_MINUTE);
}

static rc rows_of(ctx *c, const people_page *page, people_rows *rows)
{
    *rows = (people_rows){ARENA_ARRAY(c->arena, people_row, page->len), page->len};
    for (size_t i = 0; i < page->len; i++) {
        people_row *row = &rows->items[i];
        row->town = page->items[i].town;
        TRY(view_person(c, page->items[i].num, &row->p));
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
    TRY(people_find(c, turned, INT64_MAX, 1, &page));
    if (page.len) *other = turned;
    return OK;
}

static url page_behind(const view *v, str query, int64_t below)
{
    if (!below) return (url){STR("")};
    out q;
    out_init(&q, 2048);
    out_percent(&q, query);
    url next = view_url(v, "/people?q=%.*s&after=%lld", STR_ARG(out_get(&q)), (long long)below);
    out_drop(&q);
    return next;
}

static rc people_show(req *r)
{
    view v;
    str query, other = STR("");
    people_page page;
    people_rows rows;
    TRY(read_query(r, &query));
    TRY(view_init(&v, r, NAV_PEOPLE, MSG(L_people_title)));
    int64_t below = req_field_int(r, "after", INT64_MAX);
    TRY(people_find(r->c, query, below, PAGE, &page));
    TRY(rows_of(r->c, &page, &rows));
    if (!page.len && !page.next && below == INT64_MAX) TRY(suggest(r->c, query, &other));
    tpl_people(r->out, &v, query, &rows, page_behind(&v, query, page.next), other);
    return OK;
}

const route people_routes[] = {
    {GET, "/people", .show = people_show, .who = ANYONE},
    {0}};
