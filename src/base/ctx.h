/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ctx: what a piece of work carries with it: memory, a database connection inside a transaction, who looks, in which
 * language, at what time, and what went wrong. One per request, job or admin command; never shared between threads. */
#ifndef VECHE_CTX_H
#define VECHE_CTX_H

#include "base/arena.h"
#include "base/lang.h"
#include "base/rc.h"

typedef enum role { ROLE_GUEST, ROLE_MEMBER, ROLE_STAFF, ROLE_OWNER } role;

typedef struct viewer {
    int64_t num; /* 0: guest */
    role role;
} viewer;

/* What went wrong: the log gets file, line and detail; the member gets the sentence. */
typedef struct failure {
    rc_code code;
    const char *file;
    int line;
    str detail;
    msg sentence;
} failure;

struct db;
struct graph;
struct id_mill;
struct change;
struct media;

typedef struct ctx {
    arena *arena;
    struct db *db;
    struct graph *graph;
    struct id_mill *ids;
    struct media *media; /* where pictures are kept (media/media.h); NULL: this process has none */
    viewer viewer;
    int64_t page_of;  /* 0, or the member who looks at their own page as `viewer` would see it; see graph/privacy.h */
    lang lang;
    int64_t now;      /* ms UTC, fixed for the whole piece of work */
    uint64_t epoch;   /* the graph's epoch before the snapshot began; see graph/graph.h */
    bool writing;     /* inside an act: memory may be older than the transaction, so the database is asked */
    bool retry;       /* the engine asks to run the transaction again (serialization, deadlock) */
    failure err;
    struct change *changes; /* told to memory after the commit; see db/change.h */
} ctx;

/* Records the failure and returns its code. `detail` is printf for the log: never a member's words or secrets. */
rc fail_at(ctx *c, rc_code code, const char *file, int line, msg sentence, const char *detail, ...)
    __attribute__((format(printf, 6, 7)));
/* fail(c, code, sentence, detail, …): the sentence too is in the dots, because a macro takes the commas of
 * (msg){.key = …, .n = …} for its own. */
#define fail(c, code, ...) fail_at((c), (code), __FILE__, __LINE__, __VA_ARGS__)

#endif
