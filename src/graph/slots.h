/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a graph is made of. Only slots.c and reclaim.c include this file; their essays say how it works. */
#ifndef VECHE_GRAPH_SLOTS_H
#define VECHE_GRAPH_SLOTS_H

#include <pthread.h>

#include "graph/parts.h"

#define CHUNK_SLOTS 4096u
#define CHUNKS ((size_t)1 << 19) /* × CHUNK_SLOTS = 2^31 numbers */
#define STRIPES 64u
#define AUDIENCES ((size_t)1 << 14)
#define LINE 64

#define STAMPS 2

typedef struct slot {
    _Atomic(part *) parts[PART_KINDS];
    _Atomic uint64_t stamps[STAMPS];
} slot;
_Static_assert(sizeof(slot) == LINE, "a slot is one cache line");

typedef struct chunk {
    _Alignas(LINE) slot slots[CHUNK_SLOTS];
    _Atomic int64_t newest[CHUNK_SLOTS];
    _Atomic uint32_t here[CHUNK_SLOTS]; /* minutes since 1970, and HERE_OWED */
} chunk;

/* A mutex and what happened to the slots under it, on a line of their own. */
typedef struct stripe {
    _Alignas(LINE) pthread_mutex_t lock;
    uint64_t fills, refused, drops;
} stripe;

struct graph_reader {
    _Alignas(LINE) _Atomic uint64_t inside; /* the era it came in; 0: outside */
    graph *graph;
    graph_reader *next;
};

struct graph {
    _Atomic(chunk *) *chunks;
    stripe stripes[STRIPES];
    _Alignas(LINE) _Atomic uint64_t epoch; /* of the last publish whose stamps all stand */
    _Atomic uint64_t forgotten;            /* a stamp for every slot, of the last graph_forget */
    _Atomic uint64_t era;
    pthread_mutex_t publishing; /* one publish at a time, so that epochs rise */

    pthread_mutex_t limbo_lock; /* guards limbo and the list of readers */
    part *limbo, **limbo_end;   /* eras rise from first to last */
    graph_reader *readers;

    pthread_mutex_t growing; /* guards what follows; taken before a stripe, never after */
    uint32_t *made;          /* numbers of the chunks that exist, in the order they were made */
    size_t made_len, made_cap;
    size_t hand_chunk; /* index in made */
    uint32_t hand_slot;

    size_t budget;
    _Atomic size_t bytes;

    _Atomic(part *) audiences[AUDIENCES];
};

/* ---- reclaim.c ---- */
/* Zeroed, on a cache line of its own. */
void *line_alloc(size_t size);
void graph_lock(pthread_mutex_t *m);
void graph_unlock(pthread_mutex_t *m);
/* Takes a chain of parts that no slot shows any more; frees whatever nobody can hold by now. */
void part_retire(graph *g, part *chain);

#endif
