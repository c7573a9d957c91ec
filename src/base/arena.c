/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A chain of blocks, filled one after the other. Blocks are zero when they come and zeroed when they go, instead of when
 * memory is handed out: that costs the same, and what a member typed does not stay behind for the next request.
 *
 *   first ──► block ──► block = last
 *   | used ▒▒▒▒▒▒ | used ▒▒▒▒▒ | used ▒▒▒ free |
 *
 * Under AddressSanitizer everything not handed out is poisoned, with a gap behind each piece, so that a run past its end is
 * reported as it would be with malloc. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>

#include "base/log.h"

#ifdef __SANITIZE_ADDRESS__
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(ptr, len) ASAN_POISON_MEMORY_REGION((ptr), (len))
#define UNPOISON(ptr, len) ASAN_UNPOISON_MEMORY_REGION((ptr), (len))
#define GAP 16
#else
#define POISON(ptr, len) ((void)(ptr), (void)(len))
#define UNPOISON(ptr, len) ((void)(ptr), (void)(len))
#define GAP 0
#endif

#define FIRST_BLOCK ((size_t)16 << 10)
#define GROWN_BLOCK ((size_t)1 << 20) /* blocks double up to this size */
#define ALIGN alignof(max_align_t)
#define LARGEST (SIZE_MAX / 4) /* so that the sums below cannot wrap */

typedef struct block {
    struct block *next;
    size_t size, used;
    alignas(max_align_t) unsigned char data[];
} block;

struct arena {
    block *first, *last;
    size_t given; /* bytes asked for since the last reset */
};

static block *block_open(size_t size)
{
    block *b = calloc(1, sizeof *b + size);
    if (!b) die("out of memory: %zu bytes", size);
    b->size = size;
    POISON(b->data, size);
    return b;
}

static void block_wipe(block *b)
{
    UNPOISON(b->data, b->size);
    explicit_bzero(b->data, b->used);
    b->used = 0;
}

static void blocks_free(block *b)
{
    while (b) {
        block *next = b->next;
        block_wipe(b);
        free(b);
        b = next;
    }
}

arena *arena_open(void)
{
    arena *a = calloc(1, sizeof *a);
    if (!a) die("out of memory");
    a->first = a->last = block_open(FIRST_BLOCK);
    return a;
}

void arena_close(arena *a)
{
    if (!a) return;
    blocks_free(a->first);
    free(a);
}

void arena_reset(arena *a)
{
    blocks_free(a->first->next);
    a->first->next = NULL;
    block_wipe(a->first);
    POISON(a->first->data, a->first->size);
    a->last = a->first;
    a->given = 0;
}

static block *arena_grow(arena *a, size_t need)
{
    size_t size = a->last->size < GROWN_BLOCK ? a->last->size * 2 : GROWN_BLOCK;
    block *b = block_open(size < need ? need : size);
    a->last->next = b;
    a->last = b;
    return b;
}

void *arena_alloc(arena *a, size_t size)
{
    if (size > LARGEST) die("out of memory: %zu bytes", size);
    size_t need = (size + ALIGN - 1) / ALIGN * ALIGN + GAP;
    if (need == 0) need = ALIGN; /* so that no two pieces share an address */
    block *b = a->last;
    if (b->size - b->used < need) b = arena_grow(a, need);
    void *piece = b->data + b->used;
    b->used += need;
    a->given += size;
    UNPOISON(piece, size);
    return piece;
}

void *arena_array(arena *a, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) die("out of memory: %zu times %zu bytes", n, size);
    return arena_alloc(a, bytes);
}

str arena_str(arena *a, str s)
{
    if (!s.ptr) return STR_NONE;
    char *copy = arena_alloc(a, s.len);
    memcpy(copy, s.ptr, s.len);
    return (str){copy, s.len};
}

char *arena_cstr(arena *a, str s)
{
    if (s.len > LARGEST) die("out of memory: %zu bytes", s.len);
    char *copy = arena_alloc(a, s.len + 1);
    if (s.len) memcpy(copy, s.ptr, s.len);
    return copy;
}

str arena_cat(arena *a, str s, str t, str u)
{
    size_t len = s.len + t.len + u.len;
    char *text = arena_alloc(a, len);
    if (s.len) memcpy(text, s.ptr, s.len);
    if (t.len) memcpy(text + s.len, t.ptr, t.len);
    if (u.len) memcpy(text + s.len + t.len, u.ptr, u.len);
    return (str){text, len};
}

/* Most texts are short: printed on the stack first, printf runs once. */
str arena_printf(arena *a, const char *fmt, ...)
{
    char first[256];
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(first, sizeof first, fmt, args);
    va_end(args);
    if (len < 0) die("cannot print \"%s\"", fmt);
    char *text = arena_alloc(a, (size_t)len + 1);
    if ((size_t)len < sizeof first) memcpy(text, first, (size_t)len + 1);
    else vsnprintf(text, (size_t)len + 1, fmt, again);
    va_end(again);
    explicit_bzero(first, (size_t)len < sizeof first ? (size_t)len : sizeof first);
    return (str){text, (size_t)len};
}

size_t arena_used(const arena *a) { return a->given; }
