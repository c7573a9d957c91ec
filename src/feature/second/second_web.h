/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pages of the second factor, and the step of a log-in between the password and the session. */
#ifndef VECHE_SECOND_WEB_H
#define VECHE_SECOND_WEB_H

#include "feature/account/account_web.h"
#include "feature/second/second.h"
#include "page/qr.h"
#include "page/view.h"

extern const route second_routes[];

/* ---- a log-in that waits ----
 *
 * It is a ticket in a cookie: bound to the guest's cookie, good for TICKET_MS, for one log-in, and only until the member's sessions
 * are ended or the password is changed (account_epoch). Nothing of it is stored, and it opens nothing. */
typedef struct second_pending {
    int64_t num, epoch;
    int64_t keep;
} second_pending;

/* Does this member's password need a second step? Then *out says so; else its num is 0. Inside the act of the log-in. */
rc second_pending_begin(ctx *c, int64_t num, bool keep, second_pending *out);
/* Leads to the second step, and from there to `to`. */
rc second_pending_show(req *r, const second_pending *p, url to);
/* The log-in of this browser that waits; E_LOGIN with its sentence when there is none. */
rc second_pending_read(req *r, second_pending *out);
/* Is it still good, and its member still here? Inside the act that ends it; E_LOGIN. Marks it as used when `spend`. */
rc second_pending_check(req *r, const second_pending *p, bool spend);

/* ---- who asks, once more ----
 *
 * Factors are changed by whoever has logged in within the last five minutes, or types the password again. */
typedef struct second_proof {
    bool recent;
    str stored, typed;
} second_proof;

/* Somebody has just shown who they are, in the session with this hash. */
void second_recent_give(req *r, str hash);
bool second_recent(const req *r);
/* In prepare, slow and act; `always`: a recent log-in is not enough. The field is "password". */
rc second_proof_begin(req *r, second_proof *p, bool always);
rc second_proof_slow(req *r, const second_proof *p);
rc second_proof_act(req *r, const second_proof *p);

/* ---- for the templates ---- */

typedef struct second_setup_view {
    qr qr;
    str secret, spaced; /* as the form carries it, and in groups of four */
    bool recent;
} second_setup_view;
typedef struct second_code_list { const str *items; size_t len; } second_code_list;

#endif
