/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fragment: rendered pieces of pages, kept by what they were made from. A key names everything that the bytes depend on
 * (thing, its version, its people's versions, language, viewer's class, day), so nothing ever needs to be invalidated: what is
 * out of date is simply not asked for again. A fragment never decides who may see it: judging comes first, each time.
 * A web thread has one; on PostgreSQL several workers read for it at a time. */
#ifndef VECHE_FRAGMENT_H
#define VECHE_FRAGMENT_H

#include "base/out.h"

typedef struct fragment_cache fragment_cache;

/* What may be kept; a post has up to 7 and 16 to 23, acts up to 15: one for each class of viewers. */
enum fragment_shape { FRAGMENT_POST = 0, FRAGMENT_ACTS = 8, FRAGMENT_TOP = 24, FRAGMENT_SIDE = 25, FRAGMENT_BAR = 26, FRAGMENT_COMPOSER = 27 };

typedef struct fragment_key {
    int64_t id;
    uint32_t version, people, day;
    uint16_t shape; /* what kind of fragment, for which class of viewer */
    uint16_t lang;
} fragment_key;

/* `budget` bytes of fragments at most; as many places as fragments of a kilobyte have room in it. */
fragment_cache *fragment_cache_open(size_t budget);
void fragment_cache_close(fragment_cache *f);
/* Appends the fragment and returns true, or returns false. Any thread. */
bool fragment_write(fragment_cache *f, const fragment_key *key, out *o);
/* Keeps a copy of bytes. */
void fragment_keep(fragment_cache *f, const fragment_key *key, str bytes);
/* Keeps what was written to `o` since it had `before` bytes, if all of it was. */
void fragment_keep_since(fragment_cache *f, const fragment_key *key, const out *o, size_t before);
/* This key is asked for soon: lets the processor fetch its place meanwhile. */
void fragment_soon(const fragment_cache *f, const fragment_key *key);

#endif
