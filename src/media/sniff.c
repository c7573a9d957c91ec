/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "media/sniff.h"

/* Big- and little-endian numbers at an offset; 0 past the end, which no header has where it matters. */
static uint32_t byte_at(str s, size_t at)
{
    return at < s.len ? (unsigned char)s.ptr[at] : 0;
}

static uint32_t be16(str s, size_t at) { return byte_at(s, at) << 8 | byte_at(s, at + 1); }
static uint32_t be32(str s, size_t at) { return be16(s, at) << 16 | be16(s, at + 2); }
static uint32_t le16(str s, size_t at) { return byte_at(s, at + 1) << 8 | byte_at(s, at); }
static uint32_t le24(str s, size_t at) { return byte_at(s, at + 2) << 16 | le16(s, at); }
static uint32_t le32(str s, size_t at) { return le16(s, at + 2) << 16 | le16(s, at); }

picture_kind picture_kind_of(str head)
{
    if (str_starts(head, STR("\xFF\xD8\xFF"))) return PICTURE_JPEG;
    if (str_starts(head, STR("\x89PNG\r\n\x1A\n"))) return PICTURE_PNG;
    if (str_starts(head, STR("GIF87a")) || str_starts(head, STR("GIF89a"))) return PICTURE_GIF;
    if (str_starts(head, STR("RIFF")) && str_starts(str_skip(head, 8), STR("WEBP"))) return PICTURE_WEBP;
    return PICTURE_NONE;
}

/* ITU T.81, Annex B: segments until the start of a frame, whose header has the size. */
static bool sniff_jpeg(str f, sniffed *out)
{
    for (size_t at = 2; at + 9 < f.len;) {
        if (byte_at(f, at) != 0xFF) return false;
        uint32_t marker = byte_at(f, at + 1);
        if (marker == 0xFF) { /* filling */
            at++;
            continue;
        }
        bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        if (frame) {
            out->height = be16(f, at + 5);
            out->width = be16(f, at + 7);
            out->pixel_bytes = byte_at(f, at + 9);
            return true;
        }
        uint32_t len = be16(f, at + 2);
        if (marker == 0xD9 || marker == 0xDA || marker <= 0x01 || (marker >= 0xD0 && marker <= 0xD8) || len < 2) return false;
        at += 2 + len;
    }
    return false;
}

/* PNG §11.2.2: IHDR is the first chunk. */
static bool sniff_png(str f, sniffed *out)
{
    static const int channels[] = {1, 0, 3, 3, 2, 0, 4};
    uint32_t depth = byte_at(f, 24), colour = byte_at(f, 25);
    if (f.len < 33 || be32(f, 8) != 13 || !str_starts(str_skip(f, 12), STR("IHDR"))) return false;
    if (colour >= sizeof channels / sizeof *channels || !channels[colour]) return false;
    out->width = be32(f, 16);
    out->height = be32(f, 20);
    out->pixel_bytes = channels[colour] * (depth > 8 ? 2 : 1);
    return true;
}

/* A run of sub-blocks, each with its length before it, ended by an empty one. 0: it does not end. */
static size_t gif_blocks_end(str f, size_t at)
{
    while (at < f.len) {
        uint32_t len = byte_at(f, at);
        if (len == 0) return at + 1;
        at += 1 + len;
    }
    return 0;
}

static size_t gif_colours(str f, size_t flags_at)
{
    uint32_t flags = byte_at(f, flags_at);
    return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

/* GIF89a §18 to §27. A file that ends without its trailer has the frames that it has. */
static bool sniff_gif(str f, sniffed *out)
{
    out->width = le16(f, 6);
    out->height = le16(f, 8);
    out->pixel_bytes = 3;
    size_t at = 13 + gif_colours(f, 10);
    while (at && at < f.len && out->frames <= PICTURE_FRAMES_MAX) {
        uint32_t kind = byte_at(f, at);
        if (kind == 0x3B) break;
        if (kind == 0x21) {
            at = gif_blocks_end(f, at + 2);
        } else if (kind == 0x2C) {
            out->frames++;
            at = gif_blocks_end(f, at + 11 + gif_colours(f, at + 9));
        } else {
            return false;
        }
    }
    return out->frames > 0;
}

/* RFC 9649: the first chunk tells which of three kinds it is; frames that move are chunks ANMF. */
static bool sniff_webp(str f, sniffed *out)
{
    str first = str_skip(f, 12);
    out->pixel_bytes = 4;
    if (str_starts(first, STR("VP8 "))) {
        out->width = le16(f, 26) & 0x3FFF;
        out->height = le16(f, 28) & 0x3FFF;
        out->frames = 1;
        return byte_at(f, 23) == 0x9D && byte_at(f, 24) == 0x01 && byte_at(f, 25) == 0x2A;
    }
    if (str_starts(first, STR("VP8L"))) {
        uint32_t bits = le32(f, 21);
        out->width = (bits & 0x3FFF) + 1;
        out->height = (bits >> 14 & 0x3FFF) + 1;
        out->frames = 1;
        return byte_at(f, 20) == 0x2F;
    }
    if (!str_starts(first, STR("VP8X"))) return false;
    out->width = (int64_t)le24(f, 24) + 1;
    out->height = (int64_t)le24(f, 27) + 1;
    bool moves = byte_at(f, 20) & 2;
    for (size_t at = 12; moves && at + 8 <= f.len && out->frames <= PICTURE_FRAMES_MAX;) {
        if (str_starts(str_skip(f, at), STR("ANMF"))) out->frames++;
        at += 8 + (size_t)le32(f, at + 4) + (le32(f, at + 4) & 1);
    }
    if (!moves) out->frames = 1;
    return out->frames > 0;
}

sniff_result picture_sniff(str f, sniffed *out)
{
    *out = (sniffed){.kind = picture_kind_of(f)};
    bool read = false;
    switch (out->kind) {
    case PICTURE_NONE: return SNIFF_TYPE;
    case PICTURE_JPEG: read = sniff_jpeg(f, out), out->frames = 1; break;
    case PICTURE_PNG: read = sniff_png(f, out), out->frames = 1; break;
    case PICTURE_GIF: read = sniff_gif(f, out); break;
    case PICTURE_WEBP: read = sniff_webp(f, out); break;
    }
    if (!read || out->width <= 0 || out->height <= 0 || out->pixel_bytes <= 0) return SNIFF_BROKEN;
    if (out->width > PICTURE_SIDE_MAX || out->height > PICTURE_SIDE_MAX || out->width * out->height > PICTURE_PIXELS_MAX) return SNIFF_LARGE;
    if (out->frames > PICTURE_FRAMES_MAX) return SNIFF_FRAMES;
    int64_t unpacked = out->width * out->height * out->pixel_bytes * out->frames;
    if (unpacked > PICTURE_RATIO_FREE && unpacked / PICTURE_RATIO_MAX > (int64_t)f.len) return SNIFF_RATIO;
    return SNIFF_FINE;
}
