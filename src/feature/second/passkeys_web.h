/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Passkeys at the door and under /settings. */
#ifndef VECHE_PASSKEYS_WEB_H
#define VECHE_PASSKEYS_WEB_H

#include "feature/second/passkeys.h"
#include "feature/second/second_web.h"

extern const route passkey_routes[];

/* What the script needs for either ceremony; in the page's arena. */
typedef struct passkey_ask {
    bool possible;     /* browsers know passkeys for this site's address */
    str challenge, host;
    str known;         /* ids in base64url, with blanks between them: for the second step, or not to make one twice */
    str user;          /* who: base64url */
} passkey_ask;
/* For whoever opens a page after view_init, which made sure of a session to bind to. num: whose passkeys are asked for; 0: anybody's. */
rc passkey_ask_for(const view *v, int64_t num, passkey_ask *out);

#endif
