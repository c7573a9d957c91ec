/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "crypto/token.h"

#include <sodium.h>

#include "base/log.h"
#include "crypto/random.h"
#include "crypto/sodium_start.h"

#define BASE64URL sodium_base64_VARIANT_URLSAFE_NO_PADDING

str token_new(arena *a)
{
    unsigned char bytes[TOKEN_BYTES];
    random_bytes(bytes, sizeof bytes);
    str text = base64url_encode(a, (str){(const char *)bytes, sizeof bytes});
    sodium_memzero(bytes, sizeof bytes);
    return text;
}

static const unsigned char *bytes_of(str s) { return (const unsigned char *)(s.ptr ? s.ptr : ""); }

str base64url_encode(arena *a, str bytes)
{
    size_t room = sodium_base64_encoded_len(bytes.len, BASE64URL); /* with the NUL */
    char *text = arena_alloc(a, room);
    sodium_bin2base64(text, room, bytes_of(bytes), bytes.len, BASE64URL);
    return str_of(text);
}

bool base64url_decode_exact(str text, void *bytes, size_t n)
{
    size_t len = 0;
    /* Without an end pointer, libsodium refuses what it could not read to the last character. */
    if (text.ptr && sodium_base642bin(bytes, n, text.ptr, text.len, NULL, &len, NULL, BASE64URL) == 0 && len == n) return true;
    sodium_memzero(bytes, n);
    return false;
}

str hex_encode(arena *a, str bytes)
{
    size_t room = bytes.len * 2 + 1;
    char *text = arena_alloc(a, room);
    sodium_bin2hex(text, room, bytes_of(bytes), bytes.len);
    return (str){text, bytes.len * 2};
}

bool hex_decode_exact(str text, void *bytes, size_t n)
{
    size_t len = 0;
    if (text.ptr && sodium_hex2bin(bytes, n, text.ptr, text.len, NULL, &len, NULL) == 0 && len == n) return true;
    sodium_memzero(bytes, n);
    return false;
}

void sha256_bytes(str input, unsigned char out[SHA256_BYTES]) { crypto_hash_sha256(out, bytes_of(input), input.len); }

str sha256_str(arena *a, str input)
{
    unsigned char *digest = arena_alloc(a, SHA256_BYTES);
    sha256_bytes(input, digest);
    return (str){(const char *)digest, SHA256_BYTES};
}

void mac_bytes(const void *key, size_t key_len, str input, unsigned char out[MAC_BYTES])
{
    if (crypto_generichash(out, MAC_BYTES, bytes_of(input), input.len, key, key_len) != 0) die("a MAC's key of %zu bytes", key_len);
}

bool bytes_equal(const void *a, const void *b, size_t n)
{
    sodium_start();
    return sodium_memcmp(a, b, n) == 0;
}
