/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The lane on SQLite: batches, faults in the middle of them, full disks, back-pressure, checkpoints. */
#include "db/lane_test.h"

#include <sys/stat.h>
#include <sys/wait.h>

/* --- acts ---------------------------------------------------------------------------------------------------------- */

/* Orders the failure of one of its own statements, in its first run only. */
static rc put_with_fault_once(task *t)
{
    if (t->runs == 1) db_test_fail_at(t->c.db, t->nth, t->fault, t->kills);
    return put(t);
}

static task *send_faulty(int64_t id, int nth, rc_code fault, bool kills)
{
    task *t = make(put_with_fault_once, id);
    t->nth = nth;
    t->fault = fault;
    t->kills = kills;
    assert_int_equal(lane_submit(l, &t->job), OK);
    return t;
}

/* Does not look at what it was told: the lane must. */
static rc put_carelessly(task *t)
{
    if (t->runs == 1) db_test_fail_at(t->c.db, 1, E_BUSY, true);
    if (put(t) != OK && t->runs == 1) (void)put(t);
    return OK;
}

/* --- batches ------------------------------------------------------------------------------------------------------- */

static void a_batch_is_one_commit(void **state)
{
    (void)state;
    close_gate();
    for (int i = 1; i <= 50; i++) send(put_and_tell, i);
    open_gate();
    assert_int_equal(rows(), 50);
    assert_int_equal(published, (int)lane_stats_get(l).batches - 1); /* the gate was a batch, too */
    assert_true(published < 40);                                     /* 1, unless this machine is very slow */
    assert_int_equal(published_changes, 100);
    assert_int_equal(published_last.a, 50); /* in the order of the acts */
    for (int i = 1; i < tasks_len; i++) assert_int_equal(tasks[i].order, i);
}

static void a_long_batch_is_cut_and_stays_in_order(void **state)
{
    (void)state;
    close_gate();
    for (int i = 0; i < 20; i++) send(sleep_a_while, 2000);
    open_gate();
    assert_true(lane_stats_get(l).batches > 4);
    for (int i = 1; i < tasks_len; i++) assert_int_equal(tasks[i].order, i);
}

static void a_light_job_is_not_starved_by_requests(void **state)
{
    (void)state;
    close_gate();
    task *light = make(sleep_a_while, 1), *lighter = make(sleep_a_while, 1);
    light->job.light = lighter->job.light = true;
    assert_int_equal(lane_submit(l, &light->job), OK);
    assert_int_equal(lane_submit(l, &lighter->job), OK);
    for (int i = 0; i < 20; i++) send(sleep_a_while, 2500);
    open_gate();
    assert_true(light->order < 8);
    assert_true(lighter->order > light->order + 1 && lighter->order < 12);
}

static void a_void_batch_is_run_again_one_by_one(void **state)
{
    (void)state;
    close_gate();
    task *before = send(put, 1), *guilty = send_faulty(2, 1, E_BUSY, true), *after = send(put, 3);
    open_gate();
    assert_int_equal(before->result, OK);
    assert_int_equal(guilty->result, OK);
    assert_int_equal(after->result, OK);
    assert_int_equal(before->runs, 2);
    assert_int_equal(guilty->runs, 2);
    assert_int_equal(after->runs, 1); /* it had not begun */
    assert_int_equal(lane_stats_get(l).voided, 1);
    assert_int_equal(rows(), 3);
}

static void an_act_that_hides_a_failure_does_not_fool_the_lane(void **state)
{
    (void)state;
    close_gate();
    task *before = send(put, 1), *careless = send(put_carelessly, 2), *after = send(put, 3);
    open_gate();
    assert_int_equal(before->result, OK);
    assert_int_equal(careless->result, OK);
    assert_int_equal(after->result, OK);
    assert_int_equal(rows(), 3);
}

