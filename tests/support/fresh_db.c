/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "support/fresh_db.h"

#include <dirent.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/log.h"
#include "db/migrate.h"

static db *connect_to(const fresh_db *f)
{
    db *d;
    if (db_open(f->where, false, &d) != OK) die("cannot open %s", f->where);
    return d;
}

void fresh_db_script(const fresh_db *f, const char *sql)
{
    db *d = connect_to(f);
    if (db_script(d, sql) != OK) die("%s: %s", sql, db_error(d));
    db_close(d);
}

int64_t fresh_db_number(const fresh_db *f, const char *sql)
{
    const db_query q = {.slot = -1, .name = sql, .sql = {sql, sql}};
    db *d = connect_to(f);
    db_cursor cur;
    db_start(d, &q, NULL, &cur);
    int64_t number = db_next(&cur) ? db_int(&cur, 0) : 0;
    if (db_finish(&cur, NULL) != OK) die("%s: %s", sql, db_error(d));
    db_close(d);
    return number;
}

static bool make_place(fresh_db *f)
{
    static _Atomic int serial;
    const char *address = getenv("VECHE_TEST_PG");
    if (f->engine == DB_SQLITE) {
        (void)snprintf(f->dir, sizeof f->dir, "/tmp/veche-db-XXXXXX");
        if (!mkdtemp(f->dir)) die("cannot make a folder");
        (void)snprintf(f->where, sizeof f->where, "%s/veche.db", f->dir);
        return true;
    }
    if (!address) return false;
    (void)snprintf(f->where, sizeof f->where, "%s", address);
    (void)snprintf(f->schema, sizeof f->schema, "fresh_%ld_%d", (long)getpid(), atomic_fetch_add(&serial, 1));
    char script[128];
    (void)snprintf(script, sizeof script, "CREATE SCHEMA %s", f->schema);
    fresh_db_script(f, script);
    (void)snprintf(f->where, sizeof f->where, "%s%coptions=-csearch_path%%3D%s", address, strchr(address, '?') ? '&' : '?', f->schema);
    return true;
}

bool fresh_db_open(fresh_db *f, db_engine engine, bool migrated)
{
    *f = (fresh_db){.engine = engine};
    if (!make_place(f)) return false;
    f->arena = arena_open();
    if (migrated) {
        db *d = connect_to(f);
        if (migrate_to(d, -1) != OK) die("cannot migrate: %s", db_error(d));
        db_close(d);
    }
    return true;
}

static void empty_folder(const char *dir)
{
    DIR *entries = opendir(dir);
    if (!entries) return;
    for (struct dirent *e; (e = readdir(entries)) != NULL;)
        if (e->d_name[0] != '.') unlinkat(dirfd(entries), e->d_name, 0);
    closedir(entries);
    rmdir(dir);
}

void fresh_db_close(fresh_db *f)
{
    if (f->engine == DB_SQLITE) {
        empty_folder(f->dir);
    } else {
        char script[128];
        (void)snprintf(script, sizeof script, "DROP SCHEMA %s CASCADE", f->schema);
        fresh_db_script(f, script);
    }
    arena_close(f->arena);
}
