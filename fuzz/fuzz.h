/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* For fuzz/targets/: each defines LLVMFuzzerTestOneInput, and CHECKs what must hold for every input. */
#ifndef VECHE_FUZZ_H
#define VECHE_FUZZ_H

#include "base/arena.h"
#include "base/log.h"

#define CHECK(what)                                 \
    do {                                            \
        if (!(what)) die("does not hold: %s", #what); \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input in memory of exactly its size, so that a read past its end is seen; never absent. */
static inline str fuzz_input(arena *a, const uint8_t *data, size_t size)
{
    char *copy = arena_alloc(a, size);
    if (size) memcpy(copy, data, size);
    return (str){copy, size};
}

#endif
