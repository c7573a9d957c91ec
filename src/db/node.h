/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* node: the number by which a process's ids differ from those of the others on the same database (base/ids.h: 0–63). On SQLite
 * there is one process and it is 0. On PostgreSQL it is leased:
 *
 *   node_take ─▶ number, mark ─▶ ids above the mark, marks raised by the holder only (lane.h) ─▶ node_leave
 *                    └─ node_renew, again and again
 *
 * Two processes never issue the same id, whatever their clocks say and however long one of them stood still: ids are used only
 * below a mark that was stored before, and only the holder can raise it. Whoever takes over a lease reads the mark in the
 * transaction that makes them the holder. The process before, should it wake up, may still use what it had reserved, which is
 * below; then it cannot raise the mark, and ends. The lease's time only says when a number may be taken over. */
#ifndef VECHE_NODE_H
#define VECHE_NODE_H

#include "db/db.h"

#define NODES 64
#define NODE_LEASE_MS INT64_C(10000)
#define NODE_RENEW_MS INT64_C(2000)

typedef struct node_lease {
    int number;
    int64_t holder; /* random, not 0 */
    int64_t high;   /* the stored mark, for id_mill_open() */
} node_lease;

/* Takes a number: one that nobody ever had or that was given back, else the one whose lease has been over for longest.
 * out->holder is given. E_LIMIT when all are taken. A transaction of its own. */
rc node_take(db *d, int64_t now, node_lease *out);
/* Prolongs it. E_CONFLICT when it is somebody else's by now. A transaction of its own. */
rc node_renew(db *d, int64_t now, const node_lease *lease);
/* Gives it back: the same, but over at once. */
rc node_leave(db *d, const node_lease *lease);

#endif
