/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the lane promises on both engines, and what only PostgreSQL can show. Batches: lane_sqlite_test.c. */
#include "db/lane_test.h"

/* --- acts ---------------------------------------------------------------------------------------------------------- */

static rc put_and_refuse(task *t)
{
    TRY(put(t));
    return fail(&t->c, E_INVALID, MSG(L_NONE), "no");
}

static rc tell_and_refuse(task *t)
{
    TRY(put_and_tell(t));
    return E_DENIED;
}

static rc add_one(task *t)
{
    int64_t n;
    TRY(ask(t->c.db, &read_n, t->id, &n));
    return run(t->c.db, &set_n, t->id, n + 1);
}

/* --- any engine ---------------------------------------------------------------------------------------------------- */

static void an_act_that_fails_leaves_the_rest_of_the_batch(void **state)
{
    (void)state;
    close_gate();
    task *first = send(put, 1), *bad = send(put_and_refuse, 2), *last = send(put, 3), *twin = send(put, 3);
    open_gate();
    assert_int_equal(first->result, OK);
    assert_int_equal(bad->result, E_INVALID);
    assert_true(str_eq(bad->c.err.detail, STR("no")));
    assert_true((last->result == OK && twin->result == E_CONFLICT) || (engine == DB_POSTGRES && last->result == E_CONFLICT && twin->result == OK));
    assert_int_equal(rows(), 2);
}

static void the_engine_tells_why_where_the_act_does_not(void **state)
{
    (void)state;
    task *t = send(put, 1);
    assert_int_equal(wait_for(t), OK);
    t = send(put, 1);
    assert_int_equal(wait_for(t), E_CONFLICT);
    assert_int_equal(t->c.err.code, E_CONFLICT);
    assert_true(t->c.err.detail.len > 10);
}

static void changes_are_published_after_the_commit_and_before_the_answer(void **state)
{
    (void)state;
    task *t = send(put_and_tell, 7);
    assert_int_equal(wait_for(t), OK);
    assert_true(t->published);
    assert_int_equal(published_rows, 1); /* another connection saw it */
    assert_int_equal(published_changes, 2);
    assert_true(published_last.a == 7 && published_last.b == 2 && published_last.kind == CHANGE_WALL);
    assert_int_equal(published_last.seq, fresh_db_number(&f, "SELECT MAX(seq) FROM change"));
}

static void whoever_is_answered_may_read_memory_again(void **state)
{
    (void)state;
    task *done = send(put, 1), *refused = send(tell_and_refuse, 2);
    assert_int_equal(wait_for(done), OK);
    assert_int_equal(wait_for(refused), E_DENIED);
    assert_false(done->c.writing);
    assert_false(refused->c.writing);
}

static void what_was_refused_is_not_published(void **state)
{
    (void)state;
    assert_int_equal(wait_for(send(tell_and_refuse, 1)), E_DENIED);
    assert_int_equal(wait_for(send(put, 2)), OK);
    assert_int_equal(published, 0);
    assert_int_equal(fresh_db_number(&f, "SELECT COUNT(*) FROM change"), 0);
}

static void acts_that_are_run_twice_count_once(void **state)
{
    (void)state;
    lane_close(l);
    open_lane(true, NULL);
    int runs = 0;
    for (int i = 1; i <= 100; i++) assert_int_equal(wait_for(send(i % 2 ? put_and_tell : put, i)), OK);
    for (int i = 0; i < tasks_len; i++) runs += tasks[i].runs;
    assert_true(runs >= 106 && runs <= 110); /* each of the four threads on PostgreSQL counts for itself */
    assert_int_equal(rows(), 100);
    assert_int_equal(fresh_db_number(&f, "SELECT COUNT(*) FROM change"), 100);
}

static void a_counter_raised_by_many_at_once_loses_nothing(void **state)
{
    (void)state;
    fresh_db_script(&f, "INSERT INTO row_ (id, n) VALUES (1, 0)");
    int64_t ok = 0;
    for (int i = 0; i < 200; i++) send(add_one, 1);
    wait_for_all();
    for (int i = 0; i < tasks_len; i++) {
        assert_true(tasks[i].result == OK || (engine == DB_POSTGRES && tasks[i].result == E_BUSY));
        ok += tasks[i].result == OK;
    }
    assert_true(ok >= (engine == DB_SQLITE ? 200 : 20));
    assert_int_equal(fresh_db_number(&f, "SELECT n FROM row_ WHERE id = 1"), ok);
}

static void a_member_has_sixteen_jobs_in_the_lane_at_most(void **state)
{
    (void)state;
    for (int i = 0; i < (engine == DB_SQLITE ? 1 : 4); i++) close_gate();
    for (int member = 1; member <= 5; member++)
        for (int i = 0; i < 18; i++) {
            task *t = make(put, member * 100 + i);
            t->job.member = member * 65536; /* the same cell, unless probing works */
            rc_code code = lane_submit(l, &t->job);
            assert_int_equal(code, i < 16 ? OK : E_LIMIT);
            if (code != OK) atomic_store(&t->answered, true);
        }
    open_gate();
    assert_int_equal(rows(), 80);
    task *again = make(put, 1);
    again->job.member = 65536;
    assert_int_equal(lane_submit(l, &again->job), OK);
    wait_for_all();
}

