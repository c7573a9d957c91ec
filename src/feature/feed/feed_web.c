/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/feed/feed_web.h"

#include "feature/wall/wall_web.h"
#include "feed.tpl.h"
#include "wall_pages.tpl.h"

#define NEWS_PAGE 20

static rc feed_show(req *r)
{
    view v;
    news_page news;
    int64_t before = req_field_int(r, "before", INT64_MAX);
    TRY(graph_news(r->c, before, NEWS_PAGE, &news));
    TRY(view_init(&v, r, NAV_NEWS, MSG(L_common_nav_news)));
    tpl_feed_open(r->out, &v);
    if (before == INT64_MAX) TRY(wall_composer(&v, r->out, STR("/feed")));
    TRY(wall_put_posts(&v, r->out, news.items, news.len));
    if (news.len == 0) tpl_feed_empty(r->out, &v, before == INT64_MAX);
    if (news.next) tpl_older(r->out, &v, STR("/feed?"), news.next);
    tpl_feed_close(r->out, &v);
    return OK;
}

const route feed_routes[] = {
    {GET, "/feed", .show = feed_show, .who = MEMBER},
    {0}};
