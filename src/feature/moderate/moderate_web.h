/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The pages of the administration, and what their templates are given. */
#ifndef VECHE_MODERATE_WEB_H
#define VECHE_MODERATE_WEB_H

#include "feature/moderate/moderate.h"
#include "http/health.h"
#include "page/view.h"

extern const route moderate_routes[];

typedef enum admin_tab { ADMIN_HEALTH, ADMIN_MEMBERS, ADMIN_SITE } admin_tab;

/* A word with its icon and colour class, as a badge. */
typedef struct admin_badge { const char *icon; str look; enum lang_key word; } admin_badge;

typedef struct admin_member {
    person who;
    int64_t num;
    admin_badge state, role;
    bool suspended, staff, exceptional; /* exceptional: in a state that a list must show */
} admin_member;
typedef struct admin_members { admin_member *items; size_t len; } admin_members;

typedef struct admin_note {
    str when, iso;
    person staff;
    bool console; /* done at the server, not by a member */
    enum lang_key word;
    const char *icon;
    str reason;
} admin_note;
typedef struct admin_notes { admin_note *items; size_t len; } admin_notes;

typedef struct admin_member_view {
    admin_member m;
    str joined;
    bool may_close, may_appoint;
    admin_notes notes;
} admin_member_view;

/* The health page in words. */
typedef struct admin_health_view {
    const health *h;
    const figures *f;
    html uptime, database, wal, memory, disk_free, disk_total;
    str per_batch;       /* acts in a batch, "3.4" */
    int disk_used;       /* per cent */
    bool disk_low;
    str oldest_job;      /* since when; empty: none waits */
} admin_health_view;

#endif
