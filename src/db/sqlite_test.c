/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/db.h"
#include "support/fresh_db.h"
#include "support/vfs_powerloss.h"

static const db_query add = {
    .slot = 0, .name = "add",
    .sql = {"INSERT INTO thing (id, name, data) VALUES (?1, ?2, ?3)"},
    .params = 3, .writes = true};
static const db_query get = {
    .slot = 1, .name = "get",
    .sql = {"SELECT name, data, weight FROM thing WHERE id = ?1"},
    .params = 1};
static const db_query ids_in = {.slot = 300, .name = "ids_in", .sql = {"SELECT value FROM json_each(?1)"}, .params = 1};
static const db_query all = {.slot = 2, .name = "all", .sql = {"SELECT id FROM thing ORDER BY id"}};
static const db_query count = {.slot = 3, .name = "count", .sql = {"SELECT COUNT(*) FROM thing"}};
static const db_query rename_all = {
    .slot = 4, .name = "rename",
    .sql = {"UPDATE thing SET name = id + ?1 RETURNING id"},
    .params = 1, .writes = true};
static const db_query endless = {
    .slot = 5, .name = "endless",
    .sql = {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"}};

static fresh_db f;
static db *d;

static int open_one(void **state)
{
    (void)state;
    fresh_db_open(&f, DB_SQLITE, false);
    fresh_db_script(&f, "CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT UNIQUE, data BLOB, weight DOUBLE PRECISION);"
                        "CREATE TABLE part (thing INTEGER NOT NULL REFERENCES thing (id))");
    return db_open(f.where, false, &d) == OK ? 0 : -1;
}

static int close_one(void **state)
{
    (void)state;
    disk_room(-1);
    db_close(d);
    fresh_db_close(&f);
    return 0;
}

static rc run(const db_query *q, const db_value *params, int64_t *changed)
{
    db_cursor cur;
    db_start(d, q, params, &cur);
    return db_finish(&cur, changed);
}

static rc add_one(int64_t id, str name)
{
    const db_value params[] = {DB_VALUE_INT(id), DB_VALUE_TEXT(name), DB_VALUE_BLOB(STR_NONE)};
    return run(&add, params, NULL);
}

static int64_t ask(const db_query *q)
{
    db_cursor cur;
    db_start(d, q, NULL, &cur);
    int64_t number = db_next(&cur) ? db_int(&cur, 0) : -1;
    assert_int_equal(db_finish(&cur, NULL), OK);
    return number;
}

static void values_come_back_as_they_went_in(void **state)
{
    (void)state;
    const db_value params[] = {DB_VALUE_INT(7), DB_VALUE_TEXT(STR("")), DB_VALUE_BLOB(((str){"a\0b", 3}))};
    assert_int_equal(run(&add, params, NULL), OK);
    db_cursor cur;
    db_start(d, &get, params, &cur);
    assert_true(db_next(&cur));
    str name = db_text(&cur, 0, f.arena), data = db_blob(&cur, 1, f.arena);
    assert_true(name.ptr && name.len == 0);
    assert_true(data.len == 3 && memcmp(data.ptr, "a\0b", 3) == 0);
    assert_true(db_is_null(&cur, 2));
    assert_null(db_text(&cur, 2, f.arena).ptr);
    assert_int_equal(db_int(&cur, 2), 0);
    assert_false(db_next(&cur));
    assert_false(db_next(&cur));
    assert_int_equal(db_finish(&cur, NULL), OK);
}

static void an_empty_blob_is_not_an_absent_one(void **state)
{
    (void)state;
    const db_value params[] = {DB_VALUE_INT(1), DB_VALUE_TEXT(STR_NONE), DB_VALUE_BLOB(STR(""))};
    assert_int_equal(run(&add, params, NULL), OK);
    db_cursor cur;
    db_start(d, &get, params, &cur);
    assert_true(db_next(&cur));
    assert_null(db_text(&cur, 0, f.arena).ptr);
    assert_non_null(db_blob(&cur, 1, f.arena).ptr);
    assert_int_equal(db_finish(&cur, NULL), OK);
}

static void a_list_of_ids_is_bound_as_one_value(void **state)
{
    (void)state;
    static int64_t ids[DB_IDS_MAX];
    for (int i = 0; i < DB_IDS_MAX; i++) ids[i] = i % 2 ? INT64_MIN : INT64_MAX;
    for (size_t n = 0; n <= DB_IDS_MAX; n += n < 3 ? 1 : DB_IDS_MAX - 3) {
        const db_value params[] = {DB_VALUE_IDS(ids, n)};
        size_t rows = 0;
        db_cursor cur;
        db_start(d, &ids_in, params, &cur);
        while (db_next(&cur)) {
            assert_true(db_int(&cur, 0) == ids[rows]);
            rows++;
        }
        assert_int_equal(db_finish(&cur, NULL), OK);
        assert_int_equal(rows, n);
    }
}

static void a_query_may_run_inside_the_loop_over_its_own_rows(void **state)
{
    (void)state;
    for (int i = 1; i <= 3; i++) assert_int_equal(add_one(i, STR_NONE), OK);
    int pairs = 0;
    db_cursor outer, inner;
    db_start(d, &all, NULL, &outer);
    while (db_next(&outer)) {
        db_start(d, &all, NULL, &inner);
        while (db_next(&inner)) pairs++;
        assert_int_equal(db_finish(&inner, NULL), OK);
    }
    assert_int_equal(db_finish(&outer, NULL), OK);
    assert_int_equal(pairs, 9);
}

static void a_write_runs_to_its_end_whether_its_rows_are_read_or_not(void **state)
{
    (void)state;
    for (int i = 1; i <= 3; i++) assert_int_equal(add_one(i, STR_NONE), OK);
    const db_value params[] = {DB_VALUE_INT(10)};
    int64_t changed = 0;
    assert_int_equal(run(&rename_all, params, &changed), OK);
    assert_int_equal(changed, 3);
    db_cursor cur;
    db_start(d, &rename_all, params, &cur);
    assert_true(db_next(&cur));
    assert_int_equal(db_finish(&cur, &changed), OK);
    assert_int_equal(changed, 3);
}

static void constraints_are_conflicts_and_leave_the_transaction_open(void **state)
{
    (void)state;
    const db_query orphan = {.slot = -1, .name = "orphan", .sql = {"INSERT INTO part (thing) VALUES (99)"}, .writes = true};
    assert_int_equal(db_begin_write(d), OK);
    assert_int_equal(add_one(1, STR("anna")), OK);
    assert_int_equal(add_one(2, STR("anna")), E_CONFLICT);
    assert_true(strstr(db_error(d), "anna") == NULL);
    assert_int_equal(run(&orphan, NULL, NULL), E_CONFLICT);
    assert_true(db_in_transaction(d));
    assert_int_equal(db_commit(d), OK);
    assert_int_equal(ask(&count), 1);
}

static void a_savepoint_undoes_only_what_came_after_it(void **state)
{
    (void)state;
    assert_int_equal(db_begin_write(d), OK);
    assert_int_equal(add_one(1, STR_NONE), OK);
    assert_int_equal(db_savepoint(d), OK);
    assert_int_equal(add_one(2, STR_NONE), OK);
    assert_int_equal(db_savepoint_undo(d), OK);
    assert_int_equal(db_savepoint(d), OK);
    assert_int_equal(add_one(3, STR_NONE), OK);
    assert_int_equal(db_savepoint_keep(d), OK);
    assert_int_equal(db_commit(d), OK);
    assert_int_equal(ask(&count), 2);
}

/* The bug that this guards against: after an interrupt the next statements would commit one by one. */
static void nothing_slips_in_after_the_engine_has_rolled_back(void **state)
{
    (void)state;
    assert_int_equal(db_begin_write(d), OK);
    assert_int_equal(add_one(1, STR_NONE), OK);
    db_test_fail_at(d, 1, E_BUSY, true);
    assert_int_equal(add_one(2, STR_NONE), E_BUSY);
    assert_false(db_in_transaction(d));
    assert_int_equal(add_one(3, STR_NONE), E_BUSY);
    assert_int_equal(db_savepoint(d), E_BUSY);
    assert_int_equal(db_script(d, "INSERT INTO thing (id) VALUES (4)"), E_BUSY);
    assert_int_equal(db_commit(d), E_BUSY);
    db_rollback(d);
    assert_int_equal(ask(&count), 0);
    assert_int_equal(add_one(5, STR_NONE), OK);
}

static void each_kind_of_failure_has_its_code(void **state)
{
    (void)state;
    static const rc_code kinds[] = {E_FULL, E_INTERNAL, E_BUSY};
    for (int kills = 0; kills < 2; kills++)
        for (size_t i = 0; i < 3; i++) {
            assert_int_equal(db_begin_write(d), OK);
            db_test_fail_at(d, 1, kinds[i], kills);
            assert_int_equal(add_one(1, STR_NONE), kinds[i]);
            assert_int_equal(db_in_transaction(d), !kills);
            db_rollback(d);
        }
    assert_int_equal(ask(&count), 0);
}

static void a_full_disk_at_commit_is_e_full_and_commits_nothing(void **state)
{
    (void)state;
    assert_int_equal(add_one(1, STR_NONE), OK);
    disk_room(0);
    assert_int_equal(db_begin_write(d), OK);
    assert_int_equal(add_one(2, STR_NONE), OK);
    assert_int_equal(db_commit(d), E_FULL);
    db_rollback(d);
    assert_int_equal(ask(&count), 1);
    disk_room(-1);
    assert_int_equal(add_one(3, STR_NONE), OK);
    assert_int_equal(ask(&count), 2);
}

static void a_reader_keeps_its_snapshot(void **state)
{
    (void)state;
    db *reader, *mine = d;
    assert_int_equal(add_one(1, STR_NONE), OK);
    assert_int_equal(db_open(f.where, true, &reader), OK);
    assert_int_equal(db_begin_read(reader), OK);
    d = reader;
    assert_int_equal(ask(&count), 1);
    d = mine;
    assert_int_equal(add_one(2, STR_NONE), OK);
    d = reader;
    assert_int_equal(ask(&count), 1);
    assert_int_equal(db_commit(reader), OK);
    assert_int_equal(ask(&count), 2);
    assert_int_not_equal(add_one(3, STR_NONE), OK);
    d = mine;
    db_close(reader);
}

static void *interrupt_soon(void *arg)
{
    for (int i = 0; i < 50; i++) {
        usleep(2000);
        db_interrupt(arg);
    }
    return NULL;
}

static void a_query_is_interrupted_from_another_thread(void **state)
{
    (void)state;
    pthread_t other;
    pthread_create(&other, NULL, interrupt_soon, d);
    db_cursor cur;
    db_start(d, &endless, NULL, &cur);
    assert_false(db_next(&cur));
    assert_int_equal(db_finish(&cur, NULL), E_BUSY);
    pthread_join(other, NULL);
}

static void the_files_are_for_their_owner_alone(void **state)
{
    (void)state;
    struct stat st;
    char wal[sizeof f.where + 8];
    assert_int_equal(add_one(1, STR_NONE), OK);
    assert_int_equal(stat(f.where, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    (void)snprintf(wal, sizeof wal, "%s-wal", f.where);
    assert_int_equal(stat(wal, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void the_index_of_the_log_has_room_before_it_is_needed(void **state)
{
    (void)state;
    struct stat st;
    char shm[sizeof f.where + 8];
    (void)snprintf(shm, sizeof shm, "%s-shm", f.where);
    assert_int_equal(stat(shm, &st), 0);
    assert_true(st.st_size >= 16 * 32768 && st.st_blocks * 512 >= 16 * 32768);
}

static void a_restart_makes_the_log_begin_anew(void **state)
{
    (void)state;
    int64_t before = 0, after = 0;
    for (int i = 1; i <= 20; i++) assert_int_equal(add_one(i, STR_NONE), OK);
    assert_int_equal(db_checkpoint(d, true, &before), OK);
    assert_int_equal(add_one(21, STR_NONE), OK);
    assert_int_equal(db_checkpoint(d, false, &after), OK);
    assert_true(before > 20 * 4096);
    assert_true(after > 0 && after < before / 4);
}

static void a_checkpoint_goes_to_disk_a_few_pages_at_a_time(void **state)
{
    (void)state;
    enum { ROWS = 300, ELSE = 4 }; /* a page each; the log's sync, the file's last sync and its new length */
    static char page[4000];
    int64_t bytes = 0;
    assert_int_equal(db_begin_write(d), OK);
    for (int i = 1; i <= ROWS; i++) {
        const db_value row[] = {DB_VALUE_INT(i), DB_VALUE_TEXT(STR_NONE), DB_VALUE_BLOB(((str){page, sizeof page}))};
        assert_int_equal(run(&add, row, NULL), OK);
    }
    assert_int_equal(db_commit(d), OK);
    powerloss_plan(0, CUT_DROPS, 0, false);
    assert_int_equal(db_checkpoint(d, false, &bytes), OK);
    int64_t pages = bytes / 4096;
    assert_true(pages >= ROWS);
    assert_true(powerloss_count() >= pages + pages / 32);
    assert_true(powerloss_count() <= pages + pages / 32 + ELSE);
}

static void a_sound_database_says_so_and_a_broken_one_says_why(void **state)
{
    (void)state;
    str report;
    assert_int_equal(db_integrity(d, f.arena, &report), OK);
    assert_int_equal(report.len, 0);
    assert_int_equal(db_script(d, "PRAGMA foreign_keys=OFF; INSERT INTO part (thing) VALUES (99); PRAGMA foreign_keys=ON"), OK);
    assert_int_not_equal(db_integrity(d, f.arena, &report), OK);
    assert_true(str_starts(report, STR("foreign key")));
}

/* Another program looks into the database, as a backup does: how many rows it finds, or -1. */
static int rows_for_another_program(void)
{
    static const char look[] = "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]);"
                               "n = d.execute('SELECT COUNT(*) FROM thing').fetchone()[0]; d.close(); sys.exit(n)";
    int status;
    pid_t child = fork();
    if (child == 0) {
        execlp("python3", "python3", "-c", look, f.where, (char *)NULL);
        _exit(127);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Locks on a file belong to the process, and closing any descriptor of the file drops them all: one that a second opening
 * opened and closed made the other program the last user of the log in its own eyes, and it took the log away. */
static void the_log_stays_when_another_program_has_looked_into_the_database(void **state)
{
    (void)state;
    assert_int_equal(add_one(1, STR("first")), OK);
    db *second;
    assert_int_equal(db_open(f.where, false, &second), OK);
    assert_int_equal(rows_for_another_program(), 1);
    assert_int_equal(add_one(2, STR("second")), OK);
    assert_int_equal(rows_for_another_program(), 2);
    db_close(second);
}

static void a_file_that_is_no_database_is_refused(void **state)
{
    (void)state;
    char path[sizeof f.dir + 16];
    (void)snprintf(path, sizeof path, "%s/other", f.dir);
    FILE *other = fopen(path, "w");
    for (int i = 0; i < 1000; i++) fputs("not a database\n", other);
    fclose(other);
    db *none;
    assert_int_not_equal(db_open(path, false, &none), OK);
    assert_null(none);
    assert_int_not_equal(db_open("/nowhere/at/all", false, &none), OK);
}

#define WITH_ONE(test) cmocka_unit_test_setup_teardown(test, open_one, close_one)

int main(void)
{
    powerloss_register();
    const struct CMUnitTest tests[] = {
        WITH_ONE(values_come_back_as_they_went_in),
        WITH_ONE(an_empty_blob_is_not_an_absent_one),
        WITH_ONE(a_list_of_ids_is_bound_as_one_value),
        WITH_ONE(a_query_may_run_inside_the_loop_over_its_own_rows),
        WITH_ONE(a_write_runs_to_its_end_whether_its_rows_are_read_or_not),
        WITH_ONE(constraints_are_conflicts_and_leave_the_transaction_open),
        WITH_ONE(a_savepoint_undoes_only_what_came_after_it),
        WITH_ONE(nothing_slips_in_after_the_engine_has_rolled_back),
        WITH_ONE(each_kind_of_failure_has_its_code),
        WITH_ONE(a_full_disk_at_commit_is_e_full_and_commits_nothing),
        WITH_ONE(a_reader_keeps_its_snapshot),
        WITH_ONE(a_query_is_interrupted_from_another_thread),
        WITH_ONE(the_files_are_for_their_owner_alone),
        WITH_ONE(the_index_of_the_log_has_room_before_it_is_needed),
        WITH_ONE(a_restart_makes_the_log_begin_anew),
        WITH_ONE(a_checkpoint_goes_to_disk_a_few_pages_at_a_time),
        WITH_ONE(a_sound_database_says_so_and_a_broken_one_says_why),
        WITH_ONE(the_log_stays_when_another_program_has_looked_into_the_database),
        WITH_ONE(a_file_that_is_no_database_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
