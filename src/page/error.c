/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "page/error.h"

#include "layout.tpl.h"
#include "page/view.h"

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
    str typed = r->method == POST ? req_field(r, "text") : STR_NONE;
    tpl_error_page(r->out, &v, r->status, error_title(code), error_sentence(r->c, code), typed);
    r->c->viewer = who;
}
