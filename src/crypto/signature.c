/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "crypto/signature.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <sodium.h>
#include <string.h>

#include "crypto/sodium_start.h"

#define COORDINATE 32
#define RSA_LEAST 256 /* bytes */
#define RSA_MOST 512

static const unsigned char *bytes_of(str s) { return (const unsigned char *)(s.ptr ? s.ptr : ""); }

/* A public key of these parameters, or NULL; OpenSSL refuses a point that is not on its curve. */
static EVP_PKEY *key_from(const char *type, OSSL_PARAM *params)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *maker = params ? EVP_PKEY_CTX_new_from_name(NULL, type, NULL) : NULL;
    if (!maker || EVP_PKEY_fromdata_init(maker) != 1 || EVP_PKEY_fromdata(maker, &key, EVP_PKEY_PUBLIC_KEY, params) != 1) key = NULL;
    EVP_PKEY_CTX_free(maker);
    return key;
}

static EVP_PKEY *es256_key(str x, str y)
{
    unsigned char point[1 + 2 * COORDINATE] = {4};
    char group[] = "prime256v1";
    if (x.len != COORDINATE || y.len != COORDINATE) return NULL;
    memcpy(point + 1, x.ptr, COORDINATE);
    memcpy(point + 1 + COORDINATE, y.ptr, COORDINATE);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                           OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point), OSSL_PARAM_construct_end()};
    return key_from("EC", params);
}

static EVP_PKEY *rs256_key(str n, str e)
{
    if (n.len < RSA_LEAST || n.len > RSA_MOST || n.ptr[0] == 0 || e.len == 0 || e.len > 4) return NULL;
    BIGNUM *modulus = BN_bin2bn(bytes_of(n), (int)n.len, NULL), *exponent = BN_bin2bn(bytes_of(e), (int)e.len, NULL);
    OSSL_PARAM_BLD *list = OSSL_PARAM_BLD_new();
    bool fine = modulus && exponent && list && BN_is_odd(modulus) && BN_is_odd(exponent) && !BN_is_one(exponent) &&
                OSSL_PARAM_BLD_push_BN(list, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
                OSSL_PARAM_BLD_push_BN(list, OSSL_PKEY_PARAM_RSA_E, exponent) == 1;
    OSSL_PARAM *params = fine ? OSSL_PARAM_BLD_to_param(list) : NULL;
    EVP_PKEY *key = key_from("RSA", params);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(list);
    BN_free(exponent);
    BN_free(modulus);
    return key;
}

/* RSA's padding is PKCS #1 v1.5 unless something else is asked for. Frees the key. */
static bool verify(EVP_PKEY *key, str message, str signature)
{
    EVP_MD_CTX *c = key ? EVP_MD_CTX_new() : NULL;
    bool right = c && EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, key) == 1 &&
                 EVP_DigestVerify(c, bytes_of(signature), signature.len, bytes_of(message), message.len) == 1;
    EVP_MD_CTX_free(c);
    EVP_PKEY_free(key);
    return right;
}

static bool sound(EVP_PKEY *key)
{
    EVP_PKEY_free(key);
    return key != NULL;
}

bool signature_es256(str x, str y, str message, str signature) { return verify(es256_key(x, y), message, signature); }
bool signature_rs256(str n, str e, str message, str signature) { return verify(rs256_key(n, e), message, signature); }
bool signature_es256_key(str x, str y) { return sound(es256_key(x, y)); }
bool signature_rs256_key(str n, str e) { return sound(rs256_key(n, e)); }
bool signature_ed25519_key(str key)
{
    sodium_start();
    return key.len == crypto_sign_PUBLICKEYBYTES && crypto_core_ed25519_is_valid_point(bytes_of(key));
}

bool signature_ed25519(str key, str message, str signature)
{
    sodium_start();
    return key.len == crypto_sign_PUBLICKEYBYTES && signature.len == crypto_sign_BYTES &&
           crypto_sign_verify_detached(bytes_of(signature), bytes_of(message), message.len, bytes_of(key)) == 0;
}
