/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/account/device.h"

#include <string.h>

#include "crypto/random.h"
#include "crypto/token.h"

#define NONCE 12
#define MAC 16

static void device_mac(const site *site, int64_t num, const unsigned char nonce[NONCE], unsigned char mac[MAC])
{
    /* Not as long as what other tokens are made of under this key. */
    static const char purpose[] = "known device";
    unsigned char input[sizeof purpose + sizeof num + NONCE], full[MAC_BYTES];
    memcpy(input, purpose, sizeof purpose);
    memcpy(input + sizeof purpose, &num, sizeof num);
    memcpy(input + sizeof purpose + sizeof num, nonce, NONCE);
    mac_bytes(site->key, sizeof site->key, (str){(char *)input, sizeof input}, full);
    memcpy(mac, full, MAC);
}

str device_new(arena *a, const site *site, int64_t num)
{
    unsigned char token[NONCE + MAC];
    random_bytes(token, NONCE);
    device_mac(site, num, token, token + NONCE);
    return base64url_encode(a, (str){(char *)token, sizeof token});
}

bool device_known(const site *site, int64_t num, str token)
{
    unsigned char given[NONCE + MAC], mac[MAC];
    if (!base64url_decode_exact(token, given, sizeof given)) return false;
    device_mac(site, num, given, mac);
    return bytes_equal(mac, given + NONCE, MAC);
}
