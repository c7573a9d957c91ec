/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The public address as the owner types it. Forms are let in by comparing it with the browser's Origin header to the byte, so
 * what is accepted must be exactly what a browser would send (RFC 6454 §6.2). */
#include "../fuzz.h"
#include "feature/setup/setup.h"

static void check_port(str port, bool https)
{
    int64_t n = 0;
    CHECK(str_int(port, &n) && n >= 1 && n <= 65535);
    CHECK(port.ptr[0] != '0'); /* a browser writes 80, not 080 */
    CHECK(n != (https ? 443 : 80)); /* and leaves out what goes without saying */
}

static void check_host(str host)
{
    CHECK(host.len > 0);
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        CHECK((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena *a = arena_open();
    str typed = fuzz_input(a, data, size), origin = STR_NONE, host = STR_NONE, again, host_again;
    rc_code code = setup_origin_parse(a, typed, &origin, &host);
    CHECK(code == OK || code == E_INVALID);
    if (code == OK) {
        bool https = str_starts(origin, STR("https://"));
        CHECK(https || str_starts(origin, STR("http://")));
        CHECK(str_eq(str_skip(origin, https ? 8 : 7), host));
        CHECK(host.len <= 240); /* fits site.host */
        size_t colon = str_find(host, ':');
        check_host(str_take(host, colon));
        if (colon < host.len) check_port(str_skip(host, colon + 1), https);
        CHECK(setup_origin_parse(a, origin, &again, &host_again) == OK);
        CHECK(str_eq(again, origin) && str_eq(host_again, host));
    }
    arena_close(a);
    return 0;
}
