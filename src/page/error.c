/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "page/error.h"

#include "layout.tpl.h"
#include "page/view.h"

/* Beside the start page: after log-in back to where the form was; from an address that only takes forms to its page. */
static url onward(const view *v, rc_code code)
{
    req *r = v->r;
    url page = req_page_at(r, r->target);
    if (code == E_METHOD && !str_eq(page.s, STR("/"))) return page;
    if (r->c->err.sentence.key == L_setup_is_over) return url_local(STR("/login"));
    if (code != E_LOGIN) return (url){STR("")};
    out to = {0};
    out_init(&to, 8192);
    OUT_LIT(&to, "/login?to=");
    out_percent(&to, page.s);
    url login = url_local(to.failed ? STR("/login") : arena_str(r->c->arena, out_get(&to)));
    out_drop(&to);
    return login;
}

void page_error(req *r, rc_code code)
{
    if (code <= OK || code >= RC_COUNT) code = E_INTERNAL;
    r->status = rc_status(code);
    view v;
    /* Without a database there is still a page: nobody's name on it. */
    viewer who = r->c->viewer;
    if (!r->c->db) r->c->viewer = (viewer){0, ROLE_GUEST};
    if (view_init(&v, r, NAV_NONE, error_title(code)) != OK) {
        struct db *d = r->c->db;
        r->c->db = NULL;
        r->c->viewer = (viewer){0, ROLE_GUEST};
        (void)view_init(&v, r, NAV_NONE, error_title(code));
        r->c->db = d;
    }
    v.refusal = NULL; /* the page itself says it */
    tpl_error_page(r->out, &v, r->status, error_title(code), error_sentence(r->c, code), onward(&v, code));
    r->c->viewer = who;
}
