/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* frames: what our processes say to each other over a socketpair (docs/architecture.md, Processes).
 *
 *    0        4      6      8                                  8 + 8 * FRAME_NUMBERS
 *    ┌────────┬──────┬──────┬──────────┬──────────┬─ … ──┐
 *    │"VCH1"  │ kind │ fds  │ number 0 │ number 1 │      │      little-endian; descriptors travel beside it (SCM_RIGHTS)
 *    └────────┴──────┴──────┴──────────┴──────────┴─ … ──┘
 *
 * Each frame is one packet of a SOCK_SEQPACKET pair, always of the same length: nothing is parsed that an attacker could make
 * long, and a packet of another length or with other descriptors than it says is refused whole. */
#ifndef VECHE_FRAMES_H
#define VECHE_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define FRAME_NUMBERS 24
#define FRAME_BYTES (8 + 8 * FRAME_NUMBERS)
#define FRAME_FDS 12

/* The kinds are for ever: an old child may speak with a new supervisor. What the numbers mean stands beside each. */
typedef enum frame_kind {
    FRAME_DOOR = 1,  /* supervisor → web: a listening socket. 0: the TCP port, or 0 for the Unix socket */
    FRAME_START = 2, /* supervisor → web: all doors are there. 0: 1 when the server has run before this child */
    FRAME_READY = 3, /* web → supervisor: it answers */
    FRAME_MEDIA = 4, /* supervisor → web: a channel to a new media process. 0: its number */
    FRAME_HANGS = 5, /* web → supervisor: end this media process. 0: its number */
    FRAME_STOP = 6,  /* supervisor → web: answer what is under way, then end */
    FRAME_JOB = 7,   /* web → media: media/job.h */
    FRAME_DONE = 8,  /* media → web: media/job.h */
    FRAME_KINDS
} frame_kind;

typedef struct frame {
    frame_kind kind;
    int fd_count;
    int fds[FRAME_FDS]; /* of a received frame: the receiver's to close; close-on-exec */
    int64_t numbers[FRAME_NUMBERS];
} frame;

/* The bytes of a frame, without its descriptors. */
void frame_write(const frame *f, unsigned char bytes[FRAME_BYTES]);
/* False: not a frame. Fills in all but the descriptors themselves. Pure; any bytes may come. */
bool frame_read(str bytes, frame *out);

/* The two ends of a new channel, close-on-exec; false with errno. */
bool frame_pair(int ends[2]);

typedef enum frame_got { FRAME_CAME, FRAME_LATE, FRAME_ENDED, FRAME_UNREAD } frame_got;

/* False when the other side is gone, or does not read. Descriptors stay the caller's. */
bool frame_send(int channel, const frame *f);
/* Waits at most `ms` (-1: for ever). FRAME_ENDED: the other side is gone, or sent what is no frame; nothing is left open.
 * FRAME_UNREAD: it is gone and had not read what was sent to it (ECONNRESET, as Linux says it of unix(7) sockets). */
frame_got frame_receive(int channel, int ms, frame *out);
void frame_close_fds(frame *f);

#endif
