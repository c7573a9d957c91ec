/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Sentences for members, in every language of lang/. tools/langc.py turns lang/<language>/<feature>.lang into the
 * enum lang_key (L_feature_key) and a table of segments per language; a key that a language lacks fails the build. */
#ifndef VECHE_LANG_H
#define VECHE_LANG_H

#include "base/out.h"
#include "lang_keys.h" /* generated: enum lang_key {L_NONE, …, L_COUNT} */

typedef enum lang { LANG_EN, LANG_RU, LANG_COUNT } lang;
typedef enum gender { GENDER_UNKNOWN, GENDER_FEMALE, GENDER_MALE } gender;

/* A sentence with its arguments: {n} and the plural by n, {m} a second number, {s} and {s2} strings (escaped),
 * and the form chosen by {g}. */
typedef struct msg {
    enum lang_key key;
    gender g;
    int64_t n, m;
    str s, s2;
} msg;

#define MSG(k) ((msg){.key = (k)})
/* A sentence with one number, or one string. */
static inline msg msg_n(enum lang_key key, int64_t n) { return (msg){.key = key, .n = n}; }
static inline msg msg_s(enum lang_key key, str s) { return (msg){.key = key, .s = s}; }

/* One piece of a compiled sentence. A choice stands before its forms, laid out one after the other, and `jump[form]`
 * is the way from the choice to that form; each form ends with a SEG_JUMP whose jump[0] is the way from it to what
 * follows the choice. The sentence ends with SEG_END. */
typedef enum seg_kind { SEG_TEXT, SEG_N, SEG_M, SEG_S, SEG_S2, SEG_PLURAL, SEG_GENDER, SEG_JUMP, SEG_END } seg_kind;
typedef struct lang_seg {
    seg_kind kind;
    str text;        /* SEG_TEXT: already escaped for HTML */
    int16_t jump[4]; /* SEG_PLURAL: one few many other; SEG_GENDER: unknown female male; SEG_JUMP: [0] */
} lang_seg;

/* The sentence as HTML (text and arguments escaped), numbers grouped the way the language groups them. L_NONE prints
 * nothing. */
void put_msg(out *o, lang l, msg m);
/* The same for a compiled sentence that is at hand; put_msg looks it up by m.key. */
void put_segments(out *o, lang l, const lang_seg *seg, msg m);
/* A number with the language's grouping: 8,412 and 8 412 (no-break space). */
void put_number(out *o, lang l, int64_t n);
/* "en", "ru": for the lang attribute and cookies. */
str lang_code(lang l);
/* The language for a code, or `otherwise`. */
lang lang_of(str code, lang otherwise);
/* The best of ours for an Accept-Language header (RFC 9110 §12.5.4); `otherwise` when none is named. */
lang lang_accept(str header, lang otherwise);
/* Loads ICU's plural rules. Once, at the start, before any put_msg; false when ICU lacks a language or its rules
 * do not fit our table (see lang.c). */
bool lang_start(void);

/* generated */
extern const lang_seg *const lang_table[LANG_COUNT][L_COUNT];

#endif
