/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* parts: what hangs in the slots of graph.h. Only src/graph/ includes this file.
 *
 * Every accessor below is the same four steps: look in memory; on a miss read rows into the arena; make a part of exactly
 * the right size; offer it to memory and use what comes back.
 *
 *      part_get ──found──────────────────────────▶ use it until graph_leave
 *         └─NULL─▶ rows ─▶ part_new ─▶ part_keep ─▶ use what it returns
 *
 * Between part_new and part_keep nothing may fail, or the part leaks. Inside an act, or without a graph, part_get finds
 * nothing, part_new takes from the arena and part_keep gives back what it got: the same code reads the transaction. */
#ifndef VECHE_GRAPH_PARTS_H
#define VECHE_GRAPH_PARTS_H

#include <stdatomic.h>

#include "graph/audience.h"
#include "graph.sql.h"
#include "graph/graph.h"
#include "graph/quiet.h"

typedef enum part_kind { PART_PERSON, PART_EDGES, PART_DOORS, PART_RING, PART_LIKED, PART_SESSIONS, PART_KINDS } part_kind;

typedef struct part {
    struct part *next; /* while it waits to be freed */
    uint64_t era;      /* the era in which it was taken out */
    uint32_t size;
    _Atomic uint8_t used; /* since the hand passed last */
} part;

typedef struct person_part {
    part head;
    member_card card;
    char text[];
} person_part;

typedef struct edges_part {
    part head;
    size_t len;
    edge items[]; /* sorted by other */
} edges_part;

/* One circle's run inside doors_part.others. */
typedef struct circle_run {
    uint32_t ordinal, from, len;
    str title; /* stands in the part, behind everybody */
} circle_run;

typedef struct doors_part {
    part head;
    const circle_run *circles; /* sorted by ordinal */
    const uint32_t *others;    /* sorted within a circle */
    size_t circles_len;
    int64_t settings[]; /* by privacy_item, defaults filled in */
} doors_part;

/* A ring_post without what its slot says already. */
typedef struct ring_entry {
    int64_t id, audience, original;
    uint32_t author, ordinal, version, likes, comments, reposts;
    bool poll;
    uint8_t photos;
} ring_entry;

typedef struct ring_part {
    part head;
    uint32_t len;
    bool complete; /* nothing older exists; else the ring is full */
    ring_entry items[]; /* newest first */
} ring_part;

/* Posts that the slot's member likes. Of what is older than `floor` nothing is known. */
typedef struct liked_part {
    part head;
    size_t len;
    int64_t floor;
    int64_t items[]; /* newest first */
} liked_part;

/* All of it is asked for whoever is here, and for nobody else: so it shares a place. */
typedef struct sessions_part {
    part head;
    size_t len;
    const quiet *quiet; /* behind the sessions */
    int64_t notices;    /* lines that were not read */
    graph_session items[];
} sessions_part;

typedef struct audience_part {
    part head;
    int64_t id;
    audience audience; /* its lists stand in items */
    uint32_t items[];
} audience_part;

/* ---- slots.c ---- */
/* The part, or NULL: not in memory, or memory may not be asked. Borrowed until graph_leave. */
part *part_get(ctx *c, int64_t num, part_kind kind);
/* Tell the processor what comes soon: ring_newest; the slot; what hangs in it (the slot should be there by then). */
void newest_soon(ctx *c, int64_t num);
void slot_soon(ctx *c, int64_t num);
void parts_soon(ctx *c, int64_t num);
/* No post that the owner wrote on the own wall is newer than this; mostly it is the newest one's id. RING_EMPTY when there is
 * none, RING_UNKNOWN when nobody has looked since the last change. It outlives the ring's eviction, not a change of the wall. */
int64_t ring_newest(ctx *c, int64_t num);
#define RING_UNKNOWN INT64_C(0)
#define RING_EMPTY INT64_C(-1)
/* Not zeroed. */
void *part_new(ctx *c, size_t size);
/* Hangs the part in its slot, if the reader's snapshot is not older than the slot's last change. Returns what to use until
 * graph_leave: this part, or the one that another reader hung there meanwhile. */
part *part_keep(ctx *c, int64_t num, part_kind kind, part *p);
/* The same for interned audiences, which never change. */
const audience_part *audience_cached(ctx *c, int64_t id);
const audience_part *audience_keep(ctx *c, audience_part *p);

/* ---- quiet.c: rows are read first, since a part has the right size from the beginning ---- */
typedef struct quiet_rows {
    graph_mutes_row_list mutes;
    quiet_filter *filters;
    size_t filters_len, text;
} quiet_rows;
rc quiet_read(ctx *c, int64_t num, quiet_rows *out);
size_t quiet_size(const quiet_rows *r);
/* Fills quiet_size bytes, aligned as for an int64_t. */
const quiet *quiet_put(void *at, const quiet_rows *r);

/* ---- edges.c ---- */
rc edges_of(ctx *c, int64_t owner, const edges_part **out);

#endif
