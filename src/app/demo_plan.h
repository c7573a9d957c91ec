/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The demo world as a list of what happened, in order of time. It is worked out first, without a database, so that the acts
 * that make it true may run in slices, and run again. The same numbers give the same town. */
#ifndef VECHE_DEMO_PLAN_H
#define VECHE_DEMO_PLAN_H

#include "app/demo_texts.h"

#define DEMO_MEMBERS_MIN 20
#define DEMO_MEMBERS_MAX 2000

typedef enum demo_kind {
    DEMO_JOINS,    /* who */
    DEMO_BEFRIENDS, /* who, whom */
    DEMO_ASKS,     /* who, whom, text */
    DEMO_FOLLOWS,  /* who, whom */
    DEMO_CIRCLE,   /* who makes a circle of the friends they have by then; text: its title */
    DEMO_POSTS,    /* who, on whom's wall; thing: the post; text; audience */
    DEMO_LIKES,    /* who; thing: the post */
    DEMO_SAYS      /* who; text: the status line */
} demo_kind;

#define DEMO_AUDIENCE_CIRCLE (-1) /* the member's own first circle */

typedef struct demo_event {
    int64_t at;
    demo_kind kind;
    uint32_t who, whom, thing;
    int audience;
    const char *text;
} demo_event;

typedef struct demo_member {
    str name;
    const char *given, *family, *town;
    lang lang;
    gender gender;
    int hood, year, month, day;
    bool shy;        /* shows wall and friends to friends only */
    int64_t joined;
    size_t friends;  /* planned */
    int64_t num;     /* filled when they have joined */
    int64_t circle;  /* ordinal of the first circle, 0: none */
} demo_member;

typedef struct demo_post {
    uint32_t owner;
    int64_t ordinal; /* filled when it is written */
} demo_post;

typedef struct demo_plan {
    demo_member *members; /* 0: the owner of the server, 1: writes English, 2: writes Russian */
    demo_post *posts;
    demo_event *events;   /* by time */
    size_t members_len, posts_len, events_len;
} demo_plan;

/* In the arena. `now`: nothing happened later. */
demo_plan *demo_plan_make(arena *a, size_t members, uint64_t seed, int64_t now);

#endif
