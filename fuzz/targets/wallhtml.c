/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The words of a post as HTML: paragraphs, line breaks and three kinds of links, whatever the bytes are. */
#include "../markup.h"
#include "base/out.h"
#include "base/utf8.h"
#include "feature/wall/text.h"

#define REL "nofollow noopener noreferrer ugc"

typedef struct seen {
    int paragraphs, links; /* open */
    bool outward;
} seen;

static void check_href(seen *s, str value)
{
    int64_t num;
    s->outward = str_starts(value, STR("http://")) || str_starts(value, STR("https://"));
    if (s->outward) {
        for (size_t i = 0; i < value.len; i++) CHECK((unsigned char)value.ptr[i] > ' ');
        return;
    }
    if (str_starts(value, STR("/tag/"))) {
        CHECK(value.len > 5);
        for (size_t i = 5; i < value.len; i++) CHECK((unsigned char)value.ptr[i] > ' ' && (unsigned char)value.ptr[i] < 0x7f && value.ptr[i] != '/');
        return;
    }
    CHECK(str_starts(value, STR("/id")) && str_int(str_skip(value, 3), &num) && num > 0 && num < INT32_MAX);
}

static void look(void *arg, str tag, str attribute, str value)
{
    seen *s = arg;
    if (str_eq(tag, STR("/"))) {
        if (str_eq(attribute, STR("a"))) s->links--;
        if (str_eq(attribute, STR("p"))) s->paragraphs--;
    } else if (!attribute.ptr) {
        bool p = str_eq(tag, STR("p")), a = str_eq(tag, STR("a"));
        CHECK(p || a || str_eq(tag, STR("br")));
        s->paragraphs += p;
        s->links += a;
        CHECK(s->paragraphs <= 1 && s->links <= 1 && (s->links == 0 || s->paragraphs == 1));
    } else {
        CHECK(str_eq(tag, STR("a")));
        if (str_eq(attribute, STR("href"))) check_href(s, value);
        else CHECK(str_eq(attribute, STR("rel")) && str_eq(value, STR(REL)) && s->outward);
    }
}

/* What is typed again is never longer, and stored again it is the same. */
static void check_typed(arena *a, str stored)
{
    str typed = text_typed(a, stored);
    CHECK(typed.len <= stored.len);
    CHECK(str_eq(text_typed(a, typed), typed) || str_find(stored, '[') < stored.len);
}

/* Folding a folded tag changes nothing: a link leads to the page that has the post. */
static void check_tags(arena *a, str stored)
{
    text_tag_list tags;
    text_tags(a, stored, &tags);
    CHECK(tags.len <= TAGS_MAX);
    for (size_t i = 0; i < tags.len; i++) {
        str again;
        CHECK(text_tag(a, tags.items[i], &again) && str_eq(again, tags.items[i]));
    }
}

/* What lists show of it reads as strictly, and is something. */
static void check_folded(arena *a, str stored)
{
    seen s = {0};
    bool folded;
    html h = text_html_folded(a, stored, &folded);
    markup_read(h.s, look, &s);
    CHECK(utf8_valid(h.s) || !utf8_valid(stored));
    CHECK(h.s.len > sizeof "<p></p>" - 1 || str_trim(stored).len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena *a = arena_open();
    seen s = {0};
    str stored = fuzz_input(a, data, size);
    html h = text_html(a, stored);
    CHECK(str_starts(h.s, STR("<p>")) && str_ends(h.s, STR("</p>")));
    markup_read(h.s, look, &s);
    CHECK(utf8_valid(h.s) || !utf8_valid(stored));
    check_typed(a, stored);
    check_folded(a, stored);
    check_tags(a, stored);
    arena_close(a);
    return 0;
}
