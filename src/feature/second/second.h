/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A second factor (FEATURES A3): an app that counts codes (TOTP, RFC 6238: SHA-1, six digits, half a minute), and recovery codes for
 * the day when its device is lost.
 *
 *     right password ── no app ──────────────────────────────▶ session
 *            └── app is on ── pending (a ticket, no session) ── code, recovery code or passkey ──▶ session
 *
 * A code is good from the half-minute before its own to the one after it, and once: the step that was taken last is stored, and none
 * at or before it is taken again. Wrong codes are counted in the database, so that many at once count as many: after SECOND_MISSES in an
 * hour of the clock no code of the app is looked at until the next. Recovery codes have 80 bits, which nobody guesses: they still work
 * then, so a stranger who knows the password cannot keep the member out. */
#ifndef VECHE_SECOND_H
#define VECHE_SECOND_H

#include "base/ctx.h"
#include "db/jobs.h"

#define SECOND_SECRET_BYTES 20
#define SECOND_SECRET_TEXT 32 /* in base32 */
#define SECOND_MISSES 10
#define RECOVERY_CODES 10
#define RECOVERY_BYTES 10

typedef struct second_state {
    bool app;          /* switched on: the password alone opens nothing */
    int64_t codes;     /* recovery codes that are left */
    int64_t passkeys;
} second_state;
rc second_get(ctx *c, int64_t num, second_state *out);

/* Fresh recovery codes. Outside of the act, which may run twice. */
typedef struct recovery_codes { unsigned char bytes[RECOVERY_CODES][RECOVERY_BYTES]; } recovery_codes;
void recovery_codes_new(recovery_codes *out);
/* One of them as it is shown and typed: "ABCD-EFGH-IJKL-MNOP", in the arena. */
str recovery_code_text(arena *a, const unsigned char code[RECOVERY_BYTES]);

/* Switches c->viewer's app on; `step` is that of the code with which they showed that it counts right. Inside an act. E_CONFLICT: one
 * is on already. */
rc second_app_on(ctx *c, str secret, int64_t step, const recovery_codes *codes);
/* Replaces c->viewer's recovery codes. Inside an act. E_CONFLICT: there is no app whose loss they could make up for. */
rc second_codes_renew(ctx *c, const recovery_codes *codes);
/* Switches a member's app off and forgets the recovery codes. Inside an act; without one nothing happens. */
rc second_app_off(ctx *c, int64_t num);

/* Takes everything away but the password; *had: there was something. Inside an act. */
rc second_all_off(ctx *c, int64_t num, bool *had);

typedef enum second_answer {
    SECOND_WRONG,     /* counted, unless it could only have been a recovery code */
    SECOND_LOCKED,    /* too many wrong ones in this hour: it was not looked at */
    SECOND_CODE,      /* of the app: used up */
    SECOND_RECOVERY,  /* a recovery code: used up */
} second_answer;
/* Judges what a member typed. Inside an act, which must be committed whatever the answer is, or wrong guesses would not count.
 * E_NOT_FOUND: no app is on. */
rc second_try(ctx *c, int64_t num, str typed, second_answer *out);

/* Takes spent tickets out of the database that are over by now, a slice at a time; repeats. */
extern const job_kind second_sweep;

#endif
