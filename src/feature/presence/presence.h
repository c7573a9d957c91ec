/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who is here, and when somebody was here last (FEATURES B2 of docs/features.md).
 *
 *   request of a member ─▶ graph_here: the minute, in memory ──first of an hour──▶ presence_store: the hour, in the database
 *                              │                                                        │
 *                              └─▶ online: within ONLINE_MS                             └─▶ last seen, after that
 *
 * The minute leaves memory only as "online". What is stored, logged and shown is the hour, and whoever shows it to nobody has
 * none stored. The hour is housekeeping: at most one write a member and hour, in the lane's background, and a crash may lose it.
 * Another web node knows of a member only what is stored.
 *
 * Who may see it is PRIVACY_PRESENCE, which is mutual (graph/privacy.h). Everything here is judged. */
#ifndef VECHE_PRESENCE_H
#define VECHE_PRESENCE_H

#include "graph/privacy.h"

#define ONLINE_MS (5 * INT64_C(60000)) /* since the latest request; counted in whole minutes, so up to one more */

typedef struct presence {
    bool online;
    int64_t hour; /* when its hour began, ms; 0: nothing is known, or it is not for the viewer */
} presence;

/* What c->viewer may know of the member; nothing of somebody who hides, is suspended or is not there. */
rc presence_of(ctx *c, int64_t num, presence *out);
/* The half of it that needs no database when memory is warm: for lists. */
rc presence_online(ctx *c, int64_t num, bool *online);

#define PRESENCE_SCAN_MAX 500
/* Friends of c->viewer who are online, in the order of their numbers, above `after` (0: from the first), at most `most` into
 * `out`. *next: pass as `after` for the rest; 0: this was the end. At most PRESENCE_SCAN_MAX who are here are judged, so a short
 * list may have a next one. */
rc presence_friends(ctx *c, int64_t after, size_t most, int64_t *out, size_t *len, int64_t *next);

/* Makes what is stored what the setting of c->viewer, who is here, allows: the hour of c->now, or nothing when nobody may see it.
 * An act; idempotent. Also for when the setting has changed. */
rc presence_store(ctx *c, str unused);

#endif
