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

int vips_init(const char *program);
void vips_concurrency_set(int threads);
void vips_cache_set_max(int operations);
void vips_block_untrusted_set(int on);
void vips_operation_block_set(const char *name, int on);
int vips_thumbnail_buffer(void *bytes, size_t len, VipsImage **out, int width, ...);
int vips_thumbnail_image(VipsImage *in, VipsImage **out, int width, ...);
int vips_flatten(VipsImage *in, VipsImage **out, ...);
int vips_colourspace(VipsImage *in, VipsImage **out, int space, ...);
int vips_extract_area(VipsImage *in, VipsImage **out, int x, int y, int w, int h, ...);
VipsImage *vips_image_new_from_memory_copy(const void *pixels, size_t len, int w, int h, int bands, int format);
int vips_copy(VipsImage *in, VipsImage **out, ...);
int vips_image_get_width(const VipsImage *in);
int vips_image_get_height(const VipsImage *in);
int vips_image_get_bands(const VipsImage *in);
void *vips_image_write_to_memory(VipsImage *in, size_t *len);
int vips_webpsave_buffer(VipsImage *in, void **bytes, size_t *len, ...);
int vips_jpegsave_buffer(VipsImage *in, void **bytes, size_t *len, ...);
VipsArrayDouble *vips_array_double_newv(int n, ...);
void vips_area_unref(void *array);
void g_object_unref(void *object);
void g_free(void *memory);

/* All of them, by name. */
#define VIPS_FUNCTIONS(X) \
    X(vips_init) X(vips_concurrency_set) X(vips_cache_set_max) X(vips_block_untrusted_set) \
    X(vips_operation_block_set) X(vips_thumbnail_buffer) X(vips_thumbnail_image) X(vips_flatten) \
    X(vips_colourspace) X(vips_extract_area) X(vips_image_new_from_memory_copy) X(vips_copy) \
    X(vips_image_get_width) X(vips_image_get_height) X(vips_image_get_bands) X(vips_image_write_to_memory) \
    X(vips_webpsave_buffer) X(vips_jpegsave_buffer) X(vips_array_double_newv) X(vips_area_unref) \
    X(g_object_unref) X(g_free)

#endif
