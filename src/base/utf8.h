/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What members type, before anything else looks at it. */
#ifndef VECHE_UTF8_H
#define VECHE_UTF8_H

#include "base/arena.h"

typedef enum text_fault {
    TEXT_FINE,
    TEXT_ENCODING, /* not UTF-8: overlong, surrogates, truncated */
    TEXT_NUL,      /* a NUL, another control character that no keyboard makes, or a noncharacter (U+FFFE and its kin) */
    TEXT_BIDI,     /* an override or an unbalanced isolate that could disguise what follows */
    TEXT_LONG
} text_fault;

/* The code point at s[*at], moving *at behind it; -1 for bytes that are not UTF-8 (then *at moves by one)
 * and at the end (then it stays): loop while (at < s.len). */
int32_t utf8_next(str s, size_t *at);
bool utf8_valid(str s);
/* Code points; what members count as characters. Invalid bytes count one each. */
size_t utf8_count(str s);
/* Writes a code point to buf (at least 4 bytes) and returns its length; 0 for a surrogate or past U+10FFFF. */
size_t utf8_put(char *buf, uint32_t point);

/* Cleans a field: checks the encoding, refuses control and bidi-override characters, NFC, trims, and folds line ends to \n
 * (`lines`) or white space to one blank (otherwise). Past 30 combining marks in a row (UAX #15's bound for real text) marks
 * are dropped: they would draw across the neighbours, and take long to put in order. At most max_points code points, counted
 * in the result, which lives in the arena; an absent field gives an empty one, a fault leaves *clean alone. Cleaning what is
 * clean changes nothing. */
text_fault text_clean(arena *a, str typed, size_t max_points, bool lines, str *clean);

/* Without the characters that Unicode calls default ignorable (zero widths, fillers, soft hyphens, tags) where they only hide:
 * a joiner stays between letters of a script that is written joined, a variation selector behind an ideograph. Nothing that
 * a reader would see goes, and blanks that stood around it are trimmed. Of valid text; in the arena. */
str text_unhide(arena *a, str s);
/* Is there anything to see? Blanks and what text_unhide takes away are nothing. */
bool text_visible(str s);

/* For comparing words as readers do: case folded (Unicode's simple folding), ё as е, runs of white space as one blank. Of clean
 * text; in the arena. */
str text_fold(arena *a, str s);
/* A letter, a digit or a mark: what words are made of. */
bool text_is_word(int32_t point);

#endif
