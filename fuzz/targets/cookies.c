/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The input: a name, a line end, and then a Cookie header, which also serves as a value to be written. */
#include "../fuzz.h"
#include "http/cookies.h"

static bool is_harmless(str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c <= ' ' || c >= 0x7F || c == ';' || c == ',' || c == '"' || c == '\\') return false;
    }
    return true;
}

static void check_find(str header, str name)
{
    str value = cookie_find(header, name);
    if (!value.ptr) return;
    CHECK(is_harmless(value));
    CHECK(value.ptr >= header.ptr && value.ptr + value.len <= header.ptr + header.len);
    CHECK(header.len > name.len);
}

static void check_write(arena *a, str name, str value, bool secure)
{
    str line = cookie_write(a, name, value, secure ? 60 : -1, secure);
    if (!line.ptr) return;
    CHECK(is_harmless(name) && is_harmless(value));
    CHECK(str_starts(line, name));
    CHECK(str_ends(line, secure ? STR("; HttpOnly; SameSite=Lax; Secure") : STR("; HttpOnly; SameSite=Lax")));
    CHECK(str_find(line, '\n') == line.len && str_find(line, '\r') == line.len);
    size_t attributes = 0;
    for (str rest = line; rest.ptr; attributes++) (void)str_cut(&rest, ';');
    CHECK(attributes == (secure ? 6 : 5)); /* what was written brought none of its own */
    CHECK(str_eq(cookie_find(line, name), value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena *a = arena_open();
    str header = fuzz_input(a, data, size), name = str_cut(&header, '\n');
    check_find(header, name);
    check_find(header, STR("__Host-veche_session"));
    check_write(a, name, header, false);
    check_write(a, name, header, true);
    arena_close(a);
    return 0;
}
