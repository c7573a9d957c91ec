/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What an engine is: the operations behind db.h. Only src/db/ includes this file.
 *
 *      db_start(d, …)  ──▶  d->ops->start(d, …)  ──▶  sqlite.c  or  postgres.c
 *
 * An engine's connection begins with a `db`, so that a `db *` can be cast to it:
 *
 *      typedef struct postgres { db base; PGconn *conn; … } postgres;
 *
 * Each operation keeps the promise that db.h makes for the function of the same name; what an engine must know besides
 * stands here. db.c has looked at the arguments already: the cursor is filled (db, query, handle NULL, row -1, rows 0,
 * code OK), and next(), finish() and the columns are called only in an order that makes sense. */
#ifndef VECHE_DB_ENGINE_H
#define VECHE_DB_ENGINE_H

#include "db/db.h"

/* Around an act: set, then either keep (RELEASE) or undo (ROLLBACK TO and RELEASE). One at a time, so one name does. */
typedef enum db_savepoint_step { SAVEPOINT_SET, SAVEPOINT_KEEP, SAVEPOINT_UNDO } db_savepoint_step;

typedef struct db_ops {
    /* A failure goes to cur->code, the engine's words to db_note(). Queries with slot < 0 are not kept prepared.
     * db_value lists (DB_IDS) are bound as one text: JSON "[1,2]" on SQLite, array literal "{1,2}" on PostgreSQL. */
    void (*start)(db *d, const db_query *q, const db_value *params, db_cursor *cur);
    /* Called only while cur->code is OK. */
    bool (*next)(db_cursor *cur);
    bool (*is_null)(const db_cursor *cur, int column);
    int64_t (*get_int)(const db_cursor *cur, int column);
    double (*get_real)(const db_cursor *cur, int column);
    /* Absent (ptr NULL) for NULL; an empty value has a ptr. */
    str (*get_text)(const db_cursor *cur, int column, arena *a);
    str (*get_blob)(const db_cursor *cur, int column, arena *a);
    /* Always called once, also after a failure of start(); `changed` may be NULL. Returns cur->code. */
    rc (*finish)(db_cursor *cur, int64_t *changed);

    /* Both forget wants_retry. */
    rc (*begin_read)(db *d);
    rc (*begin_write)(db *d);
    /* After a failure the transaction may still be open: the caller rolls back. E_CONFLICT, E_FULL and E_BUSY promise that
     * nothing was committed, with one exception: a connection that is lost() during COMMIT leaves that unknown, and
     * then wants_retry() is false. E_INTERNAL: unknown, too. */
    rc (*commit)(db *d);
    /* Harmless without a transaction. */
    void (*rollback)(db *d);
    rc (*savepoint)(db *d, db_savepoint_step step);
    bool (*in_transaction)(const db *d);
    bool (*wants_retry)(const db *d);
    /* Thread-safe against everything but close(). */
    void (*interrupt)(db *d);
    /* The connection is gone. begin_…() may try to connect again, nothing else does. Always false on SQLite. */
    bool (*lost)(const db *d);

    rc (*script)(db *d, const char *sql);
    rc (*checkpoint)(db *d, bool restart, int64_t *wal_bytes);
    rc (*integrity)(db *d, arena *a, str *report);
    void (*close)(db *d);
} db_ops;

#define DB_NOTE_MAX 512

struct db {
    const db_ops *ops;
    db_engine engine;
    char note[DB_NOTE_MAX]; /* db_error() */
};

/* Keeps the engine's words about a failure (cut at DB_NOTE_MAX): the SQLite or SQLSTATE code first, then its message, then
 * the query's name. Never a parameter's value: PostgreSQL's DETAIL line quotes members' words, so leave it out. */
void db_note(db *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The engines. On failure *out is NULL and the reason is in the log. */
rc sqlite_open(const char *path, bool readonly, db **out);
/* `address` begins with postgres:// or postgresql://; `readonly` makes every transaction READ ONLY. */
rc postgres_open(const char *address, bool readonly, db **out);

#endif
