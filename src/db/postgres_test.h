/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the tests of the PostgreSQL engine share. They need a real server: VECHE_TEST_PG holds its address
 * (tests/support/pg_cluster.sh start DIR prints one). Each run works in a schema of its own, so that several can share a
 * server. */
#ifndef VECHE_DB_POSTGRES_TEST_H
#define VECHE_DB_POSTGRES_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/db.h"

#include <unistd.h>

#define EXIT_SKIP 77 /* meson takes it for "skipped" */

/* ---- the world: two connections, one table ---- */

static struct {
    char address[1024], schema[32];
    db *one, *two;
    arena *arena;
} w;

#define SQL(text) {[DB_POSTGRES] = (text)}

static const db_query add_thing = {
    0, "add_thing", SQL("INSERT INTO thing (id, name, data, weight) VALUES ($1, $2, $3, $4)"), 4, true};
static const db_query get_thing = {1, "get_thing", SQL("SELECT id, name, data, weight FROM thing WHERE id = $1"), 1, false};
static const db_query count_things = {2, "count_things", SQL("SELECT count(*) FROM thing"), 0, false};
static const db_query my_process = {3, "my_process", SQL("SELECT pg_backend_pid()"), 0, false};
static const db_query kill_process = {4, "kill_process", SQL("SELECT pg_terminate_backend($1::int4, 2000)"), 1, false};
static const db_query sleep_long = {5, "sleep_long", SQL("SELECT 1 FROM pg_sleep(4)"), 0, false};

static inline int world_open(void **state)
{
    (void)state;
    const char *address = getenv("VECHE_TEST_PG");
    if (!address) return -1;
    char script[256];
    (void)snprintf(w.schema, sizeof w.schema, "engine_%ld", (long)getpid());
    (void)snprintf(w.address, sizeof w.address, "%s%coptions=-csearch_path%%3D%s", address, strchr(address, '?') ? '&' : '?',
                   w.schema);
    (void)snprintf(script, sizeof script,
                   "CREATE SCHEMA %s;"
                   "CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT UNIQUE, data BYTEA, weight DOUBLE PRECISION)",
                   w.schema);
    w.arena = arena_open();
    if (db_open(w.address, false, &w.one) != OK || db_open(w.address, false, &w.two) != OK) return -1;
    return db_script(w.one, script) == OK ? 0 : -1;
}

static inline int world_close(void **state)
{
    (void)state;
    char script[64];
    (void)snprintf(script, sizeof script, "DROP SCHEMA %s CASCADE", w.schema);
    rc_code code = w.one ? db_script(w.one, script) : OK;
    db_close(w.one);
    db_close(w.two);
    arena_close(w.arena);
    return code == OK ? 0 : -1;
}

static inline int world_clean(void **state)
{
    (void)state;
    db_rollback(w.one);
    db_rollback(w.two);
    return db_script(w.one, "DELETE FROM thing") == OK ? 0 : -1;
}

/* ---- short words for the tests ---- */

static inline rc run(db *d, const db_query *q, const db_value *params)
{
    db_cursor cur;
    db_start(d, q, params, &cur);
    while (db_next(&cur)) continue;
    return db_finish(&cur, NULL);
}

/* The first column of the first row. */
static inline int64_t number(db *d, const db_query *q, const db_value *params)
{
    db_cursor cur;
    db_start(d, q, params, &cur);
    assert_true(db_next(&cur));
    int64_t n = db_int(&cur, 0);
    assert_int_equal(db_finish(&cur, NULL), OK);
    return n;
}

/* A query used once. */
static inline db_query once(const char *sql, int params)
{
    return (db_query){.slot = -1, .name = "once", .sql = SQL(sql), .params = params};
}

static inline rc say(db *d, const char *sql)
{
    db_query q = once(sql, 0);
    return run(d, &q, NULL);
}

static inline rc add(db *d, int64_t id, const char *name)
{
    db_value params[] = {DB_VALUE_INT(id), DB_VALUE_TEXT(str_of(name)), DB_VALUE_BLOB(STR_NONE), DB_VALUE_REAL(0)};
    return run(d, &add_thing, params);
}

static inline void kill_connection(db *victim, db *killer)
{
    int64_t process = number(victim, &my_process, NULL);
    assert_int_equal(number(killer, &kill_process, &DB_VALUE_INT(process)), 1);
}

static inline void assert_str(str got, str expected)
{
    assert_int_equal(got.len, expected.len);
    assert_non_null(got.ptr);
    if (got.len) assert_memory_equal(got.ptr, expected.ptr, got.len);
}

static inline int without_server(void)
{
    puts("skipped: VECHE_TEST_PG is not set; tests/support/pg_cluster.sh start DIR prints an address for it");
    return EXIT_SKIP;
}

#define TEST(name) cmocka_unit_test_teardown(name, world_clean)
#define RUN(tests) (getenv("VECHE_TEST_PG") ? cmocka_run_group_tests(tests, world_open, world_close) : without_server())

#endif
