/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"
#include "base/testing_arena.h"

#include "base/utf8.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

static str repeat(str piece, size_t n)
{
    char *buf = arena_alloc(a, piece.len * n);
    for (size_t i = 0; i < n; i++) memcpy(buf + i * piece.len, piece.ptr, piece.len);
    return (str){buf, piece.len * n};
}

/* ---- decoding ---- */

static void every_code_point_survives_writing_and_reading(void **state)
{
    (void)state;
    char buf[4];
    for (uint32_t p = 0; p <= 0x10FFFF; p++) {
        size_t at = 0, len = utf8_put(buf, p);
        if (p >= 0xD800 && p <= 0xDFFF) {
            assert_int_equal(len, 0);
            continue;
        }
        assert_int_equal(utf8_next((str){buf, len}, &at), p);
        assert_int_equal(at, len);
    }
    assert_int_equal(utf8_put(buf, 0x110000), 0);
}

/* Two- and three-byte prefixes decide everything; ICU is the judge. */
static void icu_agrees_about_every_short_sequence(void **state)
{
    (void)state;
    for (uint32_t bytes = 0; bytes < 1 << 24; bytes += bytes < 1 << 16 ? 1 : 37) {
        char buf[4] = {(char)(bytes >> 16), (char)(bytes >> 8), (char)bytes, (char)0x80};
        for (int32_t len = 2; len <= 4; len += 2) {
            UErrorCode err = U_ZERO_ERROR;
            UChar wide[8];
            u_strFromUTF8(wide, 8, NULL, buf, len, &err);
            if (utf8_valid((str){buf, (size_t)len}) != (U_SUCCESS(err) ? true : false)) fail_msg("%08x", bytes);
        }
    }
}

static void assert_broken(str s)
{
    size_t at = 0;
    assert_int_equal(utf8_next(s, &at), -1);
    assert_int_equal(at, 1);
    assert_false(utf8_valid(s));
}

static void a_truncated_sequence_is_not_utf8(void **state)
{
    (void)state;
    assert_broken(STR("\xD0"));
    assert_broken(STR("\xE2\x82"));
    assert_broken(STR("\xF0\x9F\x98"));
    assert_broken(STR("\xE2\x82z"));
}

static void an_overlong_form_is_not_utf8(void **state)
{
    (void)state;
    assert_broken(STR("\xC0\x80"));
    assert_broken(STR("\xC1\xBF"));
    assert_broken(STR("\xE0\x9F\xBF"));
    assert_broken(STR("\xF0\x8F\xBF\xBF"));
}

static void surrogates_and_what_lies_past_unicode_are_not_utf8(void **state)
{
    (void)state;
    assert_broken(STR("\xED\xA0\x80"));
    assert_broken(STR("\xF4\x90\x80\x80"));
    assert_broken(STR("\xF5\x80\x80\x80"));
    assert_broken(STR("\xFF"));
    assert_broken(STR("\x80"));
}

static void the_end_stays_the_end(void **state)
{
    (void)state;
    size_t at = 0;
    assert_int_equal(utf8_next(STR_NONE, &at), -1);
    assert_int_equal(at, 0);
}

static void characters_are_counted_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(utf8_count(STR_NONE), 0);
    assert_int_equal(utf8_count(STR("aж€😀")), 4);
    assert_int_equal(utf8_count(STR("a\xFF\xE2\x82")), 4);
}

/* ---- cleaning ---- */

static void assert_clean(str typed, bool lines, str expected)
{
    str clean = STR("untouched");
    assert_int_equal(text_clean(a, typed, 100000, lines, &clean), TEXT_FINE);
    assert_str(clean, expected);
}

static void assert_fault(str typed, text_fault fault)
{
    str clean = STR("untouched");
    for (int lines = 0; lines < 2; lines++) {
        assert_int_equal(text_clean(a, typed, 100000, lines, &clean), fault);
        assert_str(clean, STR("untouched"));
    }
}

static void an_absent_field_cleans_to_an_empty_one(void **state)
{
    (void)state;
    assert_clean(STR_NONE, false, STR(""));
    assert_clean(STR(" \n "), true, STR(""));
}

static void a_name_has_single_blanks(void **state)
{
    (void)state;
    assert_clean(STR("\t Anna \r\n  Maria\u00A0\u3000Z\u2028\u2000 "), false, STR("Anna Maria Z"));
}

static void a_text_keeps_blanks_and_folds_line_ends(void **state)
{
    (void)state;
    assert_clean(STR("\n a  b\r\nc\rd\n\r\n\te\u2028f\u2029g \n"), true, STR("a  b\nc\nd\n\n\te\nf\ng"));
    assert_clean(STR("a\r\r\nb"), true, STR("a\n\nb"));
}

