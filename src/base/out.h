/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* out: an append buffer with sticky failure. Whoever writes a page never checks; whoever sends it checks once.
 * The buffer belongs to the out and is reused from page to page; past `limit`, or out
 * of memory, nothing more is kept and `failed` is set. */
#ifndef VECHE_OUT_H
#define VECHE_OUT_H

#include "base/str.h"

typedef struct out {
    char *ptr;
    size_t len, cap, limit;
    bool failed;
} out;

#define OUT_LIMIT_PAGE ((size_t)4 << 20)

void out_init(out *o, size_t limit);
void out_drop(out *o);
/* Empties and wipes it and forgets the failure; keeps the memory, unless it has grown past 1 MiB. */
void out_reset(out *o);
/* What has been written so far; borrowed until the next write. */
str out_get(const out *o);

void out_bytes(out *o, const void *bytes, size_t len);
void out_str(out *o, str s);
void out_char(out *o, char c);
void out_int(out *o, int64_t v);
void out_uint(out *o, uint64_t v);
/* Appends len bytes for the caller to fill and returns them, or NULL when failed; borrowed until the next write. */
char *out_space(out *o, size_t len);
void out_printf(out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#define OUT_LIT(o, literal) out_bytes((o), "" literal, sizeof(literal) - 1)

/* & < > " ' become entities: right in text and in quoted attributes. */
void out_escape(out *o, str s);
/* Everything but RFC 3986 unreserved characters becomes %XX: one path segment or one query value. */
void out_percent(out *o, str s);
/* A JSON string with its quotes (RFC 8259 §7); `<` and U+2028/9 escaped as well. s is UTF-8; an absent one prints as "". */
void out_json(out *o, str s);

#endif
