/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "page/qr.h"

#include <qrencode.h>

#include "base/out.h"

#define PATH_MAX_BYTES ((size_t)64 << 10)

/* Runs of dark modules in a row are one rectangle: "M4 5h7v1h-7z". */
static void draw_row(out *o, const unsigned char *row, int width, int y)
{
    for (int x = 0, run; x < width; x += run ? run : 1) {
        for (run = 0; x + run < width && (row[x + run] & 1);) run++;
        if (run) out_printf(o, "M%d %dh%dv1h-%dz", x + QR_QUIET, y + QR_QUIET, run, run);
    }
}

qr qr_draw(arena *a, str text)
{
    QRcode *code = QRcode_encodeData((int)text.len, (const unsigned char *)text.ptr, 0, QR_ECLEVEL_M);
    if (!code) return (qr){STR_NONE, STR("0 0 1 1")};
    out o;
    out_init(&o, PATH_MAX_BYTES);
    for (int y = 0; y < code->width; y++) draw_row(&o, code->data + (size_t)y * (size_t)code->width, code->width, y);
    int side = code->width + 2 * QR_QUIET;
    qr made = {o.failed ? STR_NONE : arena_str(a, out_get(&o)), arena_printf(a, "0 0 %d %d", side, side)};
    QRcode_free(code);
    out_reset(&o);
    out_drop(&o);
    return made;
}
