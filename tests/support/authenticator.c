/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "support/authenticator.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/log.h"
#include "base/out.h"
#include "crypto/random.h"
#include "crypto/token.h"

#define ID_BYTES 16

struct device {
    device_kind kind;
    EVP_PKEY *key;
    char id[ID_BYTES];
};

device *device_open(arena *a, device_kind kind)
{
    device *d = ARENA_NEW(a, device);
    d->kind = kind;
    random_bytes(d->id, sizeof d->id);
    if (kind == DEVICE_EDDSA) d->key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    else if (kind == DEVICE_RS256) d->key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    else d->key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", kind == DEVICE_ES384 ? "P-384" : "P-256");
    if (!d->key) die("no key");
    return d;
}

void device_close(device *d) { EVP_PKEY_free(d->key); }

/* ---- CBOR, written ---- */

static void put_head(out *o, unsigned major, uint64_t n)
{
    if (n < 24) out_char(o, (char)(major << 5 | n));
    else if (n < 256) out_char(o, (char)(major << 5 | 24)), out_char(o, (char)n);
    else out_char(o, (char)(major << 5 | 25)), out_char(o, (char)(n >> 8)), out_char(o, (char)n);
}

static void put_number(out *o, int64_t n) { put_head(o, n < 0, (uint64_t)(n < 0 ? -1 - n : n)); }

static void put_bytes(out *o, int64_t label, const void *bytes, size_t len)
{
    put_number(o, label);
    put_head(o, 2, len);
    out_bytes(o, bytes, len);
}

static void put_text(out *o, str s)
{
    put_head(o, 3, s.len);
    out_str(o, s);
}

static size_t number_of(const device *d, const char *name, unsigned char *to, size_t most)
{
    BIGNUM *n = NULL;
    if (EVP_PKEY_get_bn_param(d->key, name, &n) != 1 || (size_t)BN_num_bytes(n) > most) die("no %s", name);
    size_t len = (size_t)BN_bn2bin(n, to);
    BN_free(n);
    return len;
}

static void put_point(out *o, const device *d)
{
    unsigned char point[97];
    size_t len = 0;
    if (EVP_PKEY_get_octet_string_param(d->key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len) != 1) die("no point");
    size_t side = (len - 1) / 2;
    put_bytes(o, -2, point + 1, side);
    put_bytes(o, -3, point + 1 + side, side);
}

static void put_key(out *o, const device *d)
{
    unsigned char bytes[512];
    size_t len = sizeof bytes;
    bool curve = d->kind != DEVICE_EDDSA && d->kind != DEVICE_RS256;
    put_head(o, 5, curve ? 5 : 4);
    put_number(o, 1), put_number(o, curve ? 2 : d->kind == DEVICE_EDDSA ? 1 : 3);
    put_number(o, 3), put_number(o, d->kind);
    if (curve) {
        put_number(o, -1), put_number(o, d->kind == DEVICE_ES384 ? 2 : 1);
        put_point(o, d);
    } else if (d->kind == DEVICE_EDDSA) {
        if (EVP_PKEY_get_raw_public_key(d->key, bytes, &len) != 1) die("no key");
        put_number(o, -1), put_number(o, 6);
        put_bytes(o, -2, bytes, len);
    } else {
        put_bytes(o, -1, bytes, number_of(d, OSSL_PKEY_PARAM_RSA_N, bytes, sizeof bytes));
        put_bytes(o, -2, bytes, number_of(d, OSSL_PKEY_PARAM_RSA_E, bytes, sizeof bytes));
    }
}

/* ---- the ceremonies ---- */

static str client_of(arena *a, const device_asked *asked)
{
    return arena_printf(a, "{\"type\":\"%.*s\",\"challenge\":\"%.*s\",\"origin\":\"%.*s\",\"crossOrigin\":false}", STR_ARG(asked->type),
                        STR_ARG(asked->challenge), STR_ARG(asked->origin));
}

static void put_data(arena *a, out *o, const device_asked *asked, unsigned more)
{
    out_str(o, sha256_str(a, asked->host));
    out_char(o, (char)(asked->flags | more));
    for (int i = 24; i >= 0; i -= 8) out_char(o, (char)(asked->count >> i));
}

static str finish(arena *a, out *o)
{
    str all = arena_str(a, out_get(o));
    out_drop(o);
    return all;
}

device_said device_make(arena *a, device *d, const device_asked *asked)
{
    out o;
    out_init(&o, 4096);
    put_data(a, &o, asked, 0x40);
    for (int i = 0; i < 16; i++) out_char(&o, 0);
    out_char(&o, 0), out_char(&o, ID_BYTES);
    out_bytes(&o, d->id, ID_BYTES);
    put_key(&o, d);
    str data = finish(a, &o);
    out_init(&o, 4096);
    put_head(&o, 5, 3);
    put_text(&o, STR("fmt")), put_text(&o, STR("none"));
    put_text(&o, STR("attStmt")), put_head(&o, 5, 0);
    put_text(&o, STR("authData")), put_head(&o, 2, data.len), out_str(&o, data);
    return (device_said){.id = {d->id, ID_BYTES}, .client = client_of(a, asked), .attestation = finish(a, &o), .data = data};
}

device_said device_sign(arena *a, device *d, const device_asked *asked)
{
    out o;
    unsigned char signature[512];
    size_t len = sizeof signature;
    device_said said = {.id = {d->id, ID_BYTES}, .client = client_of(a, asked)};
    out_init(&o, 4096);
    put_data(a, &o, asked, 0);
    said.data = finish(a, &o);
    str message = arena_cat(a, said.data, sha256_str(a, said.client), STR(""));
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    if (EVP_DigestSignInit(c, NULL, d->kind == DEVICE_EDDSA ? NULL : EVP_sha256(), NULL, d->key) != 1 ||
        EVP_DigestSign(c, signature, &len, (const unsigned char *)message.ptr, message.len) != 1)
        die("no signature");
    EVP_MD_CTX_free(c);
    said.signature = arena_str(a, (str){(const char *)signature, len});
    return said;
}
