/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* text_clean goes over the bytes once to refuse (scan), lets ICU compose only when something in the text could need it
 * (nearly no English or Russian text does), then trims and folds white space. */
#include "base/utf8.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

#include "base/log.h"

#define MARKS_MAX 30
#define TYPED_MAX ((size_t)64 << 20) /* far above any body; keeps ICU's 32-bit lengths in range */

/* How many bytes a lead byte announces, and the bounds of the second one (Unicode, table 3-7): that alone excludes overlong
 * forms, surrogates and everything past U+10FFFF. */
typedef struct lead {
    size_t len;
    unsigned char low, high;
} lead;

static lead lead_of(unsigned char c)
{
    if (c < 0xC2) return (lead){0};
    if (c < 0xE0) return (lead){2, 0x80, 0xBF};
    if (c < 0xF0) return (lead){3, c == 0xE0 ? 0xA0 : 0x80, c == 0xED ? 0x9F : 0xBF};
    if (c < 0xF5) return (lead){4, c == 0xF0 ? 0x90 : 0x80, c == 0xF4 ? 0x8F : 0xBF};
    return (lead){0};
}

int32_t utf8_next(str s, size_t *at)
{
    if (*at >= s.len) return -1;
    const unsigned char *p = (const unsigned char *)s.ptr + *at;
    size_t left = s.len - (*at)++;
    if (p[0] < 0x80) return p[0];
    lead l = lead_of(p[0]);
    if (l.len == 0 || l.len > left || p[1] < l.low || p[1] > l.high) return -1;
    int32_t point = p[0] & (0x7F >> l.len);
    for (size_t i = 1; i < l.len; i++) {
        if ((p[i] & 0xC0) != 0x80) return -1;
        point = point << 6 | (p[i] & 0x3F);
    }
    *at += l.len - 1;
    return point;
}

bool utf8_valid(str s)
{
    for (size_t at = 0; at < s.len;)
        if (utf8_next(s, &at) < 0) return false;
    return true;
}

size_t utf8_count(str s)
{
    size_t n = 0;
    for (size_t at = 0; at < s.len; n++) (void)utf8_next(s, &at);
    return n;
}

size_t utf8_put(char *buf, uint32_t point)
{
    if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return 0;
    if (point < 0x80) {
        buf[0] = (char)point;
        return 1;
    }
    size_t len = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, point >>= 6) buf[i] = (char)(0x80 | (point & 0x3F));
    static const unsigned char marker[] = {0, 0, 0xC0, 0xE0, 0xF0};
    buf[0] = (char)(marker[len] | point);
    return len;
}

/* ---- refuse ---- */

static bool is_control(int32_t p)
{
    return (p < 0x20 && p != '\t' && p != '\n' && p != '\r') || (p >= 0x7F && p < 0xA0);
}

static bool is_noncharacter(int32_t p) { return (p & 0xFFFE) == 0xFFFE || (p >= 0xFDD0 && p <= 0xFDEF); }

/* Composed already and no combining mark, whatever stands beside it: Latin, Cyrillic, the usual punctuation. */
static bool is_settled(int32_t p)
{
    return p < 0x300 || (p >= 0x400 && p <= 0x482) || (p >= 0x48A && p <= 0x52F) || (p >= 0x2010 && p <= 0x2027);
}

typedef struct scan {
    int64_t isolates; /* open */
    bool settled;     /* all of it */
} scan;

static text_fault scan_bidi(scan *s, int32_t p)
{
    if (p >= 0x202A && p <= 0x202E) return TEXT_BIDI;       /* embeddings and overrides reach past their text */
    if (p >= 0x2066 && p <= 0x2068) s->isolates++;          /* LRI, RLI, FSI */
    if (p == 0x2069 && --s->isolates < 0) return TEXT_BIDI; /* PDI */
    return TEXT_FINE;
}

