/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* QR codes (ISO/IEC 18004), drawn by libqrencode, as the path of an inline SVG: no picture is loaded, no style is written inline. */
#ifndef VECHE_QR_H
#define VECHE_QR_H

#include "base/arena.h"

#define QR_QUIET 4 /* modules of white around it, which readers need */

typedef struct qr {
    str path;    /* for <path d>: the dark modules, one unit each, behind the quiet border; absent: the text does not fit */
    str box;     /* for viewBox */
} qr;

/* A code for `text`, level M, in the arena. */
qr qr_draw(arena *a, str text);

#endif
