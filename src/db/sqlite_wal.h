/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SQLite's log: waiting for its locks, and moving its pages into the database so that nobody feels it. Only sqlite.c includes
 * this file. */
#ifndef VECHE_SQLITE_WAL_H
#define VECHE_SQLITE_WAL_H

#include <sqlite3.h>
#include <stdbool.h>

/* The connection waits up to five seconds for a lock before SQLITE_BUSY, and looks four times in a millisecond.
 *
 * SQLite's own busy timeout sleeps up to 100 ms at a time. What the lane and the checkpoint wait for is over in far less than
 * one, and while the lane sleeps nobody's post is written. */
void sqlite_wal_wait(sqlite3 *h);

/* Moves pages from the log into the database (sqlite.org/wal.html §2.2); with `restart` the log begins anew as well, for which
 * nobody may write meanwhile (the lane sees to that) and readers are waited for. Returns SQLite's code, and in *frames how many there were (as it was if nothing could be moved). For a connection that does nothing
 * else: from the first call on its writes into the database file go to disk a few pages at a time.
 *
 * A disk has one queue, and SQLite would copy thousands of pages and then ask for one fdatasync of them all: the lane's next
 * COMMIT, with a fdatasync of its own, would stand behind it for 20 to 50 ms. In slices the same pages cost each COMMIT a
 * fraction of a millisecond. */
int sqlite_wal_move(sqlite3 *h, bool restart, int *frames);

#endif