static void text_is_composed(void **state)
{
    (void)state;
    assert_clean(STR("e\u0301 \u0438\u0306"), false, STR("\u00E9 \u0439"));
    assert_clean(STR("\u212B \u2126"), false, STR("\u00C5 \u03A9"));
    assert_clean(STR("\u1100\u1161\u11A8"), false, STR("\uAC01"));
    assert_clean(STR("a\u0323\u0307 a\u0307\u0323"), false, STR("\u1EA1\u0307 \u1EA1\u0307"));
    assert_clean(STR("\U0001D160"), false, STR("\U0001D158\U0001D165\U0001D16E")); /* the greatest growth */
}

static str icu_nfc(str s)
{
    UErrorCode err = U_ZERO_ERROR;
    UChar wide[32], composed[96];
    char *narrow = arena_alloc(a, 200);
    int32_t len = 0;
    u_strFromUTF8(wide, 32, &len, s.ptr, (int32_t)s.len, &err);
    len = unorm2_normalize(unorm2_getNFCInstance(&err), wide, len, composed, 96, &err);
    u_strToUTF8(narrow, 200, &len, composed, len, &err);
    assert_true(U_SUCCESS(err));
    return (str){narrow, (size_t)len};
}

/* Most scripts skip ICU; it must make no difference. */
static void every_character_is_composed_as_icu_does(void **state)
{
    (void)state;
    for (uint32_t p = 0x21; p <= 0x10FFFF; p += p < 0x3100 ? 1 : 23) {
        char text[9] = "e";
        size_t len = 1;
        len += utf8_put(text + len, p);
        len += utf8_put(text + len, p);
        str typed = {text, len}, clean;
        if (text_clean(a, typed, 100, true, &clean) != TEXT_FINE) continue;
        /* Trailing white space is trimmed. */
        if (clean.len > 1) assert_str(clean, icu_nfc(typed));
        arena_reset(a);
    }
}

static void no_script_may_pile_up_marks(void **state)
{
    (void)state;
    for (int32_t p = 0x300; p < 0x3100; p++) {
        char mark[4];
        if (u_getCombiningClass(p) == 0) continue;
        str pile = repeat((str){mark, utf8_put(mark, (uint32_t)p)}, 31), clean;
        assert_int_equal(text_clean(a, arena_printf(a, "q%.*s", STR_ARG(pile)), 100, true, &clean), TEXT_FINE);
        assert_true(utf8_count(clean) <= 31);
        arena_reset(a);
    }
}

static void control_characters_are_refused(void **state)
{
    (void)state;
    char buf[6] = "a";
    for (uint32_t p = 0; p < 0xA0; p++) {
        size_t len = 1 + utf8_put(buf + 1, p);
        buf[len] = 'b';
        bool control = (p < 0x20 && p != '\t' && p != '\n' && p != '\r') || p >= 0x7F;
        str clean;
        assert_int_equal(text_clean(a, (str){buf, len + 1}, 10, true, &clean), control ? TEXT_NUL : TEXT_FINE);
    }
}

static void noncharacters_are_refused(void **state)
{
    (void)state;
    assert_fault(STR("a\xEF\xBF\xBE"), TEXT_NUL);
    assert_fault(STR("a\xEF\xBF\xBF"), TEXT_NUL);
    assert_fault(STR("a\xEF\xB7\x90"), TEXT_NUL);
    assert_fault(STR("a\xF4\x8F\xBF\xBF"), TEXT_NUL);
    assert_clean(STR("a\uFFFD\uFDF0"), false, STR("a\uFFFD\uFDF0"));
}

static void broken_encodings_are_refused(void **state)
{
    (void)state;
    assert_fault(STR("abc\xD0"), TEXT_ENCODING);
    assert_fault(STR("\xC0\x80"), TEXT_ENCODING);
    assert_fault(STR("\xED\xA0\x80"), TEXT_ENCODING);
}

static void embeddings_and_overrides_are_refused(void **state)
{
    (void)state;
    assert_fault(STR("a\u202Ab"), TEXT_BIDI);
    assert_fault(STR("a\u202Cb"), TEXT_BIDI);
    assert_fault(STR("a\u202Eb"), TEXT_BIDI);
}

static void isolates_must_be_balanced(void **state)
{
    (void)state;
    assert_clean(STR("\u2067a\u2066b\u2069\u2069c"), false, STR("\u2067a\u2066b\u2069\u2069c"));
    assert_clean(STR("\u200F\u061Ca"), false, STR("\u200F\u061Ca"));
    assert_fault(STR("a\u2068b"), TEXT_BIDI);
    assert_fault(STR("a\u2069b\u2066"), TEXT_BIDI);
}

static void the_limit_counts_what_is_left_after_cleaning(void **state)
{
    (void)state;
    str clean;
    assert_int_equal(text_clean(a, STR("  жжж  "), 3, false, &clean), TEXT_FINE);
    assert_int_equal(text_clean(a, STR("жжжж"), 3, false, &clean), TEXT_LONG);
    assert_int_equal(text_clean(a, STR("e\u0301e\u0301e\u0301"), 3, false, &clean), TEXT_FINE);
    assert_int_equal(text_clean(a, STR("a"), 0, false, &clean), TEXT_LONG);
    assert_int_equal(text_clean(a, STR(""), 0, false, &clean), TEXT_FINE);
}

