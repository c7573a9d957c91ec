/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Signatures by other people's keys: verified, never made. ECDSA and RSA by OpenSSL, Ed25519 by libsodium. Whatever is wrong with a
 * key or a signature, the answer is no. */
#ifndef VECHE_SIGNATURE_H
#define VECHE_SIGNATURE_H

#include "base/str.h"

/* ECDSA over P-256 with SHA-256; the signature in DER (SEC 1 §C.8). x and y have 32 bytes. */
bool signature_es256(str x, str y, str message, str signature);
/* Ed25519 (RFC 8032): the key has 32 bytes, the signature 64. */
bool signature_ed25519(str key, str message, str signature);
/* RSA, PKCS #1 v1.5 with SHA-256 (RFC 8017 §8.2); a modulus of 2048 to 4096 bits. */
bool signature_rs256(str n, str e, str message, str signature);

/* Could these verify anything? A point on the curve; sizes within the bounds. */
bool signature_es256_key(str x, str y);
bool signature_ed25519_key(str key);
bool signature_rs256_key(str n, str e);

#endif