static text_fault scan_point(scan *s, int32_t p)
{
    if (p < 0) return TEXT_ENCODING;
    if (is_control(p) || is_noncharacter(p)) return TEXT_NUL;
    if (is_settled(p)) return TEXT_FINE; /* no bidi control is */
    s->settled = false;
    return scan_bidi(s, p);
}

static text_fault scan_text(str typed, bool *settled)
{
    scan s = {.settled = true};
    for (size_t at = 0; at < typed.len;) {
        text_fault fault = scan_point(&s, utf8_next(typed, &at));
        if (fault != TEXT_FINE) return fault;
    }
    *settled = s.settled;
    return s.isolates ? TEXT_BIDI : TEXT_FINE;
}

/* ---- compose ---- */

/* Without the marks that follow 30 others. */
static str drop_marks(arena *a, str s)
{
    char *kept = arena_alloc(a, s.len);
    size_t len = 0;
    int marks = 0;
    for (size_t at = 0; at < s.len;) {
        size_t start = at;
        marks = u_getCombiningClass(utf8_next(s, &at)) ? marks + 1 : 0;
        if (marks > MARKS_MAX) continue;
        memcpy(kept + len, s.ptr + start, at - start);
        len += at - start;
    }
    return (str){kept, len};
}

/* NFC (UAX #15). The text is valid UTF-8, so ICU can only fail by being broken. */
static str nfc_of(arena *a, str s)
{
    UErrorCode err = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&err);
    int32_t cap = (int32_t)s.len, len = 0; /* UTF-16 never has more units than UTF-8 has bytes */
    UChar *wide = ARENA_ARRAY(a, UChar, s.len);
    u_strFromUTF8(wide, cap, &len, s.ptr, (int32_t)s.len, &err);
    if (unorm2_quickCheck(nfc, wide, len, &err) == UNORM_YES && U_SUCCESS(err)) return s;

    /* NFC grows UTF-16 at most threefold (UAX #15, table "maximum expansion factors"), and UTF-8 likewise. */
    int32_t room = len * 3;
    UChar *composed = ARENA_ARRAY(a, UChar, (size_t)room);
    int32_t units = unorm2_normalize(nfc, wide, len, composed, room, &err);
    int32_t bytes = 0;
    char *narrow = arena_alloc(a, (size_t)units * 3);
    u_strToUTF8(narrow, units * 3, &bytes, composed, units, &err);
    if (U_FAILURE(err)) die("ICU cannot normalise: %s", u_errorName(err));
    return (str){narrow, (size_t)bytes};
}

/* Marks are dropped before, because ICU's sorting of a long run takes quadratic time, and after, because one character may
 * come apart into several marks. Cutting the tail of a run does not disturb NFC. */
static str compose(arena *a, str s) { return drop_marks(a, nfc_of(a, drop_marks(a, s))); }

/* ---- fold ---- */

static bool is_line_end(int32_t p) { return p == '\n' || p == '\r' || p == 0x2028 || p == 0x2029; }

/* White_Space of Unicode, without the controls refused above. */
static bool is_white(int32_t p)
{
    return p == ' ' || p == '\t' || is_line_end(p) || p == 0xA0 || p == 0x1680 || (p >= 0x2000 && p <= 0x200A) ||
           p == 0x202F || p == 0x205F || p == 0x3000;
}

static str trim(str s)
{
    size_t from = 0, to = 0;
    bool begun = false;
    for (size_t at = 0; at < s.len;) {
        size_t start = at;
        if (is_white(utf8_next(s, &at))) continue;
        if (!begun) from = start;
        begun = true;
        to = at;
    }
    return str_skip(str_take(s, to), from);
}