static void thirty_marks_stay_and_the_next_go(void **state)
{
    (void)state;
    str mark = STR("\u0332");
    str thirty = arena_printf(a, "q%.*sz", STR_ARG(repeat(mark, 30)));
    assert_clean(thirty, false, thirty);
    assert_clean(arena_printf(a, "q%.*sz", STR_ARG(repeat(mark, 31))), false, thirty);
    /* Each of these comes apart into two. */
    assert_clean(arena_printf(a, "q%.*sz", STR_ARG(repeat(STR("\u0344"), 30))), false,
                 arena_printf(a, "q%.*sz", STR_ARG(repeat(STR("\u0308\u0301"), 15))));
}

static void a_megabyte_of_marks_in_the_wrong_order_is_quick(void **state)
{
    (void)state;
    str clean;
    str storm = repeat(STR("\u0301\u0323"), 250000);
    assert_int_equal(text_clean(a, storm, 100, true, &clean), TEXT_FINE);
    assert_true(utf8_count(clean) <= 30);
}

static void cleaning_what_is_clean_changes_nothing(void **state)
{
    (void)state;
    const str typed[] = {STR(" a\u0301\u0323 b\r\n\u2000c "), STR("q\u01D6\u0323\u0344"), STR("\u1100\u1161 \u0301"),
                         arena_printf(a, "\u01D6%.*s", STR_ARG(repeat(STR("\u0323"), 30)))};
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
        for (int lines = 0; lines < 2; lines++) {
            str once;
            assert_int_equal(text_clean(a, typed[i], 1000, lines, &once), TEXT_FINE);
            assert_clean(once, lines, once);
        }
}

/* ---- what nobody sees ---- */

static void what_only_hides_goes_from_a_name(void **state)
{
    (void)state;
    assert_str(text_unhide(a, STR("An\u200Bna")), STR("Anna"));
    assert_str(text_unhide(a, STR("\uFEFFAn\u00ADna\u2060")), STR("Anna"));
    assert_str(text_unhide(a, STR("А\u200Dнна\uFE0F")), STR("Анна"));
    assert_str(text_unhide(a, STR("Anna \u3164 Mayer")), STR("Anna Mayer"));
    assert_str(text_unhide(a, STR("e\u034F\u0301")), STR("é"));
    assert_str(text_unhide(a, STR("\u200B")), STR(""));
}

static void what_a_script_needs_stays_in_a_name(void **state)
{
    (void)state;
    static const str names[] = {STR_INIT("می\u200Cخواهم"), STR_INIT("क्\u200Dष"), STR_INIT("辻\U000E0100"), STR_INIT("Жанна д’Арк"), STR_INIT("Мария-Луиза")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) assert_str(text_unhide(a, names[i]), names[i]);
}

static void a_name_of_nothing_visible_is_none(void **state)
{
    (void)state;
    static const str nothing[] = {STR_INIT(""), STR_INIT(" "), STR_INIT("\u200B\u2060\uFEFF"), STR_INIT("\u00AD"), STR_INIT("\uFE0F\U000E0101"),
                                  STR_INIT("\u3164\u115F"), STR_INIT("\u2800 \u2800"), STR_INIT("\u061C\u200E")};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) assert_false(text_visible(nothing[i]));
    assert_true(text_visible(STR("\u200BЁ")) && text_visible(STR(".")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_code_point_survives_writing_and_reading),
        TEST(icu_agrees_about_every_short_sequence),
        TEST(a_truncated_sequence_is_not_utf8),
        TEST(an_overlong_form_is_not_utf8),
        TEST(surrogates_and_what_lies_past_unicode_are_not_utf8),
        TEST(the_end_stays_the_end),
        TEST(characters_are_counted_not_bytes),
        TEST(an_absent_field_cleans_to_an_empty_one),
        TEST(a_name_has_single_blanks),
        TEST(a_text_keeps_blanks_and_folds_line_ends),
        TEST(text_is_composed),
        TEST(every_character_is_composed_as_icu_does),
        TEST(no_script_may_pile_up_marks),
        TEST(control_characters_are_refused),
        TEST(noncharacters_are_refused),
        TEST(broken_encodings_are_refused),
        TEST(embeddings_and_overrides_are_refused),
        TEST(isolates_must_be_balanced),
        TEST(the_limit_counts_what_is_left_after_cleaning),
        TEST(thirty_marks_stay_and_the_next_go),
        TEST(a_megabyte_of_marks_in_the_wrong_order_is_quick),
        TEST(cleaning_what_is_clean_changes_nothing),
        TEST(what_only_hides_goes_from_a_name),
        TEST(what_a_script_needs_stays_in_a_name),
        TEST(a_name_of_nothing_visible_is_none),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
