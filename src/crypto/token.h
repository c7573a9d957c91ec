/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tokens, and what is done with them: text forms, digests, keyed MACs, comparison in constant time.
 *
 * A token is 256 random bits. Its text (43 characters of base64url) goes to the browser or into a letter; only the SHA-256 is
 * stored, so that a stolen database opens no session. */
#ifndef VECHE_TOKEN_H
#define VECHE_TOKEN_H

#include "base/arena.h"

#define TOKEN_BYTES 32
#define TOKEN_TEXT 43
#define SHA256_BYTES 32
#define MAC_BYTES 32

/* A new token's text, in the arena. */
str token_new(arena *a);

/* base64url without padding (RFC 4648 §5). Decoding is strict: one text for each run of bytes, no padding, no white space, and exactly
 * n bytes; on false they are wiped. */
str base64url_encode(arena *a, str bytes);
bool base64url_decode_exact(str text, void *bytes, size_t n);

/* Lower-case hex. Decoding takes either case. */
str hex_encode(arena *a, str bytes);
bool hex_decode_exact(str text, void *bytes, size_t n);

void sha256_bytes(str input, unsigned char out[SHA256_BYTES]);
/* The same, 32 bytes in the arena. */
str sha256_str(arena *a, str input);

/* BLAKE2b-256 with a key of 16 to 64 bytes (RFC 7693 §2.9): one for each page and each counted address, so it must be cheap.
 * Make the input unambiguous: fixed lengths, or a separator that no part contains. */
void mac_bytes(const void *key, size_t key_len, str input, unsigned char out[MAC_BYTES]);

/* In a time that depends on n alone. */
bool bytes_equal(const void *a, const void *b, size_t n);

#endif
