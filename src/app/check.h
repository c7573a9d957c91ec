/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* check: is what is stored consistent with itself? Constraints cannot say that a counter is what it counts, or that a relation has
 * both its halves, so `veche admin check` looks.
 *
 *   the engine    SQLite: integrity_check, foreign_key_check; PostgreSQL: no constraint unvalidated, no index invalid
 *   counters      friends, followers, requests, follows, asked, blocks; likes; members of circles; posts by audience
 *   halves        each half-edge has the other one
 *   orphans       nothing belongs to a member, an audience or a name that is not there
 *
 * Only reads, a slice of the buckets at a time, each slice a snapshot of its own: it may run while members write. */
#ifndef VECHE_CHECK_H
#define VECHE_CHECK_H

#include "base/out.h"
#include "db/db.h"

/* Writes one line for each finding (the first CHECK_LINES_MAX), then one that says what was looked at. E_CONFLICT when something
 * was found; another code when the database could not be read to its end, with a line that says so. */
#define CHECK_LINES_MAX 1000
rc check_database(db *d, out *o);

#endif
