/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a file says about itself in its first bytes, before any decoder sees it. Four formats are let through; a name or a type
 * that somebody claims for the file counts for nothing. */
#ifndef VECHE_SNIFF_H
#define VECHE_SNIFF_H

#include "base/str.h"

typedef enum picture_kind { PICTURE_NONE, PICTURE_JPEG, PICTURE_PNG, PICTURE_GIF, PICTURE_WEBP } picture_kind;

#define PICTURE_PIXELS_MAX (40 * INT64_C(1000000))
#define PICTURE_SIDE_MAX 20000
#define PICTURE_FRAMES_MAX 300
/* Bytes when unpacked for each byte of the file. What unpacks to RATIO_FREE or less is let alone: a drawing of few colours may be
 * packed tighter than a photograph, and harms nobody. */
#define PICTURE_RATIO_MAX 100
#define PICTURE_RATIO_FREE (INT64_C(16) << 20)

typedef struct sniffed {
    picture_kind kind;
    int64_t width, height; /* as stored, before it is turned upright */
    int64_t frames;        /* counted no further than PICTURE_FRAMES_MAX + 1 */
    int64_t pixel_bytes;   /* of one pixel when unpacked */
} sniffed;

typedef enum sniff_result { SNIFF_FINE, SNIFF_TYPE, SNIFF_BROKEN, SNIFF_LARGE, SNIFF_FRAMES, SNIFF_RATIO } sniff_result;

/* By the magic alone; 16 bytes are enough. */
picture_kind picture_kind_of(str head);
/* Reads the header and, of what moves, the list of frames. Pure; any bytes may come; time is bounded by the file's length.
 * *out is filled in as far as it was understood. */
sniff_result picture_sniff(str file, sniffed *out);

#endif
