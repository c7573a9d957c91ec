/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One-time codes (RFC 4226, RFC 6238) and the base32 (RFC 4648 §6) in which secrets are typed. SHA-1 is what every app knows; as a
 * MAC it is sound. */
#ifndef VECHE_OTP_H
#define VECHE_OTP_H

#include "base/arena.h"

#define OTP_DIGITS 6
#define OTP_STEP_MS INT64_C(30000)

/* The code of one step: 0 to 999999. */
uint32_t otp_code(str secret, int64_t step);
/* The step of a moment. */
int64_t otp_step(int64_t now_ms);
/* The step from the one before now's to the one after it, later than `after`, whose code this is; 0: none. */
int64_t otp_match(str secret, int64_t now_ms, uint32_t code, int64_t after);
/* What somebody typed: six digits, with blanks wherever they like. False: something else. */
bool otp_read(str typed, uint32_t *code);

/* Upper case, without padding: for lengths that are multiples of 5 nothing is lost. In the arena. */
str base32_encode(arena *a, str bytes);
/* Either case, blanks and hyphens anywhere; exactly n bytes, n a multiple of 5. On false the bytes are wiped. */
bool base32_decode_exact(str text, void *bytes, size_t n);

#endif
