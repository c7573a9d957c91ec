/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "media/decode.h"

#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "media/sniff.h"
#include "media/vips.h"

#define LIBRARY "libvips.so.42"
#define DECODE_BOX 2560 /* no size is larger, so no more of the picture is ever in memory at once */

#define DECLARE(name) static __typeof__(name) *p_##name;
VIPS_FUNCTIONS(DECLARE)

typedef void any_function(void);

/* POSIX has dlsym return functions as data; C has no cast for that. */
static any_function *find(void *library, const char *name)
{
    union { void *data; any_function *function; } u = {.data = dlsym(library, name)};
    if (!u.data) log_error("%s has no %s", LIBRARY, name);
    return u.function;
}

static bool load(void)
{
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        log_error("pictures cannot be read: %s", dlerror());
        return false;
    }
    bool all = true;
#define FIND(name) all = (p_##name = (__typeof__(name) *)find(library, #name)) && all;
    VIPS_FUNCTIONS(FIND)
    return all;
}

/* The modules that Debian ships beside the library (PDF, ImageMagick, …) are looked for below VIPSHOME: not found, not loaded.
 * Code made at run time (ORC) is switched off: it would need memory that can be written and executed. */
bool decode_open(void)
{
    setenv("VIPSHOME", "/nonexistent", 1);
    setenv("VIPS_NOVECTOR", "1", 1);
    setenv("LC_ALL", "C", 1);
    setenv("TZ", "UTC0", 1); /* the C library would look into a file for it, later */
    tzset();
    mallopt(M_ARENA_MAX, 1); /* with several it would look into /proc before it gives memory back */
    if (!load() || p_vips_init("veche") != 0) return false;
    p_vips_concurrency_set(1);
    p_vips_cache_set_max(0);
    p_vips_block_untrusted_set(1);
    p_vips_operation_block_set("VipsForeignLoad", 1);
    p_vips_operation_block_set("VipsForeignSave", 1);
    static const char *const wanted[] = {"VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadNsgif", "VipsForeignLoadWebp",
                                         "VipsForeignSaveJpeg", "VipsForeignSaveWebp"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) p_vips_operation_block_set(wanted[i], 0);
    return true;
}

/* ---- one picture ---- */

/* Takes over `in` in every case. */
static VipsImage *replace(VipsImage *in, VipsImage *made, int failed)
{
    p_g_object_unref(in);
    return failed ? NULL : made;
}

/* Eight bits a channel, red, green and blue; what shone through stands on white. */
static VipsImage *plain(VipsImage *in)
{
    VipsImage *out = NULL;
    int failed = p_vips_colourspace(in, &out, VIPS_INTERPRETATION_sRGB, NULL);
    in = replace(in, out, failed);
    if (!in || p_vips_image_get_bands(in) == 3) return in;
    VipsArrayDouble *white = p_vips_array_double_newv(1, 255.0);
    failed = p_vips_flatten(in, &out, "background", white, NULL);
    p_vips_area_unref(white);
    return replace(in, out, failed);
}

static VipsImage *cut(VipsImage *in, const media_crop *c)
{
    int w = p_vips_image_get_width(in), h = p_vips_image_get_height(in);
    int left = w * c->x / 1000, top = h * c->y / 1000, width = w * c->width / 1000, height = h * c->height / 1000;
    if (c->width == 1000 && c->height == 1000) return in;
    VipsImage *out = NULL;
    int failed = p_vips_extract_area(in, &out, left, top, width < 1 ? 1 : width, height < 1 ? 1 : height, NULL);
    return replace(in, out, failed);
}

/* A new picture of the same pixels. Whatever else the file brought (EXIF, GPS, XMP, profiles, comments, thumbnails) is attached to
 * the old one and ends with it: that does not depend on what a saver calls stripping. */
static VipsImage *pixels_only(VipsImage *in)
{
    size_t len = 0;
    VipsImage *bare = NULL, *out = NULL;
    int w = p_vips_image_get_width(in), h = p_vips_image_get_height(in), bands = p_vips_image_get_bands(in);
    void *pixels = p_vips_image_write_to_memory(in, &len);
    p_g_object_unref(in);
    if (pixels && bands == 3 && len == (size_t)w * (size_t)h * 3)
        bare = p_vips_image_new_from_memory_copy(pixels, len, w, h, bands, VIPS_FORMAT_UCHAR);
    p_g_free(pixels);
    if (!bare) return NULL;
    int failed = p_vips_copy(bare, &out, "interpretation", VIPS_INTERPRETATION_sRGB, NULL);
    return replace(bare, out, failed);
}

