/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is not written by us is refused; what is read is written the same again. */
#include "../fuzz.h"
#include "base/frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena *a = arena_open();
    str raw = fuzz_input(a, data, size);
    frame f;
    if (frame_read(raw, &f)) {
        unsigned char again[FRAME_BYTES];
        CHECK(raw.len == FRAME_BYTES && f.kind > 0 && f.kind < FRAME_KINDS && f.fd_count <= FRAME_FDS);
        frame_write(&f, again);
        CHECK(memcmp(again, raw.ptr, FRAME_BYTES) == 0);
    }
    /* Any bytes are the numbers of some frame. */
    frame made = {.kind = FRAME_READY, .fd_count = (int)(size % (FRAME_FDS + 1))};
    for (size_t i = 0; i < size && i < sizeof made.numbers; i++) ((unsigned char *)made.numbers)[i] = data[i];
    unsigned char bytes[FRAME_BYTES];
    frame_write(&made, bytes);
    CHECK(frame_read((str){(char *)bytes, sizeof bytes}, &f));
    CHECK(f.kind == made.kind && f.fd_count == made.fd_count && memcmp(f.numbers, made.numbers, sizeof f.numbers) == 0);
    arena_close(a);
    return 0;
}
