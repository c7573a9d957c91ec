/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The way from db.h to an engine: nothing but the choice, the cursor's bookkeeping and the checks that both engines need. */
#include "db/engine.h"

#include "base/log.h"

#include <stdarg.h>

void db_start(db *d, const db_query *q, const db_value *params, db_cursor *cur)
{
    *cur = (db_cursor){.db = d, .query = q, .row = -1, .code = OK};
    if (!q->sql[d->engine]) die("query %s is not written for this engine", q->name);
    for (int i = 0; i < q->params; i++)
        if (params[i].type == DB_IDS && params[i].n > DB_IDS_MAX) die("query %s: a list of %zu ids", q->name, params[i].n);
    d->ops->start(d, q, params, cur);
}

bool db_next(db_cursor *cur)
{
    return cur->code == OK && cur->db->ops->next(cur);
}

bool db_is_null(const db_cursor *cur, int column) { return cur->db->ops->is_null(cur, column); }
int64_t db_int(const db_cursor *cur, int column) { return cur->db->ops->get_int(cur, column); }
double db_real(const db_cursor *cur, int column) { return cur->db->ops->get_real(cur, column); }
str db_text(const db_cursor *cur, int column, arena *a) { return cur->db->ops->get_text(cur, column, a); }
str db_blob(const db_cursor *cur, int column, arena *a) { return cur->db->ops->get_blob(cur, column, a); }

rc db_finish(db_cursor *cur, int64_t *changed)
{
    if (changed) *changed = 0;
    return cur->db->ops->finish(cur, changed);
}

db_engine db_engine_for(const char *where)
{
    str address = str_of(where);
    bool postgres = str_starts(address, STR("postgres://")) || str_starts(address, STR("postgresql://"));
    return postgres ? DB_POSTGRES : DB_SQLITE;
}

rc db_open(const char *where, bool readonly, db **out)
{
    *out = NULL;
    return db_engine_for(where) == DB_POSTGRES ? postgres_open(where, readonly, out) : sqlite_open(where, readonly, out);
}

void db_close(db *d)
{
    if (d) d->ops->close(d);
}

db_engine db_engine_of(const db *d) { return d->engine; }
const char *db_error(const db *d) { return d->note; }

void db_note(db *d, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(d->note, sizeof d->note, fmt, args);
    va_end(args);
}

rc db_begin_read(db *d) { return d->ops->begin_read(d); }
rc db_begin_write(db *d) { return d->ops->begin_write(d); }
rc db_commit(db *d) { return d->ops->commit(d); }
void db_rollback(db *d) { d->ops->rollback(d); }
rc db_savepoint(db *d) { return d->ops->savepoint(d, SAVEPOINT_SET); }
rc db_savepoint_keep(db *d) { return d->ops->savepoint(d, SAVEPOINT_KEEP); }
rc db_savepoint_undo(db *d) { return d->ops->savepoint(d, SAVEPOINT_UNDO); }
bool db_in_transaction(const db *d) { return d->ops->in_transaction(d); }
bool db_wants_retry(const db *d) { return d->ops->wants_retry(d); }
bool db_lost(const db *d) { return d->ops->lost(d); }
void db_interrupt(db *d) { d->ops->interrupt(d); }
rc db_script(db *d, const char *sql) { return d->ops->script(d, sql); }

rc db_checkpoint(db *d, bool restart, int64_t *wal_bytes)
{
    *wal_bytes = 0;
    return d->ops->checkpoint(d, restart, wal_bytes);
}

rc db_integrity(db *d, arena *a, str *report)
{
    *report = STR_NONE;
    return d->ops->integrity(d, a, report);
}
