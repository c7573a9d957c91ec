/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the tests of the lane share: a lane over a fresh database, and tasks, jobs that keep a diary. To get many jobs into
 * one batch, a gate is closed first: its act waits until it is opened, and what was sent meanwhile is the next batch. */
#ifndef VECHE_DB_LANE_TEST_H
#define VECHE_DB_LANE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* ours is in base/ctx.h */

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ids.h"
#include "db/db.h"
#include "db/lane.h"
#include "support/fresh_db.h"
#include "support/vfs_powerloss.h"

#define TASKS 300

static const db_query put_row = {
    .slot = 400, .name = "put_row",
    .sql = {"INSERT INTO row_ (id, n) VALUES (?1, ?2)",
            "INSERT INTO row_ (id, n) VALUES ($1, $2)"},
    .params = 2, .writes = true};
static const db_query read_n = {
    .slot = 401, .name = "read_n",
    .sql = {"SELECT n FROM row_ WHERE id = ?1",
            "SELECT n FROM row_ WHERE id = $1"},
    .params = 1};
static const db_query set_n = {
    .slot = 402, .name = "set_n",
    .sql = {"UPDATE row_ SET n = ?2 WHERE id = ?1",
            "UPDATE row_ SET n = $2 WHERE id = $1"},
    .params = 2, .writes = true};
static const db_query my_process = {.slot = -1, .name = "my_process", .sql = {"SELECT 0", "SELECT pg_backend_pid()"}};

typedef struct task {
    lane_job job; /* first */
    ctx c;
    int64_t id;
    rc (*act)(struct task *);
    atomic_int runs;
    int nth; /* of a fault */
    rc_code fault, result;
    bool kills, published;
    atomic_bool answered;
    int order; /* of the answer */
} task;

static db_engine engine;
static fresh_db f;
static lane *l;
static task tasks[TASKS];
static int tasks_len;
static atomic_int answers, gate_open;
static atomic_int published; /* calls */
static change published_last;
static int64_t published_changes, published_rows; /* changes in all; rows at the last call */

/* --- helpers ------------------------------------------------------------------------------------------------------- */

static inline rc run(db *d, const db_query *q, int64_t a, int64_t b)
{
    const db_value params[] = {DB_VALUE_INT(a), DB_VALUE_INT(b)};
    db_cursor cur;
    db_start(d, q, params, &cur);
    return db_finish(&cur, NULL);
}

static inline rc ask(db *d, const db_query *q, int64_t a, int64_t *n)
{
    const db_value params[] = {DB_VALUE_INT(a)};
    db_cursor cur;
    *n = -1;
    db_start(d, q, params, &cur);
    if (db_next(&cur)) *n = db_int(&cur, 0);
    return db_finish(&cur, NULL);
}

static inline void publish(void *arg, const change *changes)
{
    (void)arg;
    atomic_fetch_add(&published, 1);
    published_rows = fresh_db_number(&f, "SELECT COUNT(*) FROM row_");
    for (; changes; changes = changes->next) {
        published_changes++;
        published_last = *changes;
    }
}

static inline void open_lane(bool run_twice, id_mill *ids)
{
    lane_config config = {.where = f.where, .threads = 4, .ids = ids, .node = 3, .publish = publish, .run_twice = run_twice};
    assert_int_equal(lane_open(&config, &l), OK);
}

static inline int set_up(void **state)
{
    (void)state;
    if (!fresh_db_open(&f, engine, true)) return -1;
    fresh_db_script(&f, "CREATE TABLE row_ (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)");
    memset(tasks, 0, sizeof tasks);
    tasks_len = 0;
    answers = published = gate_open = 0;
    published_changes = published_rows = 0;
    open_lane(false, NULL);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    disk_room(-1);
    lane_close(l);
    for (int i = 0; i < tasks_len; i++) arena_close(tasks[i].c.arena);
    fresh_db_close(&f);
    return 0;
}

static inline rc task_act(lane_job *job)
{
    task *t = (task *)job;
    t->runs++;
    return t->act(t);
}

static inline void task_done(lane_job *job, rc_code result)
{
    task *t = (task *)job;
    t->result = result;
    t->published = published > 0;
    t->order = atomic_fetch_add(&answers, 1);
    atomic_store(&t->answered, true);
}

static inline task *make(rc (*act)(task *), int64_t id)
{
    assert_true(tasks_len < TASKS);
    task *t = &tasks[tasks_len++];
    *t = (task){.act = act, .id = id};
    t->c = (ctx){.arena = arena_open(), .now = clock_now()};
    t->job = (lane_job){.c = &t->c, .act = task_act, .done = task_done};
    return t;
}

static inline task *send(rc (*act)(task *), int64_t id)
{
    task *t = make(act, id);
    assert_int_equal(lane_submit(l, &t->job), OK);
    return t;
}

static inline rc_code wait_for(task *t)
{
    while (!atomic_load(&t->answered)) usleep(200);
    return t->result;
}

static inline void wait_for_all(void)
{
    for (int i = 0; i < tasks_len; i++) (void)wait_for(&tasks[i]);
}

static inline rc wait_at_gate(task *t)
{
    (void)t;
    while (!gate_open) usleep(100);
    return OK;
}

/* Everything sent before the gate opens is one batch. */
static inline void close_gate(void)
{
    gate_open = 0;
    task *gate = send(wait_at_gate, 0);
    while (!gate->runs && !atomic_load(&gate->answered)) usleep(100);
}

static inline void open_gate(void)
{
    gate_open = 1;
    wait_for_all();
}

static inline int64_t rows(void) { return fresh_db_number(&f, "SELECT COUNT(*) FROM row_"); }

/* --- acts ---------------------------------------------------------------------------------------------------------- */

static inline rc put(task *t)
{
    return run(t->c.db, &put_row, t->id, t->id);
}

static inline rc put_and_tell(task *t)
{
    TRY(put(t));
    TRY(change_emit(&t->c, CHANGE_WALL, t->id, 1));
    return change_emit(&t->c, CHANGE_WALL, t->id, 2);
}

static inline rc sleep_a_while(task *t)
{
    usleep((useconds_t)t->id);
    return OK;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
