/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "page/error.h"

#include "layout.tpl.h"
#include "page/view.h"

/* Title and sentence for each rc; a sentence that the failure brought with it says more and wins. */
static const struct { enum lang_key title, what; } words[RC_COUNT] = {
    [E_SYNTAX] = {L_common_error_400_title, L_common_error_400},   [E_LOGIN] = {L_common_error_401_title, L_common_error_401},
    [E_DENIED] = {L_common_error_403_title, L_common_error_403},   [E_NOT_FOUND] = {L_common_error_404_title, L_common_error_404},
    [E_METHOD] = {L_common_error_405_title, L_common_error_405},   [E_CONFLICT] = {L_common_error_409_title, L_common_error_409},
    [E_GONE] = {L_common_error_410_title, L_common_error_410},     [E_TOO_LARGE] = {L_common_error_413_title, L_common_error_413},
    [E_TYPE] = {L_common_error_415_title, L_common_error_415},     [E_INVALID] = {L_common_error_422_title, L_common_error_422},
    [E_LIMIT] = {L_common_error_429_title, L_common_error_429},    [E_INTERNAL] = {L_common_error_500_title, L_common_error_500},
    [E_BUSY] = {L_common_error_503_title, L_common_error_503},     [E_FULL] = {L_common_error_507_title, L_common_error_507},
};

void page_error(req *r, rc_code code)
{
    if (code <= OK || code >= RC_COUNT) code = E_INTERNAL;
    r->status = rc_status(code);
    view v;
    /* Without a database there is still a page: nobody's name on it. */
    viewer who = r->c->viewer;
    if (!r->c->db) r->c->viewer = (viewer){0, ROLE_GUEST};
    if (view_init(&v, r, NAV_NONE, MSG(words[code].title)) != OK) {
        struct db *d = r->c->db;
        r->c->db = NULL;
        r->c->viewer = (viewer){0, ROLE_GUEST};
        (void)view_init(&v, r, NAV_NONE, MSG(words[code].title));
        r->c->db = d;
    }
    str typed = r->method == POST ? req_field(r, "text") : STR_NONE;
    msg own = r->c->err.sentence;
    tpl_error_page(r->out, &v, r->status, MSG(words[code].title), own.key != L_NONE ? own : MSG(words[code].what), typed);
    r->c->viewer = who;
}
