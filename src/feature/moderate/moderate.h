/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What staff may do to members, and what the operator sees of the server (FEATURES M2, M3, M4 of docs/features.md).
 *
 *              suspend, restore         role
 *   owner      members and staff        members and staff
 *   staff      members                  –
 *
 * Nobody touches themselves, and nobody the owner. Each act is noted with who, when and why, in the same transaction; the
 * notes are never changed. A suspension holds everywhere from its commit on: sessions end, and privacy.h closes the page,
 * the wall and every post. */
#ifndef VECHE_MODERATE_H
#define VECHE_MODERATE_H

#include "db/jobs.h"
#include "graph/graph.h"

#define MODERATE_REASON_MAX 500
#define MODERATE_PAGE 50

/* Stored in moderation.act: numbers are forever. */
typedef enum moderate_act {
    MODERATE_SUSPEND = 1,
    MODERATE_RESTORE = 2,
    MODERATE_APPOINT = 3,
    MODERATE_DISMISS = 4,
    MODERATE_SECOND_OFF = 5,
} moderate_act;

/* All three run inside an act, as c->viewer, whose role and state are read again; viewer {0, ROLE_OWNER} is the server's own
 * console. E_DENIED by the table above; E_NOT_FOUND; E_GONE for a member who left; E_CONFLICT when it is so already;
 * E_INVALID for a reason that is empty or longer than MODERATE_REASON_MAX characters. The reason is clean (utf8.h). */
rc moderate_suspend(ctx *c, int64_t num, str reason);
rc moderate_restore(ctx *c, int64_t num, str reason);
/* ROLE_MEMBER or ROLE_STAFF. Without a reason. */
rc moderate_role(ctx *c, int64_t num, role to);

/* For somebody who has lost everything that they log in with but the password: takes the app, the recovery codes and the passkeys away,
 * and ends every session. At the console alone, where it may be the owner as well. Inside an act; refuses like the others, and with
 * E_CONFLICT where there is nothing to take away. */
rc moderate_second_off(ctx *c, int64_t num, str reason);

/* The table above, for pages that offer the buttons. */
bool moderate_may_close(viewer who, const member_card *m);
bool moderate_may_appoint(viewer who, const member_card *m);

/* ---- members as staff list them ---- */

typedef struct member_filter {
    str name;        /* beginnings of names, as typed; "@name", "id17" or "17"; empty: all */
    int state, role; /* -1: any */
    int64_t before;  /* below this number; INT64_MAX: from the newest */
} member_filter;

/* Looks at MODERATE_PAGE members at most; so a page may be short, or even empty, and still have a next one. */
typedef struct member_page {
    const member_card **items;
    size_t len;
    int64_t before; /* pass on for the next page; 0: this was the last */
} member_page;
/* Newest first. Cards are borrowed until graph_leave. */
rc moderate_members(ctx *c, const member_filter *f, member_page *out);

typedef struct moderate_note { int64_t at, staff, act; str reason; } moderate_note;
typedef struct moderate_notes { moderate_note *items; size_t len; } moderate_notes;
/* What staff see of one member. E_NOT_FOUND. */
rc moderate_member(ctx *c, int64_t num, const member_card **card, int64_t *joined, moderate_notes *notes);

/* ---- how the server is ---- */

typedef struct figures {
    str engine;         /* "SQLite 3.40.1" */
    int64_t database_bytes, disk_free, disk_total; /* disk: where the data folder is; 0 when unknown */
    int64_t members, suspended, gone, staff;       /* members: everybody who ever joined */
    jobs_stats jobs;
} figures;

/* What the database and the file system say. In any transaction. */
rc moderate_figures(ctx *c, const char *data_folder, figures *out);

#endif
