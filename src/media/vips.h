/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What decode.c uses of libvips, as the interface of libvips.so.42 has it (8.14 in Debian 12, 8.16 in Debian 13). Declared here and
 * not included: the library is loaded by name (decode_open), so that building needs none of its hundred development packages.
 * Optional arguments are pairs of a name and a value, ended by NULL; enums are ints. */
#ifndef VECHE_VIPS_H
#define VECHE_VIPS_H

#include <stddef.h>

typedef struct VipsImage VipsImage;
typedef struct VipsArrayDouble VipsArrayDouble;

enum { VIPS_SIZE_DOWN = 2, VIPS_FAIL_ON_TRUNCATED = 1, VIPS_INTERPRETATION_sRGB = 22, VIPS_FORMAT_UCHAR = 0 };

/* X(what is returned, name, arguments) */
#define VIPS_FUNCTIONS(X)                                                                            \
    X(int, vips_init, (const char *program))                                                         \
    X(void, vips_concurrency_set, (int threads))                                                     \
    X(void, vips_cache_set_max, (int operations))                                                    \
    X(void, vips_block_untrusted_set, (int on))                                                      \
    X(void, vips_operation_block_set, (const char *name, int on))                                    \
    X(int, vips_thumbnail_buffer, (void *bytes, size_t len, VipsImage **out, int width, ...))        \
    X(int, vips_thumbnail_image, (VipsImage *in, VipsImage **out, int width, ...))                   \
    X(int, vips_flatten, (VipsImage *in, VipsImage **out, ...))                                      \
    X(int, vips_colourspace, (VipsImage *in, VipsImage **out, int space, ...))                       \
    X(int, vips_extract_area, (VipsImage *in, VipsImage **out, int x, int y, int w, int h, ...))     \
    X(VipsImage *, vips_image_new_from_memory_copy, (const void *pixels, size_t len, int w, int h, int bands, int format)) \
    X(int, vips_copy, (VipsImage *in, VipsImage **out, ...))                                         \
    X(int, vips_image_get_width, (const VipsImage *in))                                              \
    X(int, vips_image_get_height, (const VipsImage *in))                                             \
    X(int, vips_image_get_bands, (const VipsImage *in))                                              \
    X(void *, vips_image_write_to_memory, (VipsImage *in, size_t *len))                              \
    X(int, vips_webpsave_buffer, (VipsImage *in, void **bytes, size_t *len, ...))                    \
    X(int, vips_jpegsave_buffer, (VipsImage *in, void **bytes, size_t *len, ...))                    \
    X(VipsArrayDouble *, vips_array_double_newv, (int n, ...))                                       \
    X(void, vips_area_unref, (void *array))                                                          \
    X(void, g_object_unref, (void *object))                                                          \
    X(void, g_free, (void *memory))

#endif