static void closing_finishes_what_is_queued(void **state)
{
    (void)state;
    for (int i = 1; i <= 200; i++) {
        task *t = make(put, i);
        t->job.light = i % 3 == 0;
        assert_int_equal(lane_submit(l, &t->job), OK);
    }
    lane_close(l);
    l = NULL;
    assert_int_equal(answers, 200);
    assert_int_equal(rows(), 200);
}

static rc issue_id(task *t)
{
    TRY(run(t->c.db, &put_row, id_next(t->c.ids, bucket_of(t->id), t->c.now), 0));
    return OK;
}

static void no_id_is_committed_above_the_stored_mark(void **state)
{
    (void)state;
    id_mill *ids = id_mill_open(3, 0);
    lane_close(l);
    open_lane(false, ids);
    for (int i = 0; i < 200; i++) {
        task *t = send(issue_id, 5); /* one bucket: the mill borrows from the future */
        if (i % 20 == 0) {
            assert_int_equal(wait_for(t), OK);
            int64_t mark = fresh_db_number(&f, "SELECT high_water FROM node WHERE number = 3");
            assert_true(mark >= id_time(fresh_db_number(&f, "SELECT MAX(id) FROM row_")));
        }
    }
    wait_for_all();
    for (int i = 0; i < tasks_len; i++) assert_int_equal(tasks[i].result, OK);
    int64_t mark = fresh_db_number(&f, "SELECT high_water FROM node WHERE number = 3");
    assert_true(mark >= id_mill_high(ids));
    assert_true(mark <= id_mill_high(ids) + 60 * MS_SECOND);
    lane_close(l);
    l = NULL;
    id_mill_close(ids);
}

static rc put_one(ctx *c, void *arg) { return run(c->db, &put_row, *(int64_t *)arg, 0); }

static void whoever_waits_gets_the_answer(void **state)
{
    (void)state;
    int64_t id = 9;
    ctx c = {.arena = f.arena, .now = clock_now()};
    assert_int_equal(lane_run(l, &c, put_one, &id), OK);
    assert_int_equal(lane_run(l, &c, put_one, &id), E_CONFLICT);
    assert_int_equal(rows(), 1);
}

/* --- PostgreSQL ---------------------------------------------------------------------------------------------------- */

static rc put_by_reader(task *t)
{
    assert_false(t->c.writing);
    return put(t);
}

static void a_read_cannot_write(void **state)
{
    (void)state;
    task *t = make(put_by_reader, 1);
    t->job.reads = true;
    assert_int_equal(lane_submit(l, &t->job), OK);
    assert_int_not_equal(wait_for(t), OK);
    assert_int_equal(rows(), 0);
}

static rc be_killed_once(task *t)
{
    TRY(put(t));
    if (t->runs > 1) return OK;
    int64_t pid;
    char sql[80];
    TRY(ask(t->c.db, &my_process, 0, &pid));
    (void)snprintf(sql, sizeof sql, "SELECT COUNT(pg_terminate_backend(%lld, 2000))", (long long)pid);
    (void)fresh_db_number(&f, sql);
    return put(t);
}

static void a_lost_connection_is_made_anew_and_the_act_run_again(void **state)
{
    (void)state;
    for (int i = 1; i <= 10; i++) {
        task *t = send(be_killed_once, i);
        assert_int_equal(wait_for(t), OK);
        assert_int_equal(t->runs, 2);
    }
    assert_int_equal(rows(), 10);
}

/* --- all ----------------------------------------------------------------------------------------------------------- */

#define ANY_ENGINE \
    TEST(an_act_that_fails_leaves_the_rest_of_the_batch), \
    TEST(the_engine_tells_why_where_the_act_does_not), \
    TEST(changes_are_published_after_the_commit_and_before_the_answer), \
    TEST(whoever_is_answered_may_read_memory_again), \
    TEST(what_was_refused_is_not_published), \
    TEST(acts_that_are_run_twice_count_once), \
    TEST(a_counter_raised_by_many_at_once_loses_nothing), \
    TEST(a_member_has_sixteen_jobs_in_the_lane_at_most), \
    TEST(closing_finishes_what_is_queued), \
    TEST(no_id_is_committed_above_the_stored_mark), \
    TEST(whoever_waits_gets_the_answer)

int main(void)
{
    const struct CMUnitTest sqlite[] = {ANY_ENGINE};
    const struct CMUnitTest postgres[] = {
        ANY_ENGINE,
        TEST(a_read_cannot_write),
        TEST(a_lost_connection_is_made_anew_and_the_act_run_again),
    };
    int failed = cmocka_run_group_tests_name("lane on SQLite", sqlite, NULL, NULL);
    engine = DB_POSTGRES;
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("lane on PostgreSQL", postgres, NULL, NULL);
    return failed;
}
