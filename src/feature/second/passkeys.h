/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Passkeys as they are stored. One logs in by itself, if its device asks who is there; where codes from an app are asked for, one does
 * instead of a code. */
#ifndef VECHE_PASSKEYS_H
#define VECHE_PASSKEYS_H

#include "base/ctx.h"
#include "feature/second/webauthn.h"
#include "http/site.h"

#define PASSKEYS_MAX 20
#define PASSKEY_TITLE_MAX 40

typedef struct passkey { int64_t ordinal, uses, created_day, last_day; str id, key, title; } passkey;
typedef struct passkey_list { passkey *items; size_t len; } passkey_list;

/* What a browser binds passkeys to: the site's host without its port. */
str passkey_host(const site *s);
/* Do browsers make passkeys for this site at all? Only for a name, over https or on the machine itself. */
bool passkey_possible(const site *s);

/* A member's, the oldest first. */
rc passkeys_of(ctx *c, int64_t num, passkey_list *out);
/* One of a member's; E_NOT_FOUND. */
rc passkey_find(ctx *c, int64_t num, str id, passkey *out);
/* Adds one to c->viewer's. Inside an act. E_CONFLICT: it is there already, or PASSKEYS_MAX are. */
rc passkey_add(ctx *c, const webauthn_made *made, str title);
/* It was used today, and its device counts `uses` by now. Inside an act. E_CONFLICT: it does not count on from what is stored, or was
 * used or removed meanwhile: a copy of it may be about. */
rc passkey_used(ctx *c, int64_t num, const passkey *p, int64_t uses);
/* Takes one from c->viewer's away, or all of a member's. Inside an act; one that is not there is none. */
rc passkey_remove(ctx *c, int64_t ordinal);
rc passkeys_drop(ctx *c, int64_t num, int64_t *dropped);

#endif
