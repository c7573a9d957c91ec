/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/migrate.h"
#include "support/fresh_db.h"

static db_engine engine;
static fresh_db f;
static db *d;

static int open_one(void **state)
{
    (void)state;
    if (!fresh_db_open(&f, engine, false)) return -1;
    return db_open(f.where, false, &d) == OK ? 0 : -1;
}

static int close_one(void **state)
{
    (void)state;
    db_close(d);
    fresh_db_close(&f);
    return 0;
}

static int newest(void)
{
    int number = 0;
    for (const migration *m = migrations; m->number; m++) number = m->number;
    return number;
}

static int version(void)
{
    int number = -1;
    assert_int_equal(migrate_version(d, &number), OK);
    return number;
}

static int64_t tables(void)
{
    return fresh_db_number(&f, engine == DB_SQLITE ? "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table'"
                                                   : "SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema()");
}

static void an_empty_database_is_at_step_0(void **state)
{
    (void)state;
    assert_int_equal(version(), 0);
    assert_int_equal(tables(), 0);
}

static void every_step_goes_up_and_down_and_up_again(void **state)
{
    (void)state;
    for (int to = 0; to <= newest(); to++) {
        assert_int_equal(migrate_to(d, to), OK);
        assert_int_equal(version(), to);
    }
    int64_t full = tables();
    for (int to = newest(); to >= 0; to--) {
        assert_int_equal(migrate_to(d, to), OK);
        assert_int_equal(version(), to);
    }
    assert_int_equal(tables(), 1); /* schema_version itself */
    assert_int_equal(migrate_to(d, -1), OK);
    assert_int_equal(tables(), full);
}

static void the_newest_step_twice_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(migrate_to(d, -1), OK);
    assert_int_equal(migrate_to(d, -1), OK);
    assert_int_equal(version(), newest());
}

static void a_database_from_a_newer_program_is_refused(void **state)
{
    (void)state;
    assert_int_equal(migrate_to(d, -1), OK);
    fresh_db_script(&f, "INSERT INTO schema_version (number, name, at) VALUES (9999, 'future', 0)");
    assert_int_equal(migrate_to(d, -1), E_CONFLICT);
    assert_int_equal(migrate_to(d, 1), E_CONFLICT);
    assert_int_equal(version(), 9999);
}

static void a_step_that_fails_leaves_nothing(void **state)
{
    (void)state;
    assert_int_equal(migrate_to(d, 0), OK);
    fresh_db_script(&f, "CREATE TABLE node (stands_in_the_way INTEGER)"); /* the fourth table of the first step */
    int64_t before = tables();
    assert_int_not_equal(migrate_to(d, -1), OK);
    assert_int_equal(version(), 0);
    assert_int_equal(tables(), before);
    assert_false(db_in_transaction(d));
}

#define WITH_ONE(test) cmocka_unit_test_setup_teardown(test, open_one, close_one)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ONE(an_empty_database_is_at_step_0),
        WITH_ONE(every_step_goes_up_and_down_and_up_again),
        WITH_ONE(the_newest_step_twice_changes_nothing),
        WITH_ONE(a_database_from_a_newer_program_is_refused),
        WITH_ONE(a_step_that_fails_leaves_nothing),
    };
    int failed = cmocka_run_group_tests_name("migrate on SQLite", tests, NULL, NULL);
    engine = DB_POSTGRES;
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("migrate on PostgreSQL", tests, NULL, NULL);
    return failed;
}
