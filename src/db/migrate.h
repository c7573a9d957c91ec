/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The schema, as numbered steps with a way back. The files of migrations/ are embedded in the binary; lines between --@sqlite
 * or --@pg and --@end serve one engine. Each step runs in a transaction together with its row in schema_version, so a step
 * that fails leaves nothing. Call outside a transaction, from one process at a time. */
#ifndef VECHE_MIGRATE_H
#define VECHE_MIGRATE_H

#include "base/rc.h"
#include "db/db.h"

typedef struct migration {
    int number;
    const char *name, *up[DB_ENGINES], *down[DB_ENGINES];
} migration;

/* generated from migrations/, in order, ended by number 0 */
extern const migration migrations[];

/* The highest step applied; 0 on an empty database. */
rc migrate_version(db *d, int *version);
/* Brings the database to `version`, up or down; -1: the newest. A database newer than this program is refused (E_CONFLICT). */
rc migrate_to(db *d, int version);

#endif
