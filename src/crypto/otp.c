/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "crypto/otp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/log.h"

#define SHA1_BYTES 20

uint32_t otp_code(str secret, int64_t step)
{
    unsigned char counter[8], mac[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    for (int i = 0; i < 8; i++) counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    if (!HMAC(EVP_sha1(), secret.ptr, (int)secret.len, counter, sizeof counter, mac, &len) || len != SHA1_BYTES) die("no HMAC-SHA1");
    unsigned at = mac[SHA1_BYTES - 1] & 15u;
    uint32_t bits = (uint32_t)(mac[at] & 127) << 24 | (uint32_t)mac[at + 1] << 16 | (uint32_t)mac[at + 2] << 8 | mac[at + 3];
    explicit_bzero(mac, sizeof mac);
    return bits % 1000000;
}

int64_t otp_step(int64_t now_ms) { return now_ms / OTP_STEP_MS; }

int64_t otp_match(str secret, int64_t now_ms, uint32_t code, int64_t after)
{
    int64_t now = otp_step(now_ms), found = 0;
    for (int64_t step = now - 1; step <= now + 1; step++)
        if (otp_code(secret, step) == code && step > after && !found) found = step;
    return found;
}

bool otp_read(str typed, uint32_t *code)
{
    uint32_t value = 0;
    int digits = 0;
    for (size_t i = 0; i < typed.len; i++) {
        char c = typed.ptr[i];
        if (c == ' ') continue;
        if (c < '0' || c > '9' || ++digits > OTP_DIGITS) return false;
        value = value * 10 + (uint32_t)(c - '0');
    }
    *code = value;
    return digits == OTP_DIGITS;
}

/* ---- base32 ---- */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

str base32_encode(arena *a, str bytes)
{
    size_t len = bytes.len * 8 / 5;
    char *text = arena_alloc(a, len);
    uint32_t held = 0;
    int bits = 0;
    for (size_t i = 0, at = 0; i < bytes.len; i++) {
        held = (held << 8 | (unsigned char)bytes.ptr[i]) & 0xFFF;
        for (bits += 8; bits >= 5; bits -= 5) text[at++] = alphabet[held >> (bits - 5) & 31];
    }
    return (str){text, len};
}

static int digit_of(char c)
{
    if (c >= 'a' && c <= 'z') return c - 'a';
    if (c >= 'A' && c <= 'Z') return c - 'A';
    return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

bool base32_decode_exact(str text, void *bytes, size_t n)
{
    unsigned char *to = bytes;
    size_t len = 0;
    uint32_t held = 0;
    int bits = 0;
    bool sound = text.ptr && n % 5 == 0;
    for (size_t i = 0; sound && i < text.len; i++) {
        if (text.ptr[i] == ' ' || text.ptr[i] == '-') continue;
        int digit = digit_of(text.ptr[i]);
        held = (held << 5 | (uint32_t)(digit & 31)) & 0xFFF;
        bits += 5;
        sound = digit >= 0 && (bits < 8 || len < n);
        if (sound && bits >= 8) to[len++] = (unsigned char)(held >> (bits -= 8));
    }
    if (sound && len == n && bits == 0) return true;
    explicit_bzero(bytes, n);
    return false;
}
