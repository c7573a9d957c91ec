/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* decode: libvips behind two functions. It is loaded by name, and only by a process that decodes: neither the supervisor nor the
 * web process has a decoder in its memory. */
#ifndef VECHE_DECODE_H
#define VECHE_DECODE_H

#include "media/job.h"

/* Loads libvips (Debian's libvips42) and blocks everything but reading JPEG, PNG, GIF and WebP and writing JPEG and WebP. Before
 * confine.h. False, with a line in the log, when it is not there or refuses. */
bool decode_open(void);
/* The whole job: looks at the header (sniff.h), decodes, turns upright, crops, makes the sizes without anything but pixels in
 * them, and writes them. */
void decode_run(const media_job *job, media_picture *out);

#endif
