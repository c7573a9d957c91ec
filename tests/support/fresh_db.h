/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fresh_db: an empty database for tests of src/db/: a real SQLite file in a folder of its own, or a schema of its own on
 * the server that VECHE_TEST_PG names. Tables for the tests come from a script. Whatever goes wrong ends the test. */
#ifndef VECHE_TEST_FRESH_DB_H
#define VECHE_TEST_FRESH_DB_H

#include "base/arena.h"
#include "db/db.h"

typedef struct fresh_db {
    db_engine engine;
    char dir[64], schema[64];
    char where[1024]; /* for db_open and lane_config */
    arena *arena;
} fresh_db;

/* False when the engine is not there: PostgreSQL without VECHE_TEST_PG. `migrated`: with the whole schema. */
bool fresh_db_open(fresh_db *f, db_engine engine, bool migrated);
void fresh_db_close(fresh_db *f);

/* On a connection of its own: runs a script; asks for one number (0 without a row). */
void fresh_db_script(const fresh_db *f, const char *sql);
int64_t fresh_db_number(const fresh_db *f, const char *sql);

#endif
