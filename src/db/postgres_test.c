/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "db/postgres_test.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdatomic.h>

/* ---- queries ---- */

static void cursors_nest(void **state)
{
    (void)state;
    assert_int_equal(add(w.one, 1, "a"), OK);
    assert_int_equal(add(w.one, 2, "b"), OK);
    static const db_query all = {8, "all", SQL("SELECT id FROM thing ORDER BY id"), 0, false};
    db_cursor outer;
    int64_t seen = 0;
    db_start(w.one, &all, NULL, &outer);
    while (db_next(&outer)) seen = seen * 10 + number(w.one, &get_thing, &DB_VALUE_INT(db_int(&outer, 0)));
    assert_int_equal(db_finish(&outer, NULL), OK);
    assert_int_equal(seen, 12);
}

static void rows_written_are_counted_and_rows_read_are_not(void **state)
{
    (void)state;
    db_query fill = once("INSERT INTO thing (id) VALUES (1), (2), (3)", 0);
    fill.writes = true;
    int64_t changed = -1;
    db_cursor cur;
    db_start(w.one, &fill, NULL, &cur);
    assert_int_equal(db_finish(&cur, &changed), OK);
    assert_int_equal(changed, 3);
    db_query returning = once("UPDATE thing SET name = id::TEXT WHERE id > 1 RETURNING id", 0);
    returning.writes = true;
    db_start(w.one, &returning, NULL, &cur);
    assert_true(db_next(&cur));
    assert_int_equal(db_finish(&cur, &changed), OK);
    assert_int_equal(changed, 2);
    db_start(w.one, &count_things, NULL, &cur);
    assert_int_equal(db_finish(&cur, &changed), OK);
    assert_int_equal(changed, 0);
}

/* ---- failures ---- */

static void a_taken_name_is_a_conflict_and_the_savepoint_restores_the_transaction(void **state)
{
    (void)state;
    assert_int_equal(db_begin_write(w.one), OK);
    assert_int_equal(add(w.one, 1, "anna"), OK);
    assert_int_equal(db_savepoint(w.one), OK);
    assert_int_equal(add(w.one, 2, "boris"), OK);
    assert_int_equal(add(w.one, 3, "anna"), E_CONFLICT);
    assert_false(db_in_transaction(w.one));
    assert_false(db_wants_retry(w.one));
    assert_int_equal(db_savepoint_undo(w.one), OK);
    assert_true(db_in_transaction(w.one));
    assert_int_equal(db_savepoint(w.one), OK);
    assert_int_equal(add(w.one, 4, "clara"), OK);
    assert_int_equal(db_savepoint_keep(w.one), OK);
    assert_int_equal(db_commit(w.one), OK);
    assert_false(db_in_transaction(w.one));
    assert_int_equal(number(w.two, &count_things, NULL), 2);
}

static void an_aborted_transaction_keeps_to_its_first_cause(void **state)
{
    (void)state;
    assert_int_equal(db_begin_write(w.one), OK);
    assert_int_equal(add(w.one, 1, "anna"), OK);
    assert_int_equal(add(w.one, 1, "boris"), E_CONFLICT);
    assert_int_equal(add(w.one, 2, "clara"), E_CONFLICT);
    assert_int_equal(db_commit(w.one), E_CONFLICT);
    assert_non_null(strstr(db_error(w.one), "23505"));
    db_rollback(w.one);
    assert_int_equal(number(w.one, &count_things, NULL), 0);
    assert_int_equal(db_begin_write(w.one), OK);
    assert_int_equal(say(w.one, "SELECT nonsense"), E_INTERNAL);
    assert_int_equal(db_commit(w.one), E_INTERNAL);
}

