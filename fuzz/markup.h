/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A reader of our own HTML, much stricter than a browser: lower-case names, every value in double quotes, every element closed
 * in order, no comments, no bare `<`, `>` or `&`. What passes it reads the same in every browser. */
#ifndef VECHE_FUZZ_MARKUP_H
#define VECHE_FUZZ_MARKUP_H

#include "fuzz.h"

#define MARKUP_DEEP 64

/* Called for each tag ("p", "/p") with value absent, and for each attribute. */
typedef void markup_seen(void *arg, str tag, str attribute, str value);

static inline bool markup_in(char c, const char *set) { return c && strchr(set, c) != NULL; }

static inline str markup_word(str *rest, const char *letters)
{
    size_t n = 0;
    while (n < rest->len && markup_in(rest->ptr[n], letters)) n++;
    str word = str_take(*rest, n);
    *rest = str_skip(*rest, n);
    CHECK(n > 0);
    return word;
}

/* Only the five characters that out_escape writes, by name or number. */
static inline void markup_entities(str s)
{
    static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&nbsp;"};
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] != '&') continue;
        bool found = false;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++) found |= str_starts(str_skip(s, i), str_of(known[k]));
        CHECK(found);
    }
}

static inline bool markup_void(str tag)
{
    static const char *const names[] = {"br", "img", "input", "link", "meta", "hr", "wbr"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(tag, str_of(names[i]))) return true;
    return false;
}

/* The attributes up to '>'. True: the tag closes itself ("/>"). */
static inline bool markup_attributes(str *rest, str tag, markup_seen *seen, void *arg)
{
    static const char names[] = "abcdefghijklmnopqrstuvwxyzBC-0123456789:"; /* viewBox */
    for (;;) {
        while (rest->len && markup_in(rest->ptr[0], " \n")) *rest = str_skip(*rest, 1);
        CHECK(rest->len > 0);
        if (str_starts(*rest, STR(">"))) return *rest = str_skip(*rest, 1), false;
        if (str_starts(*rest, STR("/>"))) return *rest = str_skip(*rest, 2), true;
        str name = markup_word(rest, names), value = STR("");
        if (str_starts(*rest, STR("="))) {
            CHECK(str_starts(*rest, STR("=\"")));
            *rest = str_skip(*rest, 2);
            size_t end = str_find(*rest, '"');
            CHECK(end < rest->len);
            value = str_take(*rest, end);
            *rest = str_skip(*rest, end + 1);
            CHECK(str_find(value, '<') == value.len && str_find(value, '>') == value.len);
            markup_entities(value);
        }
        seen(arg, tag, name, value);
    }
}

static inline void markup_read(str s, markup_seen *seen, void *arg)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    str open[MARKUP_DEEP];
    size_t deep = 0;
    if (str_starts(s, STR("<!doctype html>"))) s = str_skip(s, 15);
    while (s.len) {
        size_t next = str_find(s, '<');
        str text = str_take(s, next);
        CHECK(str_find(text, '>') == text.len);
        markup_entities(text);
        s = str_skip(s, next);
        if (!s.len) break;
        bool closes = str_starts(s, STR("</"));
        s = str_skip(s, closes ? 2 : 1);
        str tag = markup_word(&s, letters);
        if (closes) {
            CHECK(deep > 0 && str_eq(open[--deep], tag));
            CHECK(str_starts(s, STR(">")));
            s = str_skip(s, 1);
            seen(arg, STR("/"), tag, STR_NONE);
            continue;
        }
        seen(arg, tag, STR_NONE, STR_NONE);
        bool closed = markup_attributes(&s, tag, seen, arg);
        if (closed || markup_void(tag)) continue;
        CHECK(deep < MARKUP_DEEP);
        open[deep++] = tag;
    }
    CHECK(deep == 0);
}

#endif
