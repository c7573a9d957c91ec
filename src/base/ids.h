/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Identifiers.
 *
 * Members (and later communities) have a dense 31-bit number, `num`. Whoever owns a wall is an owner. Every large table
 * carries the owner's bucket, so that a shard can be told from a number alone.
 *
 * Things whose time is shown anyway have 63-bit ids:
 *
 *   62                22 21          10 9        4 3      0
 *   | ms since 2005-01-01 | bucket of owner | node | sequence |
 *          41 bits             12 bits       6 bits   4 bits
 *
 * so an id tells its age and its shard. */
#ifndef VECHE_IDS_H
#define VECHE_IDS_H

#include "base/str.h"

#define BUCKETS 4096
#define ID_EPOCH_MS INT64_C(1104537600000) /* 2005-01-01T00:00:00Z */

typedef struct member_id { int64_t num; } member_id;
typedef struct post_id { int64_t id; } post_id;

/* The bucket of an owner's number: 0 … 4095. */
static inline int64_t bucket_of(int64_t num) { return num & (BUCKETS - 1); }
static inline int64_t id_bucket(int64_t id) { return (id >> 10) & (BUCKETS - 1); }
static inline int64_t id_time(int64_t id) { return (id >> 22) + ID_EPOCH_MS; }
/* The smallest id of a moment: for keyset pages and "older than". */
static inline int64_t id_floor(int64_t ms) { return (ms - ID_EPOCH_MS) << 22; }

typedef struct id_mill id_mill;
/* A source of ids for this node (0–63), thread-safe. No id is issued at or below `floor_ms`: pass the high-water mark that
 * was stored, so that a clock set back cannot issue an id twice. */
id_mill *id_mill_open(int node, int64_t floor_ms);
void id_mill_close(id_mill *m);
/* The next id for a bucket; strictly rising within it. Past 16 in one millisecond it borrows from the next. */
int64_t id_next(id_mill *m, int64_t bucket, int64_t now_ms);
/* The latest millisecond that any id used; floor_ms before the first. What to store as the high-water mark. */
int64_t id_mill_high(id_mill *m);

#endif
