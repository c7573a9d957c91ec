/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VECHE_ACCOUNT_WEB_H
#define VECHE_ACCOUNT_WEB_H

#include "feature/account/account.h"
#include "page/view.h"

extern const route account_routes[];

/* A device's label for the list of sessions: the browser's family and system, never the whole header. */
str account_device_label(req *r);
/* Gives the browser a session that account_session_open has opened, and what shows later that this device is known. */
void account_give_session(req *r, int64_t num, str token, bool keep);

/* Another token for the session that asks, which lasts as long: begun in prepare, account_session_rotate'd to in the act, given in
 * show, where what follows belongs to the new one. */
typedef struct account_renewal {
    str token, hash;
    int64_t cookie_s; /* 0: until the browser closes */
} account_renewal;
rc account_renewal_begin(req *r, account_renewal *out);
void account_renewal_give(req *r, const account_renewal *n);

/* For the server: who asks? Reads the session cookie; a guest's session is the hash of the guest cookie. */
rc account_identify(req *r);
/* r->session as a member's cookie claims it, without asking the database; empty for all others. */
void account_claims(req *r);

/* The form fields of a new account, checked and ready for account_create but for the password, which is hashed in the
 * slow stage, and the role: sign-up and set-up share them. */
typedef struct signup_form {
    new_member who;
    str typed, token, invitation;
    int64_t num; /* since the act */
} signup_form;
rc signup_read(req *r, signup_form *f);
/* What the page for joining shows. */
typedef struct join_view {
    str invitation;
    bool invited; /* by an invitation that is not over */
    person inviter;
    bool closed, by_invitation; /* nobody may join; whoever has a code may, and this one has none */
    bool befriend, ticked;      /* the invitation offers a friendship; the box is ticked */
} join_view;

/* Hashes the typed password: for the slow stage. */
rc signup_hash(req *r, signup_form *f);

#endif