/* Each line end becomes one \n ("\r\n" is one), or each run of white space one blank. Never grows. */
static str fold(arena *a, str s, bool lines)
{
    char *buf = arena_alloc(a, s.len);
    size_t len = 0;
    int32_t before = 0;
    for (size_t at = 0; at < s.len;) {
        size_t start = at;
        int32_t p = utf8_next(s, &at);
        if (lines ? is_line_end(p) : is_white(p)) {
            bool again = lines ? (p == '\n' && before == '\r') : is_white(before);
            if (!again) buf[len++] = lines ? '\n' : ' ';
        } else {
            memcpy(buf + len, s.ptr + start, at - start);
            len += at - start;
        }
        before = p;
    }
    return (str){buf, len};
}

/* ---- what nobody sees ---- */

/* U+2800 is a pattern of Braille without dots: a blank that is not white space. */
static bool is_unseen(int32_t p) { return p < 0 || is_white(p) || p == 0x2800 || u_hasBinaryProperty(p, UCHAR_DEFAULT_IGNORABLE_CODE_POINT); }

/* Latin, Cyrillic and Greek letters do not join: between them a joiner is there to make two names look like one. */
static bool joins(int32_t p)
{
    UErrorCode err = U_ZERO_ERROR;
    UScriptCode script = p < 0 ? USCRIPT_COMMON : uscript_getScript(p, &err);
    return U_SUCCESS(err) && script != USCRIPT_LATIN && script != USCRIPT_CYRILLIC && script != USCRIPT_GREEK && script != USCRIPT_COMMON &&
           !is_unseen(p);
}

static bool is_selector(int32_t p) { return (p >= 0xFE00 && p <= 0xFE0F) || (p >= 0xE0100 && p <= 0xE01EF); }

static bool only_hides(int32_t before, int32_t p, int32_t after)
{
    if (!u_hasBinaryProperty(p, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) return false;
    if (p == 0x200C || p == 0x200D) return !joins(before) || !joins(after);
    return !(is_selector(p) && before >= 0 && u_hasBinaryProperty(before, UCHAR_IDEOGRAPHIC));
}

str text_unhide(arena *a, str s)
{
    char *kept = arena_alloc(a, s.len);
    size_t len = 0;
    int32_t before = -1;
    for (size_t at = 0; at < s.len;) {
        size_t start = at;
        int32_t p = utf8_next(s, &at);
        size_t next = at;
        int32_t after = utf8_next(s, &next);
        if (only_hides(before, p, after)) continue;
        memcpy(kept + len, s.ptr + start, at - start);
        len += at - start;
        before = p;
    }
    if (len == s.len) return s;
    return fold(a, trim(compose(a, (str){kept, len})), false); /* what was kept apart may have met */
}

bool text_visible(str s)
{
    for (size_t at = 0; at < s.len;)
        if (!is_unseen(utf8_next(s, &at))) return true;
    return false;
}

#define YO 0x451 /* ё */
#define YE 0x435 /* е */

/* A point may fold to one that takes more bytes, never to one of more than four. */
str text_fold(arena *a, str s)
{
    char *text = arena_alloc(a, 4 * s.len);
    size_t len = 0;
    for (size_t at = 0; at < s.len;) {
        int32_t p = utf8_next(s, &at);
        if (p < 0) continue;
        if (p == ' ' || u_isUWhiteSpace(p)) {
            if (len && text[len - 1] != ' ') text[len++] = ' ';
            continue;
        }
        p = u_foldCase(p, U_FOLD_CASE_DEFAULT);
        len += utf8_put(text + len, (uint32_t)(p == YO ? YE : p));
    }
    return (str){text, len};
}

bool text_is_word(int32_t point)
{
    return point >= 0 && (U_GET_GC_MASK(point) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) != 0;
}

text_fault text_clean(arena *a, str typed, size_t max_points, bool lines, str *clean)
{
    if (typed.len > TYPED_MAX) return TEXT_LONG;
    bool settled;
    text_fault fault = scan_text(typed, &settled);
    if (fault != TEXT_FINE) return fault;
    str composed = settled ? typed : compose(a, typed);
    str folded = fold(a, trim(composed), lines);
    if (utf8_count(folded) > max_points) return TEXT_LONG;
    *clean = folded;
    return TEXT_FINE;
}
