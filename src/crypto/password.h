/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Passwords: Argon2id (RFC 9106), 64 MiB, 3 passes, 1 lane, a random salt each; about a tenth of a second, so call from
 * the slow pool only. What is stored is the usual text "$argon2id$v=19$m=65536,t=3,p=1$salt$hash".
 *
 * Argon2's own memory goes back to the kernel when done. What was typed lies in the request's arena, which wipes itself; no
 * function here copies it. */
#ifndef VECHE_PASSWORD_H
#define VECHE_PASSWORD_H

#include "base/arena.h"
#include "base/rc.h"

#define PASSWORD_MAX_BYTES 1024

/* The text to store, in the arena. E_INVALID: empty, or longer than PASSWORD_MAX_BYTES. E_BUSY: no memory now. */
rc password_hash(arena *a, str typed, str *out);
/* Is it the one? With an absent `stored` (no such name) it works just as long, and says no. */
bool password_verify(str stored, str typed);
/* Was it stored with other parameters than today's? Then hash it again when the member next logs in. */
bool password_outdated(str stored);

#endif
