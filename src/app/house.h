/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* house: everything that a running server, an admin command or a test needs, opened in the right order. */
#ifndef VECHE_HOUSE_H
#define VECHE_HOUSE_H

#include "app/config.h"
#include "db/lane.h"
#include "graph/graph.h"
#include "http/site.h"
#include "media/media.h"

typedef struct house house;

/* Makes the data folder, takes its lock (so that two processes never write the same database), migrates the schema, opens the
 * lane and the graph. With a line on stderr when it cannot. */
rc house_open(const config *c, house **out);
void house_close(house *h);

const char *house_where(const house *h);
const char *house_data(const house *h);
bool house_on_postgres(const house *h);
lane *house_lane(house *h);
graph *house_graph(house *h);
id_mill *house_ids(house *h);
media *house_media(house *h); /* NULL where none was asked for */
/* The settings now; the value stays for ever. */
const site *house_site(house *h);
int64_t house_started(const house *h);

/* Whom to tell what was committed, here or by another process, after memory has heard of it; NULL: nobody any more, and whoever was
 * told before is not being told when this returns. Told NULL when changes of others were missed. */
void house_tell(house *h, void (*tell)(void *arg, const change *changes), void *arg);

/* A new one-time link's token for the set-up page, in the arena. */
rc house_setup_link(house *h, arena *a, str *token);
/* A write outside of a request: runs `act` in the lane with a ctx of its own and prints nothing. c->arena is `a`. */
rc house_write(house *h, arena *a, viewer who, rc (*act)(ctx *, void *), void *arg, ctx *c);

#endif
