/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* arena: memory that is freed all at once. A function that takes `arena *` (or a ctx, which holds one) returns
 * memory that lives as long as the arena does not reset. Out of memory aborts: whoever asks has bounded the size first. */
#ifndef VECHE_ARENA_H
#define VECHE_ARENA_H

#include "base/str.h"

typedef struct arena arena;

arena *arena_open(void);
void arena_close(arena *a);
/* Frees everything given out so far, and wipes it: no password outlives its request. Keeps one block for the next use. */
void arena_reset(arena *a);
/* Zeroed, aligned for any type. Never NULL, not even for no bytes. */
void *arena_alloc(arena *a, size_t size);
/* n zeroed elements; aborts when n * size overflows. */
void *arena_array(arena *a, size_t n, size_t size);
#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_array((a), (n), sizeof(type)))

/* A copy of s in the arena; absent stays absent. */
str arena_str(arena *a, str s);
/* A NUL-terminated copy, for C interfaces. */
char *arena_cstr(arena *a, str s);
/* s, t and u one behind the other: where speed counts, printf is ten times as slow. */
str arena_cat(arena *a, str s, str t, str u);
/* printf into the arena. */
str arena_printf(arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3), nonnull(2)));
/* Bytes handed out since the last reset: for tests and the admin page. */
size_t arena_used(const arena *a);

#endif
