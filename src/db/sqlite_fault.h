/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Faults that SQLite makes itself, for tests. Only sqlite.c includes this file. */
#ifndef VECHE_SQLITE_FAULT_H
#define VECHE_SQLITE_FAULT_H

#include <sqlite3.h>

/* Runs the statement into the failure, where SQLite gets that far: an interrupt by a progress handler (only where there is
 * something to write: it would report a COMMIT as interrupted that has happened), a full disk or an I/O error by the test
 * VFS, with a cold cache so that there is I/O. */
int sqlite_step_into(sqlite3 *h, sqlite3_stmt *stmt, int wanted);

#endif