static void a_full_disk_is_answered_e_full_and_loses_nothing(void **state)
{
    (void)state;
    assert_int_equal(wait_for(send(put, 1)), OK);
    disk_room(0);
    close_gate();
    for (int i = 2; i < 10; i++) send(put, i);
    open_gate();
    for (int i = 2; i < tasks_len; i++) assert_int_equal(tasks[i].result, E_FULL);
    assert_int_equal(rows(), 1);
    disk_room(-1);
    assert_int_equal(wait_for(send(put, 2)), OK);
    assert_int_equal(rows(), 2);
}

/* A disk that has room for some: who was told OK is there, who was told E_FULL is not. */
static void a_disk_that_fills_up_under_way_never_lies(void **state)
{
    (void)state;
    for (int room = 1000; room < 60000; room += 6007) {
        int from = tasks_len;
        disk_room(room);
        close_gate();
        for (int i = 0; i < 10; i++) send(put, room * 100 + i);
        open_gate();
        disk_room(-1);
        for (int i = from; i < tasks_len; i++) {
            char sql[80];
            (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM row_ WHERE id = %lld", (long long)tasks[i].id);
            if (tasks[i].act == put) assert_int_equal(fresh_db_number(&f, sql), tasks[i].result == OK);
        }
    }
}

/* Every statement of a batch of eight fails once, in every way: with its own failure and with that of the whole
 * transaction. The lane's own statements (savepoints, BEGIN, COMMIT of a rerun) are among them. */
static void a_fault_at_any_statement_never_lies(void **state)
{
    (void)state;
    static const rc_code kinds[] = {E_FULL, E_BUSY, E_INTERNAL};
    int64_t id = 1;
    for (size_t kind = 0; kind < 3; kind++)
        for (int kills = 0; kills < 2; kills++)
            for (int nth = 1; nth <= (kinds[kind] == E_INTERNAL ? 20 : 30); nth++) {
                int from = tasks_len;
                close_gate();
                for (int i = 0; i < 8; i++) {
                    if (i) send(put, id++);
                    else send_faulty(id++, nth, kinds[kind], kills);
                }
                open_gate();
                for (int i = from + 1; i < tasks_len; i++) {
                    char sql[80];
                    (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM row_ WHERE id = %lld", (long long)tasks[i].id);
                    assert_int_equal(fresh_db_number(&f, sql), tasks[i].result == OK);
                }
                for (int i = from; i < tasks_len; i++) arena_close(tasks[i].c.arena);
                tasks_len = from;
            }
    assert_true(rows() > 100);
}

static rc fault_at_commit(task *t)
{
    /* RELEASE, COMMIT: the second statement from here. Alone there is no savepoint. */
    db_test_fail_at(t->c.db, t->runs == 1 ? 2 : 1, t->fault, true);
    return OK;
}

static rc put_then_fault_at_commit(task *t)
{
    TRY(put(t));
    return fault_at_commit(t);
}

static void a_full_disk_at_commit_is_tried_alone_and_then_e_full(void **state)
{
    (void)state;
    task *t = make(put_then_fault_at_commit, 1);
    t->fault = E_FULL;
    assert_int_equal(lane_submit(l, &t->job), OK);
    assert_int_equal(wait_for(t), E_FULL);
    assert_int_equal(t->runs, 2);
    assert_int_equal(rows(), 0);
}

static void an_io_error_on_commit_ends_the_process_before_anybody_is_answered(void **state)
{
    (void)state;
    lane_close(l);
    l = NULL;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        open_lane(false, NULL);
        task *t = make(put_then_fault_at_commit, 1);
        t->fault = E_INTERNAL;
        (void)!freopen("/dev/null", "w", stderr);
        rc_code code = lane_submit(l, &t->job);
        _exit(code == OK ? (int)wait_for(t) : 99);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_int_equal(rows(), 0);
}

static void requests_are_refused_when_they_would_wait_too_long(void **state)
{
    (void)state;
    close_gate();
    usleep(300000);
    task *late = make(put, 1);
    assert_int_equal(lane_submit(l, &late->job), E_BUSY);
    tasks_len--;
    arena_close(late->c.arena);
    task *light = make(put, 2); /* a background job may wait */
    light->job.light = true;
    assert_int_equal(lane_submit(l, &light->job), OK);
    open_gate();
    assert_int_equal(wait_for(send(put, 3)), OK);
    assert_int_equal(lane_stats_get(l).refused, 1);
}

static void an_idle_lane_takes_a_thousand_at_once(void **state)
{
    (void)state;
    assert_int_equal(wait_for(send(sleep_a_while, 100000)), OK); /* slow, once */
    static task burst[1000];
    for (int i = 0; i < 1000; i++) {
        burst[i] = (task){.act = put, .id = i};
        burst[i].c = (ctx){.arena = f.arena, .now = 1};
        burst[i].job = (lane_job){.c = &burst[i].c, .act = task_act, .done = task_done};
    }
    int taken = 0;
    while (taken < 1000 && lane_submit(l, &burst[taken].job) == OK) taken++;
    for (int i = 0; i < taken; i++) (void)wait_for(&burst[i]);
    assert_true(taken >= 15);
}

static void the_log_is_moved_into_the_database_about_once_a_second(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) send(put, i);
    wait_for_all();
    for (int i = 0; i < 50 && lane_stats_get(l).wal_bytes == 0; i++) usleep(100000);
    assert_true(lane_stats_get(l).wal_bytes > 0);
}

#define MIB ((int64_t)1 << 20)

static const db_query put_bulk = {
    .slot = 403, .name = "put_bulk", .sql = {"INSERT INTO bulk (n) VALUES (zeroblob(?1))", ""}, .params = 1, .writes = true};

/* Holds SQLite's lock nearly as long as a restart of the log waits for it, and leaves it for some microseconds. */
static rc put_much(task *t)
{
    usleep(120000);
    return run(t->c.db, &put_bulk, 6 * MIB, 0);
}

static int64_t log_bytes(void)
{
    struct stat s;
    const char *path = arena_cstr(f.arena, arena_printf(f.arena, "%s-wal", f.where));
    return stat(path, &s) == 0 ? s.st_size : 0;
}

/* 240 MiB are written; without the door most of them would stand in the log. */
static void the_log_begins_anew_under_a_lane_that_never_rests(void **state)
{
    (void)state;
    fresh_db_script(&f, "CREATE TABLE bulk (n BLOB)");
    enum { TOGETHER = 2, ALL = 40 };
    int sent = 0;
    int64_t largest = 0;
    for (int i = 0; i < TOGETHER; i++) (void)make(put_much, i);
    for (int i = 0; sent < ALL; i = (i + 1) % TOGETHER) {
        task *t = &tasks[i];
        if (sent >= TOGETHER) assert_int_equal(wait_for(t), OK);
        atomic_store(&t->answered, false);
        while (lane_submit(l, &t->job) == E_BUSY) usleep(1000);
        sent++;
        if (log_bytes() > largest) largest = log_bytes();
    }
    wait_for_all();
    assert_int_equal(fresh_db_number(&f, "SELECT COUNT(*) FROM bulk"), ALL);
    assert_true(largest > 32 * MIB); /* it had a reason to */
    assert_true(largest < 120 * MIB);
}

int main(void)
{
    powerloss_register();
    const struct CMUnitTest tests[] = {
        TEST(a_batch_is_one_commit),
        TEST(a_long_batch_is_cut_and_stays_in_order),
        TEST(a_light_job_is_not_starved_by_requests),
        TEST(a_void_batch_is_run_again_one_by_one),
        TEST(an_act_that_hides_a_failure_does_not_fool_the_lane),
        TEST(a_full_disk_is_answered_e_full_and_loses_nothing),
        TEST(a_disk_that_fills_up_under_way_never_lies),
        TEST(a_fault_at_any_statement_never_lies),
        TEST(a_full_disk_at_commit_is_tried_alone_and_then_e_full),
        TEST(an_io_error_on_commit_ends_the_process_before_anybody_is_answered),
        TEST(requests_are_refused_when_they_would_wait_too_long),
        TEST(an_idle_lane_takes_a_thousand_at_once),
        TEST(the_log_is_moved_into_the_database_about_once_a_second),
        TEST(the_log_begins_anew_under_a_lane_that_never_rests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
