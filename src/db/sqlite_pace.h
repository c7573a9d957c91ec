/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Checkpoints that nobody feels. Only sqlite.c includes this file. */
#ifndef VECHE_SQLITE_PACE_H
#define VECHE_SQLITE_PACE_H

#include <sqlite3.h>

/* From now on the connection's writes into the database file go to disk a few pages at a time.
 *
 * SQLite's checkpoint (sqlite.org/wal.html §2.2) copies thousands of pages and then asks for one fdatasync of them all. A disk
 * has one queue: the lane's next COMMIT, which has a fdatasync of its own, would stand behind it for 20 to 50 ms. In slices
 * the same pages cost each COMMIT a fraction of a millisecond. Call it on the checkpoint's connection only, once it is open. */
void sqlite_pace(sqlite3 *h);

#endif
