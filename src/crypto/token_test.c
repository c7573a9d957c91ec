/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"
#include "base/testing_arena.h"

#include "crypto/random.h"
#include "crypto/token.h"

static void random_bytes_differ(void **state)
{
    (void)state;
    unsigned char one[32] = {0}, two[32] = {0};
    random_bytes(one, sizeof one);
    random_bytes(two, sizeof two);
    assert_memory_not_equal(one, two, sizeof one);
    random_bytes(one, 0);
}

static void a_token_is_43_characters_and_decodes_to_32_bytes(void **state)
{
    (void)state;
    unsigned char bytes[TOKEN_BYTES];
    str text = token_new(a);
    assert_int_equal(text.len, TOKEN_TEXT);
    assert_true(base64url_decode_exact(text, bytes, sizeof bytes));
    assert_false(str_eq(text, token_new(a)));
}

/* RFC 4648 §10, without padding, and the two characters that differ from plain base64. */
static void base64url_follows_the_rfc(void **state)
{
    (void)state;
    const str pairs[][2] = {{STR(""), STR("")},           {STR("f"), STR("Zg")},         {STR("fo"), STR("Zm8")},
                            {STR("foo"), STR("Zm9v")},    {STR("foob"), STR("Zm9vYg")},  {STR("fooba"), STR("Zm9vYmE")},
                            {STR("foobar"), STR("Zm9vYmFy")}, {STR("\xFB\xFF\x00"), STR("-_8A")}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char back[8];
        assert_str(base64url_encode(a, pairs[i][0]), pairs[i][1]);
        assert_true(base64url_decode_exact(pairs[i][1], back, pairs[i][0].len));
        assert_memory_equal(back, pairs[i][0].ptr, pairs[i][0].len);
    }
    assert_str(base64url_encode(a, STR_NONE), STR(""));
}

static void base64url_has_one_text_for_each_value(void **state)
{
    (void)state;
    const str wrong[] = {STR_NONE,     STR("Zg=="),    STR("Zh"),    STR("Z"),         STR("Zm9"),  STR("Zm9v "),
                         STR("Zm\n9v"), STR("+/8A"),   STR("Zm9v\0"), STR("Zm9v\0Zm9v"), STR("Zm9v!"), STR("\xD0\xB6")};
    char back[8];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        for (size_t n = 0; n <= sizeof back; n++) assert_false(base64url_decode_exact(wrong[i], back, n));
}

static void exact_decoding_wants_exactly_so_many_bytes(void **state)
{
    (void)state;
    unsigned char bytes[3] = {9, 9, 9};
    assert_true(base64url_decode_exact(STR("Zm9v"), bytes, 3));
    assert_memory_equal(bytes, "foo", 3);
    assert_false(base64url_decode_exact(STR("Zm8"), bytes, 3));
    assert_memory_equal(bytes, "\0\0\0", 3);
    assert_false(base64url_decode_exact(STR("Zm9vYg"), bytes, 3));
    assert_false(base64url_decode_exact(STR_NONE, bytes, 3));
}

static void hex_goes_there_and_back(void **state)
{
    (void)state;
    unsigned char bytes[4];
    assert_str(hex_encode(a, STR("\x00\xAB\x7F\xFF")), STR("00ab7fff"));
    assert_str(hex_encode(a, STR_NONE), STR(""));
    assert_true(hex_decode_exact(STR("00aB7Fff"), bytes, 4));
    assert_memory_equal(bytes, "\x00\xAB\x7F\xFF", 4);
    const str wrong[] = {STR_NONE, STR(""), STR("00ab7f"), STR("00ab7fff00"), STR("00ab7ff"), STR("00ab7fgg"), STR("00 ab7fff")};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_false(hex_decode_exact(wrong[i], bytes, 4));
}

/* FIPS 180-4's examples. */
static void sha256_follows_the_standard(void **state)
{
    (void)state;
    assert_str(hex_encode(a, sha256_str(a, STR("abc"))),
               STR("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    assert_str(hex_encode(a, sha256_str(a, STR_NONE)),
               STR("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

static str mac_hex(str key, str input)
{
    unsigned char mac[MAC_BYTES];
    mac_bytes(key.ptr, key.len, input, mac);
    return hex_encode(a, (str){(char *)mac, sizeof mac});
}

/* Computed with Python's hashlib.blake2b(input, digest_size=32, key=key). */
static void macs_follow_the_rfc(void **state)
{
    (void)state;
    char rising[32], long_key[64];
    for (int i = 0; i < 32; i++) rising[i] = (char)i;
    memset(long_key, 0xAA, sizeof long_key);
    assert_str(mac_hex((str){rising, sizeof rising}, STR("")),
               STR("4e51e7a913fc80137da52880fecca175bf81e117d5c68126dc2774033517ea0d"));
    assert_str(mac_hex((str){rising, sizeof rising}, STR("Hi There")),
               STR("d02c63142fd8bcd3fe2d5841ceb976bd76642668bd0805c9bfa324c3e965dcb2"));
    assert_str(mac_hex((str){long_key, sizeof long_key}, STR("what do ya want for nothing?")),
               STR("4944ce211d8ad68f45c2c9a61ebc6a1c8386cc795b999657a437aa90d75e4648"));
}

static void bytes_are_compared_to_the_last(void **state)
{
    (void)state;
    assert_true(bytes_equal("abc", "abc", 3));
    assert_false(bytes_equal("abc", "abd", 3));
    assert_false(bytes_equal("\0bc", "abc", 3));
    assert_true(bytes_equal("a", "b", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(random_bytes_differ),
        TEST(a_token_is_43_characters_and_decodes_to_32_bytes),
        TEST(base64url_follows_the_rfc),
        TEST(base64url_has_one_text_for_each_value),
        TEST(exact_decoding_wants_exactly_so_many_bytes),
        TEST(hex_goes_there_and_back),
        TEST(sha256_follows_the_standard),
        TEST(macs_follow_the_rfc),
        TEST(bytes_are_compared_to_the_last),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