/* Upright, in sRGB, no larger than DECODE_BOX, in memory. */
static VipsImage *decode(str file, const media_crop *crop)
{
    VipsImage *in = NULL;
    if (p_vips_thumbnail_buffer((void *)(uintptr_t)file.ptr, file.len, &in, DECODE_BOX, "height", DECODE_BOX, "size", VIPS_SIZE_DOWN,
                                "export_profile", "srgb", "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL) != 0)
        return NULL;
    in = plain(in);
    if (in) in = cut(in, crop);
    return in ? pixels_only(in) : NULL;
}

static int64_t average_colour(VipsImage *image)
{
    size_t len;
    unsigned char *pixels = p_vips_image_write_to_memory(image, &len);
    uint64_t sums[3] = {0, 0, 0}, n = len / 3;
    if (!pixels || n == 0) return 0xCCCCCC;
    for (size_t i = 0; i + 2 < len; i += 3)
        for (size_t b = 0; b < 3; b++) sums[b] += pixels[i + b];
    p_g_free(pixels);
    return (int64_t)(sums[0] / n << 16 | sums[1] / n << 8 | sums[2] / n);
}

static bool write_all(int fd, str bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes = str_skip(bytes, (size_t)n);
    }
    return true;
}

static uint32_t chunk_len(str chunk)
{
    uint32_t n = 0;
    for (size_t i = 4; i-- > 0;) n = n << 8 | (unsigned char)chunk.ptr[4 + i];
    return n;
}

/* A saver of WebP adds EXIF of its own to whatever it saves. RFC 9649 §2.5: a still picture that needs no more than its pixels is one
 * chunk behind the file's head. Returns that chunk; absent if there is none. */
static str webp_pixels(str file)
{
    for (str rest = str_skip(file, 12); rest.len >= 8;) {
        size_t whole = 8 + (size_t)chunk_len(rest) + (chunk_len(rest) & 1);
        if (whole > rest.len) break;
        if (str_starts(rest, STR("VP8 ")) || str_starts(rest, STR("VP8L"))) return str_take(rest, whole);
        rest = str_skip(rest, whole);
    }
    return STR_NONE;
}

static bool write_webp(int fd, str file, int64_t *len)
{
    str pixels = webp_pixels(file);
    if (!pixels.ptr) return false;
    char head[12] = "RIFF____WEBP";
    uint32_t size = (uint32_t)pixels.len + 4;
    for (size_t i = 0; i < 4; i++) head[4 + i] = (char)(size >> (8 * i) & 0xFF);
    *len = (int64_t)(sizeof head + pixels.len);
    return write_all(fd, (str){head, sizeof head}) && write_all(fd, pixels);
}

static int encode(VipsImage *image, const media_size *size, void **bytes, size_t *len)
{
    if (size->webp) return p_vips_webpsave_buffer(image, bytes, len, "Q", size->quality, "strip", 1, "effort", 2, NULL);
    return p_vips_jpegsave_buffer(image, bytes, len, "Q", size->quality, "strip", 1, "optimize_coding", 1, "interlace", 1, NULL);
}

static media_result make_size(VipsImage *whole, const media_size *size, int fd, bool colour, media_picture *p, media_made *made)
{
    VipsImage *small = NULL;
    void *bytes = NULL;
    size_t len = 0;
    if (p_vips_thumbnail_image(whole, &small, size->box, "height", size->box, "size", VIPS_SIZE_DOWN, NULL) != 0) return MEDIA_BROKEN;
    if (colour) p->colour = average_colour(small);
    *made = (media_made){0, p_vips_image_get_width(small), p_vips_image_get_height(small)};
    int failed = encode(small, size, &bytes, &len);
    p_g_object_unref(small);
    if (failed) return MEDIA_BROKEN;
    made->bytes = (int64_t)len;
    str file = {bytes, len};
    bool written = size->webp ? write_webp(fd, file, &made->bytes) : write_all(fd, file);
    p_g_free(bytes);
    return written ? MEDIA_FINE : MEDIA_FULL;
}

static void make_sizes(const media_job *job, VipsImage *whole, media_picture *p)
{
    int w = p_vips_image_get_width(whole), h = p_vips_image_get_height(whole), longest = w > h ? w : h, last = 0;
    for (int i = 0; p->result == MEDIA_FINE && i < media_plan_sizes(job->plan); i++) {
        const media_size *size = &media_sizes[job->plan][i];
        bool same_format = size->webp == media_sizes[job->plan][0].webp;
        if (same_format && i > 0 && longest <= last) continue;
        if (same_format) last = size->box;
        p->result = make_size(whole, size, job->out[i], i == 0, p, &p->made[i]);
    }
}

static media_result from_sniff(sniff_result s)
{
    static const media_result meaning[] = {[SNIFF_FINE] = MEDIA_FINE, [SNIFF_TYPE] = MEDIA_TYPE, [SNIFF_BROKEN] = MEDIA_BROKEN,
                                           [SNIFF_LARGE] = MEDIA_LARGE, [SNIFF_FRAMES] = MEDIA_FRAMES, [SNIFF_RATIO] = MEDIA_RATIO};
    return meaning[s];
}

void decode_run(const media_job *job, media_picture *out)
{
    sniffed s;
    *out = (media_picture){.result = MEDIA_BROKEN};
    off_t len = lseek(job->in, 0, SEEK_END);
    if (len <= 0) return;
    void *bytes = mmap(NULL, (size_t)len, PROT_READ, MAP_PRIVATE, job->in, 0);
    if (bytes == MAP_FAILED) return;
    str file = {bytes, (size_t)len};
    out->result = from_sniff(picture_sniff(file, &s));
    if (out->result != MEDIA_FINE) return;
    VipsImage *whole = decode(file, &job->crop);
    if (!whole) {
        out->result = MEDIA_BROKEN;
        return;
    }
    out->width = p_vips_image_get_width(whole);
    out->height = p_vips_image_get_height(whole);
    make_sizes(job, whole, out);
    p_g_object_unref(whole);
}
