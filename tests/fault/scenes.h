/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* scenes: for each address that writes, a situation in which it has something to write, and the form that does it. A route
 * without a scene fails the test. */
#ifndef VECHE_TESTS_SCENES_H
#define VECHE_TESTS_SCENES_H

#include "base/ctx.h"
#include "http/req.h"

typedef struct scene {
    str session;  /* as the server will find it: for the form's token */
    str cookie;   /* the Cookie header */
    str path;
    str form;     /* without the token */
} scene;

typedef struct scene_maker {
    const char *path; /* of the route */
    /* Inside an act: makes fresh people and things, in c->arena. */
    rc (*make)(ctx *c, scene *s);
    bool quiet;        /* nothing is written when it succeeds */
} scene_maker;

extern const scene_maker scenes[]; /* ends with an absent path */
const scene_maker *scene_of(const route *r);

/* The server is set up, open to everybody. Inside an act. */
rc scene_house(ctx *c, bool ready);
/* A guest with a cookie: the scene's default. */
void scene_guest(ctx *c, scene *s);

#endif
