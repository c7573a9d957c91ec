/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The input: one byte that says how much of the rest are client data; what follows is an attestation, authenticator data, or any CBOR.
 * A log-in that nobody signed must never be fine. */
#include "../fuzz.h"
#include "feature/second/cbor.h"
#include "feature/second/client_data.h"
#include "feature/second/webauthn.h"

static bool within(str part, str whole)
{
    return part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static void check_cbor(str bytes)
{
    cbor_item item = {0};
    str rest = bytes;
    if (cbor_skip(&rest)) CHECK(rest.len < bytes.len && within(rest, bytes));
    rest = bytes;
    if (cbor_head(&rest, &item)) CHECK(rest.len < bytes.len && within(item.bytes, bytes));
    if (cbor_text_key(bytes, STR("authData"), &item)) CHECK(within(item.bytes, bytes));
    if (cbor_number_key(bytes, -2, &item)) CHECK(within(item.bytes, bytes));
}

static void check_ceremonies(arena *a, str client, str rest)
{
    webauthn_made made;
    webauthn_shown shown;
    str challenge = webauthn_challenge(a, client);
    webauthn_asked asked = {challenge, STR("http://localhost:1"), STR("localhost")};
    if (webauthn_register(a, &asked, client, rest, &made) == WEBAUTHN_FINE) {
        CHECK(made.id.len > 0 && made.id.len <= WEBAUTHN_ID_MAX && within(made.id, rest));
        CHECK(made.key.len > 0 && made.key.len <= WEBAUTHN_KEY_MAX && within(made.key, rest));
    }
    CHECK(webauthn_login(a, &asked, rest, client, rest, rest, &shown) != WEBAUTHN_FINE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    arena *a = arena_open();
    client_data said;
    str all = fuzz_input(a, data + 1, size - 1);
    size_t cut = data[0] < all.len ? data[0] : all.len;
    str client = fuzz_input(a, (const uint8_t *)all.ptr, cut), rest = fuzz_input(a, (const uint8_t *)all.ptr + cut, all.len - cut);
    if (client_data_read(a, client, &said)) CHECK(said.type.ptr && said.challenge.ptr && said.origin.ptr);
    check_cbor(rest);
    check_ceremonies(a, client, rest);
    arena_close(a);
    return 0;
}
