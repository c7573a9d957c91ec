/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What this server is, for people; and what it says to machines that ask. */
#include "feature/about/about_web.h"

#include "about.tpl.h"
#include "page/view.h"

static rc about_show(req *r)
{
    view v;
    TRY(view_init(&v, r, NAV_NONE, MSG(L_about_title)));
    tpl_about(r->out, &v, (int)r->site->signup);
    return OK;
}

/* For the process's keeper: alive, and the database answers (identify has just asked it). */
static rc health_show(req *r)
{
    r->content_type = "text/plain; charset=utf-8";
    OUT_LIT(r->out, "ok\n");
    return OK;
}

/* Members choose who sees what; what is open to everyone may still be left alone by search engines. */
static rc robots_show(req *r)
{
    r->content_type = "text/plain; charset=utf-8";
    r->cache_public = true;
    OUT_LIT(r->out, "User-agent: *\nDisallow: /\n");
    return OK;
}

const route about_routes[] = {
    {GET, "/about", .show = about_show, .who = ANYONE},
    {GET, "/healthz", .show = health_show, .who = ANYONE},
    {GET, "/robots.txt", .show = robots_show, .who = ANYONE},
    {0}};
