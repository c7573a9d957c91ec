/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "crypto/password.h"

#include <errno.h>
#include <sodium.h>

#include "base/log.h"
#include "crypto/sodium_start.h"

#define PASSES 3
#define MEMORY ((size_t)64 << 20)

/* Nobody's: for names that do not exist. It is only there to be worked on; a match would still be refused. */
static const char nobody[] =
    "$argon2id$v=19$m=65536,t=3,p=1$bm9ib2R5IGlzIGhlcmUuLg$dGhlcmUgaXMgbm8gcGFzc3dvcmQgZm9yIG5vYm9keS4";

static bool is_typable(str typed) { return typed.len > 0 && typed.len <= PASSWORD_MAX_BYTES; }

rc password_hash(arena *a, str typed, str *out)
{
    sodium_start();
    if (!is_typable(typed)) return E_INVALID;
    char *text = arena_alloc(a, crypto_pwhash_STRBYTES);
    if (crypto_pwhash_str_alg(text, typed.ptr, typed.len, PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0) return E_BUSY;
    *out = str_of(text);
    return OK;
}

/* libsodium wants a whole zero-filled buffer, whatever the text's length. */
static bool as_buffer(str stored, char buf[crypto_pwhash_STRBYTES])
{
    memset(buf, 0, crypto_pwhash_STRBYTES);
    if (!stored.ptr || stored.len >= crypto_pwhash_STRBYTES) return false;
    memcpy(buf, stored.ptr, stored.len);
    return true;
}

bool password_verify(str stored, str typed)
{
    sodium_start();
    if (!is_typable(typed)) return false;
    char buf[crypto_pwhash_STRBYTES];
    bool known = as_buffer(stored, buf);
    if (!known) memcpy(buf, nobody, sizeof nobody);
    errno = 0;
    bool right = crypto_pwhash_str_verify(buf, typed.ptr, typed.len) == 0;
    if (!right && errno == ENOMEM) log_error("no memory to verify a password: a log-in was refused");
    sodium_memzero(buf, sizeof buf);
    return right && known;
}

bool password_outdated(str stored)
{
    sodium_start();
    char buf[crypto_pwhash_STRBYTES];
    return as_buffer(stored, buf) && crypto_pwhash_str_needs_rehash(buf, PASSES, MEMORY) != 0;
}
