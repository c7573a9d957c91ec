/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "../fuzz.h"
#include "base/out.h"
#include "base/utf8.h"
#include "http/path.h"

static void check_segments(str path)
{
    str rest = str_skip(path, 1);
    while (rest.ptr) {
        str segment = str_cut(&rest, '/');
        CHECK(segment.len > 0 || !rest.ptr);
        CHECK(!str_eq(segment, STR(".")) && !str_eq(segment, STR("..")));
    }
}

static void check_bytes(str path)
{
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.ptr[i];
        CHECK(c >= 0x20 && c != 0x7F && c != '\\' && c != '%');
    }
}

/* Encoded by us, segment by segment, it comes back as it was. */
static void check_round_trip(arena *a, str path)
{
    out o;
    out_init(&o, 3 * PATH_MAX_BYTES);
    str rest = str_skip(path, 1), again = STR_NONE;
    while (rest.ptr) {
        out_char(&o, '/');
        out_percent(&o, str_cut(&rest, '/'));
    }
    rc_code code = path_check(a, out_get(&o), &again);
    CHECK(code == OK || out_get(&o).len > PATH_MAX_BYTES);
    CHECK(code != OK || str_eq(again, path));
    out_drop(&o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena *a = arena_open();
    str raw = fuzz_input(a, data, size), path = STR_NONE;
    rc_code code = path_check(a, raw, &path);
    CHECK(code == OK || (code == E_NOT_FOUND && !path.ptr));
    if (code == OK) {
        CHECK(path.len <= raw.len && str_starts(path, STR("/")));
        CHECK(utf8_valid(path));
        check_bytes(path);
        check_segments(path);
        check_round_trip(a, path);
    }
    arena_close(a);
    return 0;
}
