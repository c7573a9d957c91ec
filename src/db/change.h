/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* change: the one table that says what moved, in order. Memory (graph/) is folded from it, live streams and other web nodes
 * follow it. An act emits; the row commits with the act; the lane tells memory after the commit and before the answer. */
#ifndef VECHE_CHANGE_H
#define VECHE_CHANGE_H

#include "base/ctx.h"

/* Stored in the table: numbers are forever. */
typedef enum change_kind {
    CHANGE_MEMBER = 1,   /* a: member. Names, state, role, settings */
    CHANGE_EDGES = 2,    /* a: whose half-edges changed */
    CHANGE_PRIVACY = 3,  /* a: whose privacy settings or circles changed */
    CHANGE_WALL = 4,     /* a: owner of the wall, b: post id. Posts, their audiences, wordings and likes */
    CHANGE_SITE = 5,     /* settings of the whole server */
    CHANGE_LIKED = 6,    /* a: who set or took back a like, b: post id */
    CHANGE_SESSIONS = 7, /* a: whose sessions began, ended or were used on a new day, or who chose what not to read */
    CHANGE_NOTICES = 8   /* a: who was told of something, or has read it */
} change_kind;

typedef struct change {
    struct change *next;
    change_kind kind;
    int64_t a, b;
    int64_t seq;       /* the row's place in the log */
} change;

/* Writes the row and remembers it, behind the earlier ones, in c->changes. Only inside an act; the memory is c->arena's. */
rc change_emit(ctx *c, change_kind kind, int64_t a, int64_t b);

#endif
