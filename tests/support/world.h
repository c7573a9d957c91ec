/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* world: a fresh, migrated database with people in it, and memory over it, for tests.
 *
 *     world *w = world_open(DB_SQLITE);
 *     int64_t anna = world_member(w, ROLE_MEMBER), boris = world_member(w, ROLE_MEMBER);
 *     world_befriend(w, anna, boris);
 *     world_post(w, anna, anna, LEVEL_FRIENDS);
 *     ctx *c = world_ctx(w, boris);                  a read: one snapshot, inside the graph
 *     … graph_news(c, …) …
 *     world_done(c);
 *     world_close(w);
 *
 * What world_… writes is committed and told to memory at once; between world_begin and world_end it is one transaction
 * (a thousand posts in one fsync). Counters (member.friends, posts, …) are not kept: who tests counters uses the features.
 * Whatever goes wrong ends the test with file and line. One thread. */
#ifndef VECHE_TESTS_WORLD_H
#define VECHE_TESTS_WORLD_H

#include "base/ctx.h"
#include "base/ids.h"
#include "db/change.h"
#include "db/db.h"
#include "graph/graph.h"

typedef struct world world;

/* A world's insides that tests may use. */
struct world {
    db_engine engine;
    const char *where; /* for db_open */
    db *db;            /* the writing connection */
    graph *graph;
    id_mill *ids;
    arena *arena;      /* lives as long as the world */
    int64_t now;       /* ms; moves a second with each post */
    bool silent;       /* commits are not told to memory: as if the publish were still to come */
    int64_t last_member;
    int depth;
    change *told;      /* since world_begin */
    char schema[32], folder[64], path[1200];
};

/* NULL when this engine cannot be tested here: PostgreSQL without VECHE_TEST_PG (its address). */
world *world_open(db_engine engine);
/* As world_open, with a budget for memory. */
world *world_open_small(db_engine engine, size_t budget);
void world_close(world *w);

/* ---- reading and acting as somebody (0: a guest) ---- */
/* A read request: a connection and a graph reader of its own; its snapshot begins now. The role is read from the member. */
ctx *world_ctx(world *w, int64_t viewer);
/* An act on the writing connection. world_done commits it and tells memory what change_emit collected. */
ctx *world_act(world *w, int64_t viewer);
/* Ends either. */
void world_done(ctx *c);
/* Ends an act without a trace. */
void world_undo(ctx *c);
/* Ends an act as its code says; returns the code. */
rc world_ends(ctx *c, rc_code code);

/* ---- people and things; each returns the new number or id ---- */
int64_t world_member(world *w, role role);
void world_state(world *w, int64_t member, int state);
/* Both half-edges, as EDGE_ bits; 0 removes one. */
void world_edge(world *w, int64_t a, int64_t b, unsigned bits_a, unsigned bits_b);
void world_befriend(world *w, int64_t a, int64_t b);
/* A circle of the owner with these members; returns its ordinal. */
int64_t world_circle(world *w, int64_t owner, const int64_t *members, size_t len);
void world_setting(world *w, int64_t owner, int item, int64_t audience);
/* An interned audience by its canonical spec, or the level itself for one digit. */
int64_t world_audience(world *w, int64_t owner, const char *spec);
int64_t world_post(world *w, int64_t owner, int64_t author, int64_t audience);
void world_delete_post(world *w, int64_t owner, int64_t id);

/* ---- below that ---- */
void world_begin(world *w);
void world_end(world *w);
/* Tells memory, or keeps it for world_end. */
void world_told(world *w, change_kind kind, int64_t a, int64_t b);
/* A statement without parameters; printf. */
void world_sql(world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The first column of every row, at most `most`; returns how many. For oracles. */
size_t world_ints(db *d, int64_t *out, size_t most, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The same for one number; `otherwise` when there is no row. */
int64_t world_int(db *d, int64_t otherwise, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Random numbers that are the same in every run. */
typedef struct dice { uint64_t state; } dice;
uint64_t dice_next(dice *r);
/* 0 … below - 1 */
size_t dice_below(dice *r, size_t below);

#endif
