/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/live/live_web.h"

#include "feature/account/account.h"
#include "graph/graph.h"

#define SINCE_NOW (-1) /* whatever is there already is not new */

static bool follows(edge e) { return (e.bits & (EDGE_OUT | EDGE_BLOCKS)) == EDGE_OUT; }

/* Whose things concern the viewer: their own, and those of whom they follow. */
static stream_filter concerns(const edge_list *edges, int64_t viewer)
{
    stream_filter f = {0};
    stream_filter_add(&f, viewer);
    for (size_t i = 0; i < edges->len; i++)
        if (follows(edges->items[i])) stream_filter_add(&f, edges->items[i].other);
    return f;
}

/* Did anything move whose posts the viewer reads? The filter may have said yes for somebody else. */
static rc news_moved(ctx *c, const stream_heard *heard, bool *moved)
{
    *moved = heard->all;
    for (size_t i = 0; i < heard->len && !*moved; i++) {
        unsigned bits;
        TRY(graph_edge(c, c->viewer.num, heard->nums[i], &bits));
        *moved = heard->nums[i] == c->viewer.num || follows((edge){.bits = bits});
    }
    return OK;
}

static void put_id(out *o, int64_t id, bool first)
{
    if (!first) out_char(o, ',');
    out_char(o, '"'); /* 63 bits do not fit into JavaScript's numbers */
    out_int(o, id);
    out_char(o, '"');
}

/* Posts above `since`, judged by the merge itself; one's own are no news to whoever wrote them. */
static rc tell_news(ctx *c, stream_subject *next, out *o)
{
    news_page page;
    out ids;
    int64_t since = next->since;
    TRY(graph_news(c, INT64_MAX, LIVE_NEWS_MAX, &page));
    if (page.len && page.items[0].id > next->since) next->since = page.items[0].id;
    if (since == SINCE_NOW) {
        if (next->since == SINCE_NOW) next->since = 0;
        return OK;
    }
    out_init(&ids, (size_t)LIVE_NEWS_MAX * 24);
    out_char(&ids, '[');
    for (size_t i = 0; i < page.len && page.items[i].id > since; i++)
        if (page.items[i].author != c->viewer.num) put_id(&ids, page.items[i].id, ids.len == 1);
    out_char(&ids, ']');
    if (ids.len > 2) stream_event(o, "news", next->since, out_get(&ids));
    out_drop(&ids);
    return OK;
}

static rc tell_counters(ctx *c, const edge_list *edges, stream_subject *next, out *o)
{
    char data[80];
    int64_t requests = 0, notices;
    for (size_t i = 0; i < edges->len; i++) requests += (edges->items[i].bits & EDGE_NEW) != 0;
    TRY(graph_notices(c, &notices));
    int64_t both = requests << 8 | notices;
    if (both == next->count) return OK;
    next->count = both;
    int len = snprintf(data, sizeof data, "{\"requests\":%lld,\"notices\":%lld}", (long long)requests, (long long)notices);
    stream_event(o, "counters", 0, (str){data, (size_t)len});
    return OK;
}

rc live_look(ctx *c, const stream_subject *now, const stream_heard *heard, stream_subject *next, out *o)
{
    account_session_found who;
    edge_list edges;
    bool moved;
    *next = *now;
    TRY(account_session_by_hash(c, now->member, (str){(const char *)now->session, sizeof now->session}, &who));
    c->viewer = (viewer){who.member, who.role};
    TRY(graph_edges(c, c->viewer.num, &edges));
    next->concerns = concerns(&edges, c->viewer.num);
    TRY(tell_counters(c, &edges, next, o));
    TRY(news_moved(c, heard, &moved));
    return moved ? tell_news(c, next, o) : OK;
}

/* What the browser has seen: after a break its own word, at first the page's. */
static int64_t since_of(req *r)
{
    int64_t since;
    if (str_int(req_header(r, "Last-Event-ID"), &since) && since >= 0) return since;
    since = req_field_int(r, "since", SINCE_NOW);
    return since >= 0 ? since : SINCE_NOW;
}

static rc live_show(req *r)
{
    stream_subject first = {.member = r->c->viewer.num, .since = since_of(r), .count = -1}, next;
    stream_heard everything = {.all = true};
    memcpy(first.session, r->session.ptr, sizeof first.session);
    TRY(live_look(r->c, &first, &everything, &next, r->out));
    return req_stream(r, &next);
}

const route live_routes[] = {
    {GET, "/live", .show = live_show, .who = MEMBER},
    {0}};
