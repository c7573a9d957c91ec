/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* No byte past the end is read, and what is called fine keeps every limit. */
#include "../fuzz.h"
#include "media/sniff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena *a = arena_open();
    str file = fuzz_input(a, data, size);
    sniffed s;
    sniff_result result = picture_sniff(file, &s);
    CHECK((result == SNIFF_TYPE) == (s.kind == PICTURE_NONE));
    CHECK(picture_kind_of(str_take(file, 16)) == s.kind);
    CHECK(s.frames >= 0 && s.frames <= PICTURE_FRAMES_MAX + 1);
    if (result == SNIFF_FINE) {
        CHECK(s.width > 0 && s.width <= PICTURE_SIDE_MAX && s.height > 0 && s.height <= PICTURE_SIDE_MAX);
        CHECK(s.width * s.height <= PICTURE_PIXELS_MAX && s.frames > 0 && s.frames <= PICTURE_FRAMES_MAX);
        int64_t unpacked = s.width * s.height * s.pixel_bytes * s.frames;
        CHECK(unpacked <= PICTURE_RATIO_FREE || unpacked / PICTURE_RATIO_MAX <= (int64_t)file.len);
    }
    arena_close(a);
    return 0;
}
