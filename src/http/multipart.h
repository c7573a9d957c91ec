/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* multipart/form-data as it comes in, piece by piece, in constant memory (RFC 7578, RFC 2046 §5.1). Fields are handed over whole,
 * files as they come. File names are not looked at: they are whatever somebody says. */
#ifndef VECHE_MULTIPART_H
#define VECHE_MULTIPART_H

#include "base/arena.h"

#define MULTIPART_BOUNDARY_MAX 70
#define MULTIPART_HEAD_MAX 2048   /* bytes of one part's headers */
#define MULTIPART_NAME_MAX 64
#define MULTIPART_FIELD_MAX (64 * 1024) /* bytes of one field */
#define MULTIPART_PARTS_MAX 128

/* Each returns false to stop; the parser then takes nothing more. */
typedef struct multipart_events {
    bool (*field)(void *arg, str name, str value);
    bool (*file_begin)(void *arg, str name);
    bool (*file_bytes)(void *arg, str bytes);
    bool (*file_end)(void *arg);
} multipart_events;

typedef struct multipart multipart;

/* The boundary of a Content-Type; absent when it is another type or has no usable one. Borrows. */
str multipart_boundary(str content_type);
/* Lives in the arena. */
multipart *multipart_open(arena *a, str boundary, const multipart_events *events, void *arg);

typedef enum multipart_state { MULTIPART_MORE, MULTIPART_END, MULTIPART_BAD, MULTIPART_LARGE, MULTIPART_STOPPED } multipart_state;
/* Takes the next bytes. END: the last boundary was there; whatever follows is passed over. BAD, LARGE and STOPPED stay. */
multipart_state multipart_feed(multipart *m, str bytes);

#endif
