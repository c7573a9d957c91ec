/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/feed/feed_web.h"

#include "feature/friends/circles.h"
#include "feature/wall/wall_web.h"
#include "feed.tpl.h"
#include "graph/quiet.h"
#include "wall_pages.tpl.h"

#define NEWS_PAGE 20

/* Which part of the news: ?of=friends, ?of=followed, ?of=c3; anything else is all of them. */
static news_choice read_choice(str of)
{
    int64_t circle;
    if (str_eq(of, STR("friends"))) return (news_choice){.kind = NEWS_FRIENDS};
    if (str_eq(of, STR("followed"))) return (news_choice){.kind = NEWS_FOLLOWED};
    if (str_starts(of, STR("c")) && str_int(str_skip(of, 1), &circle)) return (news_choice){NEWS_CIRCLE, circle};
    return (news_choice){.kind = NEWS_ALL};
}

/* The address of this part, ready for another argument. */
static str choice_path(ctx *c, news_choice which)
{
    if (which.kind == NEWS_FRIENDS) return STR("/feed?of=friends&");
    if (which.kind == NEWS_FOLLOWED) return STR("/feed?of=followed&");
    if (which.kind == NEWS_CIRCLE) return arena_printf(c->arena, "/feed?of=c%lld&", (long long)which.circle);
    return STR("/feed?");
}

/* Looks for one more than the page shows: so a next page is promised only where something is on it, unless NEWS_SCAN_MAX were
 * looked at in vain. */
static rc news_read(ctx *c, news_choice which, int64_t before, news_page *news)
{
    TRY(graph_news_of(c, which, before, NEWS_PAGE + 1, news));
    if (news->len > NEWS_PAGE) {
        news->len = NEWS_PAGE;
        news->next = news->items[NEWS_PAGE - 1].id;
    }
    return quiet_sift(c, news);
}

static rc feed_show(req *r)
{
    view v;
    news_page news;
    circle_line_list circles;
    int64_t before = req_field_int(r, "before", INT64_MAX);
    bool first = before == INT64_MAX;
    news_choice which = read_choice(req_field(r, "of"));
    TRY(news_read(r->c, which, before, &news));
    TRY(view_init(&v, r, NAV_NEWS, MSG(L_common_nav_news)));
    TRY(circles_mine(r->c, &circles));
    tpl_feed_open(r->out, &v);
    if (first) wall_composer(&v, r->out, STR("/feed"), &circles);
    tpl_feed_tabs(r->out, &v, which, &circles);
    if (first && which.kind == NEWS_ALL) tpl_feed_fresh(r->out, &v, news.len ? news.items[0].id : 0);
    TRY(wall_put_posts(&v, r->out, news.items, news.len));
    if (news.len == 0 && first && which.kind == NEWS_ALL && !news.next) tpl_feed_empty(r->out, &v);
    else if (news.len == 0) tpl_feed_end(r->out, &v, choice_path(r->c, which), first, news.next != 0);
    if (news.next) tpl_older(r->out, &v, choice_path(r->c, which), news.next);
    tpl_feed_close(r->out, &v);
    return OK;
}

const route feed_routes[] = {
    {GET, "/feed", .show = feed_show, .who = MEMBER},
    {0}};
