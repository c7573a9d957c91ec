/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* media: pictures from an upload to a file that is served. In the data folder:
 *
 *     media/staging/            uploads while they come in (without a name), and sizes until their rows are committed
 *     media/3f/a1/3fa1…-2.webp  a size of a picture; the name is 128 random bits and the number of the size
 *
 *     upload ─▶ media_stage ─▶ media_make: sizes into staging, fsync, a second name below media/, fsync
 *                                   │
 *              the row is committed ┤─▶ media_settle: the name in staging goes
 *              it is not            └─▶ media_discard: both names go
 *
 * So what is in staging is what nobody has decided about; after a crash the job that sweeps asks the database (media_unsettled).
 * Nothing is opened by a path that somebody sent: names are made here from ids, and every open stays below its folder
 * (openat2 with RESOLVE_BENEATH where the kernel has it). */
#ifndef VECHE_MEDIA_H
#define VECHE_MEDIA_H

#include "base/rc.h"
#include "media/workers.h"

typedef struct media media;

#define MEDIA_ID_BYTES 16
typedef struct media_id { unsigned char bytes[MEDIA_ID_BYTES]; } media_id;

typedef struct media_set {
    media_id id;
    media_plan plan;
    media_picture picture;
} media_set;

/* Makes the folders. With a line on stderr when it cannot; then *out is NULL. */
rc media_open(const char *data, void (*hangs)(void *arg, int64_t number), void *arg, media **out);
void media_close(media *m);
media_workers *media_workers_of(media *m);

/* A file without a name for bytes that come in; -1 with errno. */
int media_stage(media *m);
/* For slow threads. Everything but MEDIA_FINE leaves no file. */
media_result media_make(media *m, int upload, media_plan plan, const media_crop *crop, media_set *out);
void media_settle(media *m, const media_set *set);
/* Also for pictures that were settled long ago; what is not there is passed over. */
void media_discard(media *m, const media_id *id, media_plan plan);

/* Ids whose names have stood in staging for longer than `older_s`, at most `max`; returns how many. */
int media_unsettled(media *m, int older_s, media_id *out, int max);
/* Opens a size for reading; -1 with errno. *len: its bytes. */
int media_read(media *m, const media_id *id, media_plan plan, int size, int64_t *len);

#endif