static void each_sqlstate_has_its_code(void **state)
{
    (void)state;
    static const struct {
        const char *state;
        rc_code code;
        bool retry;
    } cases[] = {
        {"40001", E_BUSY, true},      {"40P01", E_BUSY, true},      {"23503", E_CONFLICT, false},
        {"23514", E_CONFLICT, false}, {"53100", E_FULL, false},     {"53300", E_BUSY, false},
        {"55P03", E_BUSY, false},     {"57014", E_BUSY, false},     {"08006", E_BUSY, false},
        {"22021", E_INTERNAL, false}, {"42P01", E_INTERNAL, false}, {"0A000", E_INTERNAL, false},
        {"25006", E_INTERNAL, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char sql[128];
        (void)snprintf(sql, sizeof sql, "DO $$BEGIN RAISE EXCEPTION USING ERRCODE = '%s'; END$$", cases[i].state);
        assert_int_equal(db_begin_write(w.one), OK);
        assert_int_equal(say(w.one, sql), cases[i].code);
        assert_int_equal(db_wants_retry(w.one), cases[i].retry);
        db_rollback(w.one);
    }
}

static void what_members_wrote_stays_out_of_the_note(void **state)
{
    (void)state;
    assert_int_equal(add(w.one, 1, "secret"), OK);
    assert_int_equal(add(w.one, 2, "secret"), E_CONFLICT);
    assert_null(strstr(db_error(w.one), "secret"));
    assert_non_null(strstr(db_error(w.one), "add_thing"));
    db_query cast = once("SELECT $1::TEXT::BIGINT", 1);
    assert_int_equal(run(w.one, &cast, &DB_VALUE_TEXT(STR("secret"))), E_INTERNAL);
    assert_null(strstr(db_error(w.one), "secret"));
}

static void a_transaction_is_not_begun_twice_nor_committed_without_a_beginning(void **state)
{
    (void)state;
    assert_int_equal(db_commit(w.one), E_INTERNAL);
    assert_int_equal(db_begin_write(w.one), OK);
    assert_int_equal(db_begin_read(w.one), E_INTERNAL);
    db_rollback(w.one);
    db_rollback(w.one);
    assert_int_equal(db_begin_read(w.one), OK);
}

/* ---- two at once ---- */

static void of_two_serializable_writers_one_is_told_to_try_again(void **state)
{
    (void)state;
    /* Each sees no thing and adds one: no order of the two allows both. */
    assert_int_equal(db_begin_write(w.one), OK);
    assert_int_equal(db_begin_write(w.two), OK);
    assert_int_equal(number(w.one, &count_things, NULL), 0);
    assert_int_equal(number(w.two, &count_things, NULL), 0);
    assert_int_equal(add(w.one, 1, "anna"), OK);
    assert_int_equal(add(w.two, 2, "boris"), OK);
    assert_int_equal(db_commit(w.one), OK);
    assert_int_equal(db_commit(w.two), E_BUSY);
    assert_true(db_wants_retry(w.two));
    assert_false(db_lost(w.two));
    db_rollback(w.two);
    assert_int_equal(db_begin_write(w.two), OK);
    assert_false(db_wants_retry(w.two));
    assert_int_equal(number(w.two, &count_things, NULL), 1);
    assert_int_equal(add(w.two, 2, "boris"), OK);
    assert_int_equal(db_commit(w.two), OK);
}

static void a_read_is_one_snapshot_and_cannot_write(void **state)
{
    (void)state;
    assert_int_equal(db_begin_read(w.one), OK);
    assert_int_equal(number(w.one, &count_things, NULL), 0);
    assert_int_equal(add(w.two, 1, "anna"), OK);
    assert_int_equal(number(w.one, &count_things, NULL), 0);
    assert_int_equal(add(w.one, 2, "boris"), E_INTERNAL);
    db_rollback(w.one);
    assert_int_equal(number(w.one, &count_things, NULL), 1);
}

static void a_readonly_connection_cannot_write_either(void **state)
{
    (void)state;
    db *d;
    assert_int_equal(db_open(w.address, true, &d), OK);
    assert_int_equal(db_begin_write(d), OK);
    assert_int_equal(add(d, 1, "anna"), E_INTERNAL);
    db_close(d);
    assert_int_equal(number(w.one, &count_things, NULL), 0);
}

/* ---- lost connections ---- */

static void a_connection_killed_in_a_transaction_is_busy_and_then_works_again(void **state)
{
    (void)state;
    assert_int_equal(db_begin_write(w.one), OK);
    assert_int_equal(add(w.one, 1, "anna"), OK);
    kill_connection(w.one, w.two);
    assert_int_equal(add(w.one, 2, "boris"), E_BUSY);
    assert_true(db_lost(w.one));
    assert_false(db_in_transaction(w.one));
    /* Nothing slips into a transaction of its own. */
    assert_int_equal(add(w.one, 3, "clara"), E_BUSY);
    db_rollback(w.one);
    assert_int_equal(add(w.one, 4, "dora"), E_BUSY);
    assert_int_equal(db_begin_write(w.one), OK);
    assert_false(db_lost(w.one));
    assert_int_equal(add(w.one, 5, "egor"), OK);
    assert_int_equal(db_commit(w.one), OK);
    assert_int_equal(number(w.two, &count_things, NULL), 1);
}

static void a_connection_killed_before_its_commit_is_lost_and_not_tried_again(void **state)
{
    (void)state;
    assert_int_equal(db_begin_write(w.one), OK);
    assert_int_equal(add(w.one, 1, "anna"), OK);
    kill_connection(w.one, w.two);
    assert_int_equal(db_commit(w.one), E_BUSY);
    assert_true(db_lost(w.one));
    assert_false(db_wants_retry(w.one));
    db_rollback(w.one);
    assert_int_equal(db_begin_read(w.one), OK);
    assert_int_equal(number(w.one, &count_things, NULL), 0);
}

static void a_connection_killed_while_idle_is_replaced_without_a_word(void **state)
{
    (void)state;
    kill_connection(w.one, w.two);
    assert_int_equal(db_begin_write(w.one), OK);
    assert_int_equal(add(w.one, 1, "anna"), OK);
    assert_int_equal(db_commit(w.one), OK);
}

static void a_server_that_is_not_there_is_busy_and_an_address_that_is_none_is_refused(void **state)
{
    (void)state;
    db *d = w.one;
    assert_int_equal(db_open("postgresql:///veche?host=/nonexistent&user=postgres", false, &d), E_BUSY);
    assert_null(d);
    assert_int_equal(db_open("postgresql://us%er:password@/veche", false, &d), E_SYNTAX);
    assert_null(d);
}

/* ---- time ---- */

static void a_query_past_its_time_is_busy(void **state)
{
    (void)state;
    assert_int_equal(db_begin_read(w.one), OK);
    assert_int_equal(say(w.one, "SET LOCAL statement_timeout = 50"), OK);
    assert_int_equal(run(w.one, &sleep_long, NULL), E_BUSY);
    assert_false(db_wants_retry(w.one));
    assert_false(db_lost(w.one));
    db_rollback(w.one);
    assert_int_equal(number(w.one, &count_things, NULL), 0);
}

static void every_connection_has_its_limits(void **state)
{
    (void)state;
    assert_int_equal(say(w.one, "SELECT 1 / (current_setting('statement_timeout') = '5s')::int"
                                "     / (current_setting('lock_timeout') = '2s')::int"
                                "     / (current_setting('idle_in_transaction_session_timeout') = '10s')::int"
                                "     / (current_setting('client_encoding') = 'UTF8')::int"
                                "     / (current_setting('synchronous_commit') = 'on')::int"
                                "     / (current_setting('application_name') = 'veche')::int"),
                     OK);
}

static void a_script_may_take_its_time_and_leaves_the_limit_as_it_was(void **state)
{
    (void)state;
    static const char check[] = "DO $$BEGIN ASSERT current_setting('statement_timeout') = '0'; END$$";
    static const char *const scripts[] = {check, "SELECT nonsense", "BEGIN; SELECT nonsense", "BEGIN; SELECT 1; COMMIT"};
    for (int inside = 0; inside < 2; inside++)
        for (int i = 0; i < (inside ? 2 : 4); i++) {
            if (inside) assert_int_equal(db_begin_write(w.one), OK);
            assert_int_equal(db_script(w.one, scripts[i]), i == 0 || i == 3 ? OK : E_INTERNAL);
            db_rollback(w.one);
            every_connection_has_its_limits(state);
        }
}

static void a_changed_table_only_asks_for_another_try(void **state)
{
    (void)state;
    static const db_query all = {9, "all", SQL("SELECT * FROM thing LIMIT 1"), 0, false};
    assert_int_equal(run(w.one, &all, NULL), OK);
    assert_int_equal(db_script(w.two, "ALTER TABLE thing ADD COLUMN extra BIGINT"), OK);
    assert_int_equal(db_begin_read(w.one), OK);
    assert_int_equal(run(w.one, &all, NULL), E_BUSY);
    assert_true(db_wants_retry(w.one));
    db_rollback(w.one);
    assert_int_equal(db_begin_read(w.one), OK);
    assert_int_equal(run(w.one, &all, NULL), OK);
    assert_int_equal(db_commit(w.one), OK);
    /* The connection that changed it has forgotten its own by itself. */
    assert_int_equal(run(w.two, &all, NULL), OK);
    assert_int_equal(db_script(w.two, "ALTER TABLE thing DROP COLUMN extra"), OK);
    assert_int_equal(run(w.two, &all, NULL), OK);
}

/* ---- interrupts ---- */

static void *interrupt_soon(void *arg)
{
    (void)usleep(50 * 1000);
    db_interrupt(arg);
    return NULL;
}

static void an_interrupt_from_another_thread_ends_the_query(void **state)
{
    (void)state;
    pthread_t thread;
    assert_int_equal(db_begin_read(w.one), OK);
    int64_t from = clock_us();
    assert_int_equal(pthread_create(&thread, NULL, interrupt_soon, w.one), 0);
    assert_int_equal(run(w.one, &sleep_long, NULL), E_BUSY);
    assert_true(clock_us() - from < 2000 * 1000);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_false(db_lost(w.one));
    db_rollback(w.one);
    assert_int_equal(number(w.one, &count_things, NULL), 0);
}

static void a_commit_is_never_interrupted(void **state)
{
    (void)state;
    /* A check that runs at COMMIT and takes its time. */
    static const char slow_commit[] = "CREATE FUNCTION dawdle() RETURNS TRIGGER LANGUAGE plpgsql AS"
                                      "  $$BEGIN PERFORM pg_sleep(0.2); RETURN NULL; END$$;"
                                      "CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON thing"
                                      "  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dawdle()";
    assert_int_equal(db_script(w.one, slow_commit), OK);
    pthread_t thread;
    assert_int_equal(db_begin_write(w.one), OK);
    assert_int_equal(add(w.one, 1, "anna"), OK);
    assert_int_equal(pthread_create(&thread, NULL, interrupt_soon, w.one), 0);
    rc_code code = db_commit(w.one);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(db_script(w.one, "DROP FUNCTION dawdle CASCADE"), OK);
    assert_int_equal(code, OK);
    assert_int_equal(number(w.one, &count_things, NULL), 1);
}

typedef struct pest {
    db *victim;
    atomic_bool enough;
} pest;

static void *interrupt_again_and_again(void *arg)
{
    pest *p = arg;
    while (!atomic_load(&p->enough)) {
        db_interrupt(p->victim);
        (void)usleep(200);
    }
    return NULL;
}

static rc add_in_a_transaction(int64_t id)
{
    TRY(db_begin_write(w.one));
    TRY(add(w.one, id, NULL));
    return db_commit(w.one);
}

static void interrupts_hit_queries_and_nothing_else(void **state)
{
    (void)state;
    pest p = {.victim = w.one};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, interrupt_again_and_again, &p), 0);
    int64_t added = 0, strange = 0, until = clock_us() + 300 * 1000;
    for (int64_t id = 0; clock_us() < until; id++) {
        rc_code code = add_in_a_transaction(id);
        added += code == OK;
        strange += code != OK && code != E_BUSY;
        db_rollback(w.one);
        /* What idles is not interrupted. */
        strange += db_begin_read(w.one) != OK;
        db_rollback(w.one);
    }
    atomic_store(&p.enough, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(strange, 0);
    assert_true(added > 0);
    assert_int_equal(number(w.one, &count_things, NULL), added);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cursors_nest),
        TEST(rows_written_are_counted_and_rows_read_are_not),
        TEST(a_taken_name_is_a_conflict_and_the_savepoint_restores_the_transaction),
        TEST(an_aborted_transaction_keeps_to_its_first_cause),
        TEST(each_sqlstate_has_its_code),
        TEST(what_members_wrote_stays_out_of_the_note),
        TEST(a_transaction_is_not_begun_twice_nor_committed_without_a_beginning),
        TEST(of_two_serializable_writers_one_is_told_to_try_again),
        TEST(a_read_is_one_snapshot_and_cannot_write),
        TEST(a_readonly_connection_cannot_write_either),
        TEST(a_connection_killed_in_a_transaction_is_busy_and_then_works_again),
        TEST(a_connection_killed_before_its_commit_is_lost_and_not_tried_again),
        TEST(a_connection_killed_while_idle_is_replaced_without_a_word),
        TEST(a_server_that_is_not_there_is_busy_and_an_address_that_is_none_is_refused),
        TEST(a_query_past_its_time_is_busy),
        TEST(every_connection_has_its_limits),
        TEST(a_script_may_take_its_time_and_leaves_the_limit_as_it_was),
        TEST(a_changed_table_only_asks_for_another_try),
        TEST(an_interrupt_from_another_thread_ends_the_query),
        TEST(a_commit_is_never_interrupted),
        TEST(interrupts_hit_queries_and_nothing_else),
    };
    return RUN(tests);
}
