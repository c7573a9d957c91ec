/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VECHE_ACCOUNT_WEB_H
#define VECHE_ACCOUNT_WEB_H

#include "feature/account/account.h"
#include "page/view.h"

extern const route account_routes[];

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
