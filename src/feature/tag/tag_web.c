/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/tag/tag_web.h"

#include "feature/tag/tag.h"
#include "feature/wall/text.h"
#include "feature/wall/wall_web.h"
#include "tag_pages.tpl.h"
#include "wall_pages.tpl.h"

static rc tag_show(req *r)
{
    ctx *c = r->c;
    view v;
    str tag;
    news_page page;
    int64_t before = req_field_int(r, "before", INT64_MAX);
    if (!text_tag(c->arena, req_capture(r, "tag"), &tag)) return fail(c, E_NOT_FOUND, MSG(L_NONE), "no tag");
    TRY(tag_posts(c, tag, before, &page));
    TRY(view_init(&v, r, NAV_NONE, MSG(L_NONE)));
    v.heading = arena_cat(c->arena, STR("#"), tag, STR(""));
    tpl_tag_page_open(r->out, &v, v.heading);
    TRY(wall_put_posts(&v, r->out, page.items, page.len));
    if (page.len == 0) tpl_tag_end(r->out, &v, page.next != 0);
    if (page.next) tpl_older(r->out, &v, arena_cat(c->arena, r->path, STR("?"), STR("")), page.next);
    tpl_tag_page_close(r->out, &v, v.heading);
    return OK;
}

const route tag_routes[] = {
    {GET, "/tag/{tag}", .show = tag_show, .who = ANYONE},
    {0}};
