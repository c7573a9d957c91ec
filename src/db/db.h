/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One connection to one of two engines. Features never see this file's functions: they call what tools/sqlc generated
 * from their .sql files, and that calls these.
 *
 * A connection belongs to one thread at a time. Failures come back as rc: E_CONFLICT for a constraint, E_FULL for a full
 * disk, E_BUSY when the engine asks to try again (interrupt, lock, serialization, lost connection), E_INTERNAL otherwise. */
#ifndef VECHE_DB_H
#define VECHE_DB_H

#include "base/arena.h"
#include "base/rc.h"

typedef enum db_engine { DB_SQLITE, DB_POSTGRES, DB_ENGINES } db_engine;
typedef struct db db;

/* A query as tools/sqlc writes it. `slot` is dense over the whole program: each connection prepares a query once. A
 * negative slot is prepared each time and thrown away. */
typedef struct db_query {
    int slot;
    const char *name;
    const char *sql[DB_ENGINES]; /* ?1 … for SQLite, $1 … for PostgreSQL */
    int params;
    bool writes;
} db_query;

typedef enum db_type { DB_NULL, DB_INT, DB_TEXT, DB_BLOB, DB_REAL, DB_IDS } db_type;

typedef struct db_value {
    db_type type;     /* the declared type, even when the value is absent */
    bool null;
    int64_t i;
    double real;
    str s;            /* DB_TEXT, DB_BLOB */
    const int64_t *ids; /* DB_IDS: a list, for {ids:$name}; at most DB_IDS_MAX */
    size_t n;
} db_value;
#define DB_IDS_MAX 1024

#define DB_VALUE_INT(v) ((db_value){.type = DB_INT, .i = (v)})
#define DB_VALUE_TEXT(v) ((db_value){.type = DB_TEXT, .s = (v), .null = (v).ptr == NULL})
#define DB_VALUE_BLOB(v) ((db_value){.type = DB_BLOB, .s = (v), .null = (v).ptr == NULL})
#define DB_VALUE_REAL(v) ((db_value){.type = DB_REAL, .real = (v)})
#define DB_VALUE_IDS(v, count) ((db_value){.type = DB_IDS, .ids = (v), .n = (count)})

/* A running query. Lives on the caller's stack; always db_finish()ed. */
typedef struct db_cursor {
    db *db;
    const db_query *query;
    void *handle; /* sqlite3_stmt or PGresult */
    int row, rows;
    rc_code code;
} db_cursor;

/* Starts a query; the parameters are only borrowed until the call returns or, for SQLite, until db_finish. */
void db_start(db *d, const db_query *q, const db_value *params, db_cursor *cur);
/* Moves to the next row; false at the end and after a failure. */
bool db_next(db_cursor *cur);
/* Columns of the current row, counted from 0. Text and blobs are copied into the arena. NULL reads as 0 / absent. */
bool db_is_null(const db_cursor *cur, int column);
int64_t db_int(const db_cursor *cur, int column);
double db_real(const db_cursor *cur, int column);
str db_text(const db_cursor *cur, int column, arena *a);
str db_blob(const db_cursor *cur, int column, arena *a);
/* Ends the query (a write is run to its end first). *changed, if asked for, is the number of rows written. */
rc db_finish(db_cursor *cur, int64_t *changed);

/* Which engine serves an address: postgres:// and postgresql:// PostgreSQL, anything else is a path of SQLite. */
db_engine db_engine_for(const char *where);
/* `where` as above. Readers of SQLite open with `readonly`. */
rc db_open(const char *where, bool readonly, db **out);
void db_close(db *d);
db_engine db_engine_of(const db *d);
/* The engine's own words about the last failure; for the log only. Borrowed until the next call. */
const char *db_error(const db *d);

/* Transactions. A read is one snapshot. Writes: IMMEDIATE on SQLite, SERIALIZABLE on PostgreSQL. */
rc db_begin_read(db *d);
rc db_begin_write(db *d);
/* E_CONFLICT, E_FULL and E_BUSY: nothing was committed; roll back. E_INTERNAL, and E_BUSY from a connection that is now
 * db_lost(): nobody knows. */
rc db_commit(db *d);
void db_rollback(db *d);
/* One savepoint at a time: the lane's, around each act. */
rc db_savepoint(db *d);
rc db_savepoint_keep(db *d);
rc db_savepoint_undo(db *d);
/* True while a transaction is open and can still commit. Once the engine has rolled it back by itself, every query fails
 * with E_BUSY until db_rollback() or the next db_begin_*: nothing slips into a transaction of its own. */
bool db_in_transaction(const db *d);
/* Since the last db_begin_*: true when the engine asked for the transaction to be run again from its start. */
bool db_wants_retry(const db *d);
/* The connection is gone (PostgreSQL). The next db_begin_* tries to connect again, at most a few times a second. */
bool db_lost(const db *d);
/* Ends a running query from another thread; it then fails with E_BUSY. */
void db_interrupt(db *d);

/* Runs a script of several statements: migrations and pragmas only. */
rc db_script(db *d, const char *sql);

/* SQLite: moves pages from the WAL to the database. `restart` waits for readers (busy time-out) so that the WAL begins anew.
 * *wal_bytes is the WAL's size before. Does nothing on PostgreSQL. */
rc db_checkpoint(db *d, bool restart, int64_t *wal_bytes);

/* The engine finds its database sound. SQLite: PRAGMA integrity_check and foreign_key_check. PostgreSQL: every constraint is
 * enforced and was validated, every index is valid. Otherwise E_INTERNAL and a line for each finding. */
rc db_integrity(db *d, arena *a, str *report);

#ifdef VECHE_TESTING
/* The nth statement from now (1: the next; BEGIN, SAVEPOINT, COMMIT count) fails once, as by a full disk (E_FULL), an I/O
 * error (E_INTERNAL) or an interrupt (E_BUSY). With `kills_transaction` the statement is run into a real failure where
 * SQLite and the test VFS allow one, and the transaction is rolled back in any case; without, it is not run at all. nth 0
 * takes the order back. SQLite only. */
void db_test_fail_at(db *d, int nth, rc_code kind, bool kills_transaction);
/* How many statements are left until then; 0: it has happened, or none was ordered. */
int db_test_left(const db *d);
#endif

#endif
