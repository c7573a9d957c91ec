/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* `schema_version` has one row for each step that was applied; the highest number is the version. It exists before the first
 * step, so its queries cannot come out of tools/sqlc: they stand here, and are prepared anew each time (slot -1). */
#include "db/migrate.h"

#include "base/clock.h"
#include "base/log.h"

static const char version_table[] =
    "CREATE TABLE IF NOT EXISTS schema_version (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, at BIGINT NOT NULL)";

static const db_query table_exists = {
    .slot = -1,
    .name = "schema_version_exists",
    .sql = {"SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'",
            "SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_version'"}};

static const db_query version_highest = {
    .slot = -1,
    .name = "schema_version_highest",
    .sql = {"SELECT COALESCE(MAX(number), 0) FROM schema_version", "SELECT COALESCE(MAX(number), 0) FROM schema_version"}};

static const db_query version_add = {
    .slot = -1,
    .name = "schema_version_add",
    .sql = {"INSERT INTO schema_version (number, name, at) VALUES (?1, ?2, ?3)",
            "INSERT INTO schema_version (number, name, at) VALUES ($1, $2, $3)"},
    .params = 3,
    .writes = true};

static const db_query version_drop = {
    .slot = -1,
    .name = "schema_version_drop",
    .sql = {"DELETE FROM schema_version WHERE number = ?1", "DELETE FROM schema_version WHERE number = $1"},
    .params = 1,
    .writes = true};

static rc ask_number(db *d, const db_query *q, int *number)
{
    db_cursor cur;
    db_start(d, q, NULL, &cur);
    if (db_next(&cur)) *number = (int)db_int(&cur, 0);
    return db_finish(&cur, NULL);
}

static rc run(db *d, const db_query *q, const db_value *params)
{
    db_cursor cur;
    db_start(d, q, params, &cur);
    return db_finish(&cur, NULL);
}

static rc read_version(db *d, int *version)
{
    int exists = 0;
    *version = 0;
    TRY(ask_number(d, &table_exists, &exists));
    return exists ? ask_number(d, &version_highest, version) : OK;
}

rc migrate_version(db *d, int *version)
{
    TRY(db_begin_read(d));
    rc_code code = read_version(d, version);
    db_rollback(d);
    return code;
}

static int newest(void)
{
    int number = 0;
    for (const migration *m = migrations; m->number; m++) number = m->number;
    return number;
}

static rc record(db *d, const migration *m, bool up)
{
    const db_value params[] = {DB_VALUE_INT(m->number), DB_VALUE_TEXT(str_of(m->name)), DB_VALUE_INT(clock_now())};
    return run(d, up ? &version_add : &version_drop, params);
}

static rc step_inside(db *d, const migration *m, bool up)
{
    db_engine engine = db_engine_of(d);
    TRY(db_script(d, up ? m->up[engine] : m->down[engine]));
    TRY(record(d, m, up));
    return db_commit(d);
}

static rc step(db *d, const migration *m, bool up)
{
    TRY(db_begin_write(d));
    rc_code code = step_inside(d, m, up);
    if (code != OK) {
        log_error("migration %s %s: %s", m->name, up ? "up" : "down", db_error(d));
        db_rollback(d);
        return code;
    }
    log_info("migration %s %s", m->name, up ? "up" : "down");
    return OK;
}

static rc go_up(db *d, int from, int to)
{
    for (const migration *m = migrations; m->number; m++)
        if (m->number > from && m->number <= to) TRY(step(d, m, true));
    return OK;
}

static rc go_down(db *d, int from, int to)
{
    const migration *m = migrations;
    while (m->number) m++;
    while (m-- > migrations)
        if (m->number <= from && m->number > to) TRY(step(d, m, false));
    return OK;
}

static rc make_table(db *d)
{
    TRY(db_begin_write(d));
    rc_code code = db_script(d, version_table);
    if (code == OK) code = db_commit(d);
    if (code != OK) db_rollback(d);
    return code;
}

static rc go(db *d, int version)
{
    int now, known = newest();
    int target = version < 0 ? known : version;
    TRY(migrate_version(d, &now));
    if (now > known || target > known) {
        log_error("the database is at step %d, asked for %d; this program knows %d", now, target, known);
        return E_CONFLICT;
    }
    if (now == 0) TRY(make_table(d));
    return target >= now ? go_up(d, now, target) : go_down(d, now, target);
}

/* Processes that start together on one PostgreSQL take turns. The lock goes with the connection, whatever happens. */
rc migrate_to(db *d, int version)
{
    bool shared = db_engine_of(d) == DB_POSTGRES;
    if (shared) TRY(db_script(d, "SELECT pg_advisory_lock(1986359923)"));
    rc_code code = go(d, version);
    if (shared && db_script(d, "SELECT pg_advisory_unlock(1986359923)") != OK && code == OK) code = E_BUSY;
    return code;
}
