/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tickets: short-lived promises of ours that the browser carries and nothing stores, signed with the server's key.
 *
 *     body | until, ms | 16 random bytes | MAC over (use, session, all of it)
 *
 * Each is bound to what it is for and to the session it was given in (a guest's cookie, or a log-in's token), so it is worth nothing
 * elsewhere. What is good once is spent in the act that it allows: the row stays until the ticket would be over anyway. */
#ifndef VECHE_TICKET_H
#define VECHE_TICKET_H

#include "base/ctx.h"
#include "http/site.h"

typedef enum ticket_use {
    TICKET_PENDING = 1, /* the password was right, the second step is still to come */
    TICKET_RECENT,      /* somebody has just shown who they are */
    TICKET_CHALLENGE,   /* what a passkey signs */
} ticket_use;

#define TICKET_MS (5 * INT64_C(60000))
#define TICKET_BODY_MAX 32

/* A ticket that carries `body` (at most TICKET_BODY_MAX bytes) and is good for TICKET_MS from now on; base64url, in the arena. */
str ticket_new(arena *a, const site *site, ticket_use use, str session, str body, int64_t now);
/* Did we give it, for this use and session, and is it still good? Then its body of exactly n bytes. */
bool ticket_read(const site *site, ticket_use use, str session, str text, int64_t now, void *body, size_t n);

/* Uses a ticket up, on behalf of this member. Inside an act. E_GONE: it was used before. */
rc ticket_spend(ctx *c, int64_t num, str text);
/* Was it? E_GONE: yes. Uses nothing up. */
rc ticket_unspent(ctx *c, int64_t num, str text);

#endif
