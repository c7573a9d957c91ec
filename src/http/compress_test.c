/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include "crypto/random.h"
#include "http/compress.h"

static void weights_are_thousandths(void **state)
{
    (void)state;
    static const struct { const char *header; int gzip; } cases[] = {
        {"gzip", 1000}, {"GZip", 1000}, {"deflate, gzip;q=0.5", 500}, {"gzip ; q=0.123 , br", 123}, {"gzip;Q=1.000", 1000}, {"*", 1000},
        {"*;q=0.1", 100}, {"*;q=0.1, gzip;q=0", 0}, {"gzip;q=0, *", 0}, {"br", 0}, {"", 0}, {"gzip;q=0.000", 0}, {"gzipx", 0},
        {"gzip;q=", 0}, {"gzip;q=2", 0}, {"gzip;q=1.5", 0}, {"gzip;q=-1", 0}, {"gzip;q=0.1234", 0}, {"gzip;q=.5", 0}, {"gzip;q=1x", 0},
        {"gzip;q=0,5", 0}, {"gzip;level=9;q=0.7", 700}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (coding_weight(str_of(cases[i].header), STR("gzip")) != cases[i].gzip) fail_msg("%s", cases[i].header);
    assert_int_equal(coding_weight(STR_NONE, STR("gzip")), 0);
}

static void the_most_welcome_is_chosen_and_the_quickest_of_equals(void **state)
{
    (void)state;
    static const struct { const char *header; coding chosen; } cases[] = {
        {"gzip, deflate, br, zstd", CODING_ZSTD}, {"gzip, deflate, br", CODING_BROTLI}, {"gzip, deflate", CODING_GZIP}, {"deflate", CODING_NONE},
        {"zstd;q=0.2, gzip", CODING_GZIP}, {"br;q=0.9, zstd;q=0.8, gzip;q=0.9", CODING_BROTLI}, {"*", CODING_ZSTD}, {"zstd;q=0, *;q=0.1", CODING_BROTLI},
        {"identity", CODING_NONE}, {"identity, gzip;q=0.5", CODING_NONE}, {"identity;q=0.5, gzip", CODING_GZIP}, {"*;q=0", CODING_NONE}, {"", CODING_NONE}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (coding_choose(str_of(cases[i].header)) != cases[i].chosen) fail_msg("%s", cases[i].header);
    assert_int_equal(coding_choose(STR_NONE), CODING_NONE);
}

static size_t unpack(coding c, str packed, unsigned char *to, size_t room)
{
    if (c == CODING_ZSTD) return ZSTD_decompress(to, room, packed.ptr, packed.len);
    if (c == CODING_BROTLI) return BrotliDecoderDecompress(packed.len, (const uint8_t *)packed.ptr, &room, to) == BROTLI_DECODER_RESULT_SUCCESS ? room : 0;
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)packed.ptr, .avail_in = (unsigned)packed.len, .next_out = to, .avail_out = (unsigned)room};
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    inflateEnd(&z);
    return room - z.avail_out;
}

static void what_was_packed_is_what_it_was(void **state)
{
    (void)state;
    packer *p = packer_open();
    out plain, packed;
    out_init(&plain, OUT_LIMIT_PAGE);
    out_init(&packed, OUT_LIMIT_PAGE);
    for (int lines = 20; lines <= 20000; lines *= 10) {
        out_reset(&plain);
        for (int i = 0; i < lines; i++) out_printf(&plain, "<li>line %d of a page that says much the same again</li>\n", i);
        unsigned char *back = malloc(plain.len + 1);
        assert_non_null(back);
        for (coding c = CODING_GZIP; c < CODING_COUNT; c++)
            for (int again = 0; again < 2; again++) { /* the state is used again */
                out_reset(&packed);
                assert_true(packer_pack(p, c, out_get(&plain), &packed));
                assert_true(packed.len < plain.len / 2);
                assert_int_equal(unpack(c, out_get(&packed), back, plain.len + 1), plain.len);
                assert_memory_equal(back, plain.ptr, plain.len);
            }
        free(back);
    }
    out_drop(&plain);
    out_drop(&packed);
    packer_close(p);
}

static void what_does_not_shrink_stays_plain(void **state)
{
    (void)state;
    packer *p = packer_open();
    char noise[4096];
    random_bytes(noise, sizeof noise);
    out packed;
    out_init(&packed, OUT_LIMIT_PAGE);
    for (coding c = CODING_NONE; c < CODING_COUNT; c++) {
        assert_false(packer_pack(p, c, (str){noise, sizeof noise}, &packed));
        assert_false(packer_pack(p, c, STR("x"), &packed));
        assert_false(packer_pack(p, c, STR(""), &packed));
        assert_int_equal(packed.len, 0);
    }
    out_drop(&packed);
    packer_close(p);
    packer_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(weights_are_thousandths), TEST(the_most_welcome_is_chosen_and_the_quickest_of_equals),
                                       TEST(what_was_packed_is_what_it_was), TEST(what_does_not_shrink_stays_plain)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
