/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* streams: connections that stay open and are told what happens (Server-Sent Events, WHATWG HTML §9.2).
 *
 *   GET /live ─ show ─ req_stream ─▶ the answer's head, then the descriptor leaves MHD and joins the web thread's own epoll
 *
 *   commit ─▶ streams_publish ─▶ each web thread: whose things moved
 *                                    │ every 400 ms
 *                                    ▼
 *              streams whom it may concern (a bit map of what each follows) ─▶ at most 32 a turn ─▶ look ─▶ send
 *
 * A stream costs some 400 bytes of ours and no thread. Privacy is judged when it is looked at, by `look`, as the member whose
 * stream it is, in a snapshot: nothing is sent because it was allowed a moment ago. On SQLite the web thread looks; on
 * PostgreSQL a read of the lane does, and the events come home like an answer.
 *
 * Whoever cannot take an event at once is cut off: the browser comes again and says what it saw last (Last-Event-ID). */
#ifndef VECHE_STREAMS_H
#define VECHE_STREAMS_H

#include "base/ctx.h"
#include "db/change.h"

struct req;

/* Whose things concern a stream: never no when yes. */
#define STREAM_FILTER_BITS 2048u
typedef struct stream_filter { uint64_t words[STREAM_FILTER_BITS / 64]; } stream_filter;

/* A hash of the number: neighbours join together and are followed together. */
static inline unsigned stream_filter_bit(int64_t num)
{
    return (unsigned)((uint64_t)num * UINT64_C(0x9e3779b97f4a7c15) >> 53) % STREAM_FILTER_BITS;
}

static inline void stream_filter_add(stream_filter *f, int64_t num)
{
    unsigned bit = stream_filter_bit(num);
    f->words[bit / 64] |= UINT64_C(1) << bit % 64;
}

static inline bool stream_filter_has(const stream_filter *f, int64_t num)
{
    unsigned bit = stream_filter_bit(num);
    return f->words[bit / 64] >> bit % 64 & 1;
}

/* What is known of a stream between two looks. */
typedef struct stream_subject {
    int64_t member;
    unsigned char session[32]; /* SHA-256 of the token that opened it */
    stream_filter concerns;
    int64_t since;   /* the newest post that it was told of, or had when it began */
    int64_t count;   /* the last counter that it was told */
} stream_subject;

/* Whose things moved since the last look. `all`: too many to list. */
typedef struct stream_heard {
    const uint32_t *nums;
    size_t len;
    bool all;
} stream_heard;

/* Looks at what may have changed for one stream: writes events to `o` and what is known afterwards to *next. In a snapshot; may run
 * twice, so it changes nothing else. Anything but OK, E_BUSY and E_INTERNAL ends the stream. */
typedef rc stream_look(ctx *c, const stream_subject *now, const stream_heard *heard, stream_subject *next, out *o);

/* For a route's show: the answer is a stream of this subject, which begins with what stands in r->out. A HEAD is answered and closed.
 * E_BUSY when there are too many. */
rc req_stream(struct req *r, const stream_subject *first);

/* Writes an event: its name, its id (0: none) and one line of data. */
void stream_event(out *o, const char *name, int64_t id, str data);

struct server;
/* After a commit; NULL: some changes were missed, so everybody is looked at. Any thread. */
void streams_publish(struct server *s, const change *changes);

#endif
