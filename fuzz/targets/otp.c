/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The input: what somebody typed as a code, a recovery code or a key. */
#include "../fuzz.h"
#include "crypto/otp.h"

static void check_base32(arena *a, str typed, size_t n)
{
    unsigned char bytes[40] = {0};
    size_t digits = 0;
    if (!base32_decode_exact(typed, bytes, n)) {
        for (size_t i = 0; i < n; i++) CHECK(bytes[i] == 0);
        return;
    }
    for (size_t i = 0; i < typed.len; i++) digits += typed.ptr[i] != ' ' && typed.ptr[i] != '-';
    CHECK(digits * 5 == n * 8);
    str again = base32_encode(a, (str){(char *)bytes, n});
    CHECK(again.len == digits);
    for (size_t i = 0, at = 0; i < typed.len; i++) {
        char c = typed.ptr[i];
        if (c == ' ' || c == '-') continue;
        CHECK(again.ptr[at++] == (c >= 'a' && c <= 'z' ? c - 32 : c));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena *a = arena_open();
    uint32_t code = 0;
    str typed = fuzz_input(a, data, size);
    if (otp_read(typed, &code)) CHECK(code < 1000000 && typed.len >= OTP_DIGITS);
    check_base32(a, typed, 10);
    check_base32(a, typed, 20);
    arena_close(a);
    return 0;
}
