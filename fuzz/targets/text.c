/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The input: one byte for the options (bit 0: lines; the rest: the limit), then what was typed. */
#include "../fuzz.h"
#include "base/out.h"
#include "base/utf8.h"

static bool is_white_byte(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static void check_points(str clean, bool lines)
{
    int64_t isolates = 0;
    int32_t before = -1;
    for (size_t at = 0; at < clean.len;) {
        int32_t p = utf8_next(clean, &at);
        CHECK(p >= 0);
        CHECK(p >= 0x20 || (lines && (p == '\n' || p == '\t')));
        CHECK(p < 0x7F || p >= 0xA0);
        CHECK((p & 0xFFFE) != 0xFFFE);
        CHECK(p < 0x202A || p > 0x202E);
        CHECK(p != 0x2028 && p != 0x2029);
        CHECK(lines || !(p == ' ' && before == ' '));
        if (p >= 0x2066 && p <= 0x2068) isolates++;
        if (p == 0x2069) CHECK(--isolates >= 0);
        before = p;
    }
    CHECK(isolates == 0);
}

static void check_clean(arena *a, str typed, str clean, size_t limit, bool lines)
{
    CHECK(clean.ptr);
    CHECK(utf8_valid(clean) && utf8_valid(typed));
    CHECK(utf8_count(clean) <= limit);
    CHECK(clean.len <= typed.len * 3);
    CHECK(clean.len == 0 || (!is_white_byte(clean.ptr[0]) && !is_white_byte(clean.ptr[clean.len - 1])));
    check_points(clean, lines);
    str again = STR_NONE;
    CHECK(text_clean(a, clean, limit, lines, &again) == TEXT_FINE);
    CHECK(str_eq(again, clean));
}

/* What follows a decoded point is never inside it, and writing a point gives back its bytes. */
static void check_decoder(str typed)
{
    size_t count = 0;
    bool valid = true;
    for (size_t at = 0; at < typed.len; count++) {
        char buf[4];
        size_t start = at;
        int32_t p = utf8_next(typed, &at);
        CHECK(at > start && at <= typed.len);
        if (p < 0) {
            CHECK(at == start + 1);
            valid = false;
        } else {
            CHECK(str_eq((str){buf, utf8_put(buf, (uint32_t)p)}, str_take(str_skip(typed, start), at - start)));
        }
    }
    CHECK(valid == utf8_valid(typed));
    CHECK(count == utf8_count(typed));
}

/* Escaping leaves nothing that HTML would take for its own. */
static void check_escape(str typed)
{
    out o;
    out_init(&o, (size_t)64 << 20);
    out_escape(&o, typed);
    str escaped = out_get(&o);
    CHECK(!o.failed && escaped.len >= typed.len);
    for (const char *bad = "<>\"'"; *bad; bad++) CHECK(str_find(escaped, *bad) == escaped.len);
    out_reset(&o);
    out_json(&o, typed);
    str json = out_get(&o);
    CHECK(!o.failed && str_find(json, '<') == json.len && str_find(json, '\n') == json.len);
    out_drop(&o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    arena *a = arena_open();
    bool lines = data[0] & 1;
    size_t limit = data[0] >> 1 == 127 ? SIZE_MAX : data[0] >> 1;
    str typed = fuzz_input(a, data + 1, size - 1), clean = STR_NONE;
    text_fault fault = text_clean(a, typed, limit, lines, &clean);
    if (fault == TEXT_FINE) check_clean(a, typed, clean, limit, lines);
    else CHECK(!clean.ptr);
    CHECK((fault == TEXT_ENCODING) <= !utf8_valid(typed));
    check_decoder(typed);
    check_escape(typed);
    arena_close(a);
    return 0;
}
