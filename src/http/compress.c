/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "http/compress.h"

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include "base/log.h"

#define LEVEL 1
#define GZIP_WINDOW (15 + 16) /* zlib's way to ask for gzip's frame */
#define GZIP_MEMORY 8

static const char *const names[CODING_COUNT] = {[CODING_GZIP] = "gzip", [CODING_BROTLI] = "br", [CODING_ZSTD] = "zstd"};

const char *coding_name(coding c) { return names[c]; }

/* ---- what the client wants ---- */

/* "0.25" in thousandths; 0 for what is no weight: who cannot be understood gets the plain page. */
static int weight_of(str s)
{
    if (s.len == 0 || s.len > 5 || (s.ptr[0] != '0' && s.ptr[0] != '1') || (s.len > 1 && s.ptr[1] != '.')) return 0;
    int all = (s.ptr[0] - '0') * 1000, unit = 100;
    for (size_t i = 2; i < s.len; i++, unit /= 10) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return 0;
        all += (s.ptr[i] - '0') * unit;
    }
    return all <= 1000 ? all : 0;
}

static int element_weight(str parameters)
{
    int weight = 1000;
    while (parameters.ptr) {
        str value = str_cut(&parameters, ';'), name = str_trim(str_cut(&value, '='));
        if (str_eq_any_case(name, STR("q"))) weight = weight_of(str_trim(value));
    }
    return weight;
}

int coding_weight(str header, str name)
{
    int any = 0;
    while (header.ptr) {
        str parameters = str_cut(&header, ','), one = str_trim(str_cut(&parameters, ';'));
        if (str_eq_any_case(one, name)) return element_weight(parameters);
        if (str_eq(one, STR("*"))) any = element_weight(parameters);
    }
    return any;
}

/* identity is always welcome, but only as a last resort unless it is named. */
static int plain_weight(str header)
{
    while (header.ptr) {
        str parameters = str_cut(&header, ','), one = str_trim(str_cut(&parameters, ';'));
        if (str_eq_any_case(one, STR("identity"))) return element_weight(parameters);
    }
    return 0;
}

coding coding_choose(str header)
{
    coding best = CODING_NONE;
    int weight = plain_weight(header);
    for (coding c = CODING_GZIP; c < CODING_COUNT; c++) {
        int w = coding_weight(header, str_of(names[c]));
        if (w == 0 || w < weight) continue;
        best = c;
        weight = w;
    }
    return best;
}

/* ---- packing ---- */

struct packer {
    z_stream gzip;
    ZSTD_CCtx *zstd;
};

packer *packer_open(void)
{
    packer *p = calloc(1, sizeof *p);
    if (!p) die("out of memory");
    p->zstd = ZSTD_createCCtx();
    if (!p->zstd || deflateInit2(&p->gzip, LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) die("out of memory");
    return p;
}

void packer_close(packer *p)
{
    if (!p) return;
    deflateEnd(&p->gzip);
    ZSTD_freeCCtx(p->zstd);
    free(p);
}

static size_t pack_gzip(packer *p, str plain, unsigned char *to, size_t room)
{
    z_stream *z = &p->gzip;
    if (deflateReset(z) != Z_OK) return 0;
    z->next_in = (unsigned char *)(uintptr_t)plain.ptr;
    z->avail_in = (unsigned)plain.len;
    z->next_out = to;
    z->avail_out = (unsigned)room;
    return deflate(z, Z_FINISH) == Z_STREAM_END ? room - z->avail_out : 0;
}

/* Brotli has no state that could be kept. */
static size_t pack_brotli(str plain, unsigned char *to, size_t room)
{
    const uint8_t *from = (const uint8_t *)plain.ptr;
    return BrotliEncoderCompress(LEVEL, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, plain.len, from, &room, to) ? room : 0;
}

static size_t pack_zstd(packer *p, str plain, unsigned char *to, size_t room)
{
    size_t len = ZSTD_compressCCtx(p->zstd, to, room, plain.ptr, plain.len, LEVEL);
    return ZSTD_isError(len) ? 0 : len;
}

bool packer_pack(packer *p, coding c, str plain, out *packed)
{
    /* Whatever does not fit into less than the page itself is not wanted. */
    size_t room = plain.len ? plain.len - 1 : 0, len = 0;
    unsigned char *to = room ? (unsigned char *)out_space(packed, room) : NULL;
    if (to && c == CODING_GZIP) len = pack_gzip(p, plain, to, room);
    if (to && c == CODING_BROTLI) len = pack_brotli(plain, to, room);
    if (to && c == CODING_ZSTD) len = pack_zstd(p, plain, to, room);
    if (len == 0) {
        out_reset(packed);
        return false;
    }
    packed->len = len;
    return true;
}
