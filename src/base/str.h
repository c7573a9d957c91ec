/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* str: a borrowed run of bytes. Passed by value, never NUL-terminated, never freed through this type.
 * A str with ptr NULL is "absent" (SQL NULL, a missing field); a str with len 0 and ptr set is "empty". */
#ifndef VECHE_STR_H
#define VECHE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct str {
    const char *ptr;
    size_t len;
} str;

#define STR(literal) ((str){"" literal, sizeof(literal) - 1})
/* The same for static tables, where a compound literal is no constant: static const str x = STR_INIT("x"); */
#define STR_INIT(literal) {"" literal, sizeof(literal) - 1}
#define STR_NONE ((str){NULL, 0})

/* For printf: printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).len, ((s).ptr ? (s).ptr : "")

/* Borrows a C string; NULL gives an absent str. */
str str_of(const char *z);
/* Bytes only: absent and empty are equal. */
bool str_eq(str a, str b);
/* The same for tokens of protocols: A–Z count as a–z, other bytes as themselves. */
bool str_eq_any_case(str a, str b);
/* Bytewise order, like memcmp; a prefix sorts first. */
int str_cmp(str a, str b);
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
/* Index of the first byte c, or s.len. */
size_t str_find(str s, char c);
/* Without ASCII white space at both ends. */
str str_trim(str s);
/* s[from..], clamped to the end. */
str str_skip(str s, size_t from);
/* s[..n], clamped. */
str str_take(str s, size_t n);
/* Cuts *rest at the first `sep`: returns what stands before it, leaves what stands after it.
 * At the end *rest becomes absent, so `while (rest.ptr)` visits every piece, empty ones included. */
str str_cut(str *rest, char sep);
/* A whole decimal number, optional leading '-', nothing else; false on overflow, empty or foreign bytes
 * (then *out is untouched). */
bool str_int(str s, int64_t *out);
/* 64-bit FNV-1a; for tables, not for secrets. */
uint64_t str_hash(str s);

#endif
