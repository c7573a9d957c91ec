/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"
#include "base/testing_arena.h"

#include "crypto/otp.h"

static const str rfc_secret = STR_INIT("12345678901234567890");

/* RFC 4226, appendix D. */
static void counted_codes_are_those_of_rfc_4226(void **state)
{
    (void)state;
    static const uint32_t codes[] = {755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489};
    for (int i = 0; i < 10; i++) assert_int_equal(otp_code(rfc_secret, i), codes[i]);
}

/* RFC 6238, appendix B, the last six digits of its eight. */
static void timed_codes_are_those_of_rfc_6238(void **state)
{
    (void)state;
    static const struct { int64_t seconds; uint32_t code; } vectors[] = {
        {59, 287082}, {1111111109, 81804}, {1111111111, 50471}, {1234567890, 5924}, {2000000000, 279037}, {20000000000, 353130}};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        assert_int_equal(otp_code(rfc_secret, otp_step(vectors[i].seconds * 1000)), vectors[i].code);
}

static void a_code_is_good_a_step_early_and_a_step_late_and_no_further(void **state)
{
    (void)state;
    int64_t now = INT64_C(1234567890) * 1000, step = otp_step(now);
    for (int64_t off = -3; off <= 3; off++)
        assert_int_equal(otp_match(rfc_secret, now, otp_code(rfc_secret, step + off), 0), off >= -1 && off <= 1 ? step + off : 0);
}

static void a_code_of_a_step_that_was_used_is_no_code(void **state)
{
    (void)state;
    int64_t now = INT64_C(1234567890) * 1000, step = otp_step(now);
    uint32_t code = otp_code(rfc_secret, step);
    assert_int_equal(otp_match(rfc_secret, now, code, step - 1), step);
    assert_int_equal(otp_match(rfc_secret, now, code, step), 0);
    assert_int_equal(otp_match(rfc_secret, now, code, step + 1), 0);
    assert_int_equal(otp_match(rfc_secret, now, otp_code(rfc_secret, step - 1), step), 0);
}

static void six_digits_are_a_code_and_nothing_else_is(void **state)
{
    (void)state;
    uint32_t code;
    assert_true(otp_read(STR("123456"), &code) && code == 123456);
    assert_true(otp_read(STR(" 012 345 "), &code) && code == 12345);
    static const char *const wrong[] = {"", "12345", "1234567", "12345a", "-12345", "+12345", "123456\n", "١٢٣٤٥٦"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_false(otp_read(str_of(wrong[i]), &code));
    assert_false(otp_read(STR("12345\0"), &code));
    assert_false(otp_read(STR_NONE, &code));
}

/* RFC 4648 §10, as far as whole groups go, and what people make of it. */
static void base32_goes_there_and_back_however_it_is_typed(void **state)
{
    (void)state;
    char bytes[10];
    assert_str(base32_encode(a, STR("fooba")), STR("MZXW6YTB"));
    assert_str(base32_encode(a, STR("")), STR(""));
    assert_true(base32_decode_exact(STR("mzxw-6ytb"), bytes, 5));
    assert_memory_equal(bytes, "fooba", 5);
    assert_true(base32_decode_exact(STR(" MZXW 6YTB MZXW 6YTB "), bytes, 10));
    assert_memory_equal(bytes, "foobafooba", 10);
}

static void base32_of_another_length_or_with_other_signs_is_refused(void **state)
{
    (void)state;
    char bytes[10];
    static const char *const wrong[] = {"", "MZXW6YT", "MZXW6YTBA", "MZXW6YTBMZXW6YTB", "MZXW6YT1", "MZXW6YT=", "MZXW6YT\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_false(base32_decode_exact(str_of(wrong[i]), bytes, 5));
    assert_false(base32_decode_exact(STR("MZXW6"), bytes, 3));
    assert_false(base32_decode_exact(STR_NONE, bytes, 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(counted_codes_are_those_of_rfc_4226),
        TEST(timed_codes_are_those_of_rfc_6238),
        TEST(a_code_is_good_a_step_early_and_a_step_late_and_no_further),
        TEST(a_code_of_a_step_that_was_used_is_no_code),
        TEST(six_digits_are_a_code_and_nothing_else_is),
        TEST(base32_goes_there_and_back_however_it_is_typed),
        TEST(base32_of_another_length_or_with_other_signs_is_refused),
    };
    return cmocka_run_group_tests_name("one-time codes", tests, open_arena, close_arena);
}
