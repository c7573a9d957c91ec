/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/second/webauthn.h"

#include "crypto/signature.h"
#include "crypto/token.h"
#include "feature/second/cbor.h"
#include "feature/second/client_data.h"

/* ---- authenticator data (§6.1) ---- */

#define FLAG_PRESENT 0x01u
#define FLAG_VERIFIED 0x04u
#define FLAG_KEY 0x40u
#define FLAG_MORE 0x80u
#define HEAD 37 /* hash of the rpId, flags, counter */
#define AAGUID 16

typedef struct auth_data {
    str host_hash, id, key;
    unsigned flags;
    uint32_t count;
} auth_data;

static unsigned byte_at(str s, size_t i) { return (unsigned char)s.ptr[i]; }

static bool read_key(str *rest, auth_data *out)
{
    if (rest->len < AAGUID + 2) return false;
    size_t n = byte_at(*rest, AAGUID) << 8 | byte_at(*rest, AAGUID + 1);
    *rest = str_skip(*rest, AAGUID + 2);
    if (n == 0 || n > WEBAUTHN_ID_MAX || n > rest->len) return false;
    out->id = str_take(*rest, n);
    *rest = str_skip(*rest, n);
    out->key = *rest;
    if (!cbor_skip(rest)) return false;
    out->key.len -= rest->len;
    return out->key.len <= WEBAUTHN_KEY_MAX;
}

static bool read_data(str data, auth_data *out)
{
    *out = (auth_data){0};
    if (data.len < HEAD || data.len > WEBAUTHN_DATA_MAX) return false;
    out->host_hash = str_take(data, SHA256_BYTES);
    out->flags = byte_at(data, 32);
    out->count = (uint32_t)byte_at(data, 33) << 24 | byte_at(data, 34) << 16 | byte_at(data, 35) << 8 | byte_at(data, 36);
    str rest = str_skip(data, HEAD);
    if (out->flags & FLAG_KEY && !read_key(&rest, out)) return false;
    if (out->flags & FLAG_MORE && !cbor_skip(&rest)) return false;
    return rest.len == 0;
}

/* ---- keys (RFC 9052 §7, RFC 9053 §7, RFC 8230 §4) ---- */

enum { ES256 = -7, EDDSA = -8, RS256 = -257 };

typedef struct cose_key {
    int64_t algorithm;
    str one, two; /* x and y; the key; n and e */
} cose_key;

static bool bytes_of_key(str map, int64_t label, str *out)
{
    cbor_item item;
    if (!cbor_number_key(map, label, &item) || item.kind != CBOR_BYTES) return false;
    *out = item.bytes;
    return true;
}

static bool number_is(str map, int64_t label, int64_t wanted)
{
    cbor_item item;
    return cbor_number_key(map, label, &item) && item.kind == CBOR_NUMBER && item.number == wanted;
}

static bool read_cose(str map, cose_key *out)
{
    cbor_item algorithm;
    *out = (cose_key){0};
    if (!cbor_number_key(map, 3, &algorithm) || algorithm.kind != CBOR_NUMBER) return false;
    out->algorithm = algorithm.number;
    switch (out->algorithm) {
    case ES256:
        return number_is(map, 1, 2) && number_is(map, -1, 1) && bytes_of_key(map, -2, &out->one) && bytes_of_key(map, -3, &out->two) &&
               signature_es256_key(out->one, out->two);
    case EDDSA: return number_is(map, 1, 1) && number_is(map, -1, 6) && bytes_of_key(map, -2, &out->one) && signature_ed25519_key(out->one);
    case RS256:
        return number_is(map, 1, 3) && bytes_of_key(map, -1, &out->one) && bytes_of_key(map, -2, &out->two) &&
               signature_rs256_key(out->one, out->two);
    default: return false;
    }
}

static bool signed_by(const cose_key *k, str message, str signature)
{
    switch (k->algorithm) {
    case ES256: return signature_es256(k->one, k->two, message, signature);
    case EDDSA: return signature_ed25519(k->one, message, signature);
    case RS256: return signature_rs256(k->one, k->two, message, signature);
    default: return false;
    }
}

/* ---- the two ceremonies ---- */

str webauthn_challenge(arena *a, str client)
{
    client_data said;
    return client_data_read(a, client, &said) ? said.challenge : STR_NONE;
}

static webauthn_fault check_client(arena *a, const webauthn_asked *asked, str client, str type)
{
    client_data said;
    if (!client_data_read(a, client, &said)) return WEBAUTHN_MALFORMED;
    if (!str_eq(said.type, type)) return WEBAUTHN_TYPE;
    if (!asked->challenge.len || !str_eq(said.challenge, asked->challenge)) return WEBAUTHN_CHALLENGE;
    return str_eq(said.origin, asked->origin) && !said.cross_origin ? WEBAUTHN_FINE : WEBAUTHN_ORIGIN;
}

static webauthn_fault check_data(arena *a, const webauthn_asked *asked, const auth_data *d)
{
    if (!str_eq(d->host_hash, sha256_str(a, asked->rp_id))) return WEBAUTHN_HOST;
    return d->flags & FLAG_PRESENT ? WEBAUTHN_FINE : WEBAUTHN_ABSENT;
}

webauthn_fault webauthn_register(arena *a, const webauthn_asked *asked, str client, str attestation, webauthn_made *out)
{
    cbor_item data, format;
    auth_data d;
    cose_key key;
    str whole = attestation;
    webauthn_fault fault = check_client(a, asked, client, STR("webauthn.create"));
    if (fault) return fault;
    if (attestation.len > WEBAUTHN_DATA_MAX || !cbor_skip(&whole) || whole.len) return WEBAUTHN_MALFORMED;
    if (!cbor_text_key(attestation, STR("fmt"), &format) || format.kind != CBOR_TEXT) return WEBAUTHN_MALFORMED;
    if (!cbor_text_key(attestation, STR("authData"), &data) || data.kind != CBOR_BYTES) return WEBAUTHN_MALFORMED;
    if (!read_data(data.bytes, &d) || !d.id.len) return WEBAUTHN_MALFORMED;
    fault = check_data(a, asked, &d);
    if (fault) return fault;
    if (!read_cose(d.key, &key)) return WEBAUTHN_ALGORITHM;
    *out = (webauthn_made){d.id, d.key, d.count, (d.flags & FLAG_VERIFIED) != 0};
    return WEBAUTHN_FINE;
}

webauthn_fault webauthn_login(arena *a, const webauthn_asked *asked, str key, str client, str data, str signature, webauthn_shown *out)
{
    auth_data d;
    cose_key k;
    webauthn_fault fault = check_client(a, asked, client, STR("webauthn.get"));
    if (fault) return fault;
    if (!read_data(data, &d)) return WEBAUTHN_MALFORMED;
    fault = check_data(a, asked, &d);
    if (fault) return fault;
    if (!read_cose(key, &k)) return WEBAUTHN_ALGORITHM;
    if (!signed_by(&k, arena_cat(a, data, sha256_str(a, client), STR("")), signature)) return WEBAUTHN_SIGNATURE;
    *out = (webauthn_shown){d.count, (d.flags & FLAG_VERIFIED) != 0};
    return WEBAUTHN_FINE;
}
