/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Power is cut at every write, truncation, sync and deletion of ten scenarios, with three opinions of what the disk kept of
 * the rest. Each cut happens in a child process, which keeps its diary of answers in memory shared with us; then we start the
 * database again and compare. A write that was answered with OK must be there; one that was not may be, or not. And, so that
 * we know that the check can fail: on a disk that ignores sync, something must be missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* ours is in base/ctx.h */

#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/db.h"
#include "db/lane.h"
#include "support/fresh_db.h"
#include "support/vfs_powerloss.h"

#define WRITES 48
#define BUDGET_US INT64_C(14000000) /* for all cuts; past it only every eighth is made */

static const db_query put_row = {
    .slot = 400, .name = "put_row",
    .sql = {"INSERT INTO row_ (id, filler) VALUES (?1, zeroblob(?2))"},
    .params = 2, .writes = true};
static const db_query drop_row = {
    .slot = 401, .name = "drop_row",
    .sql = {"DELETE FROM row_ WHERE id = ?1"},
    .params = 1, .writes = true};
static const db_query has_row = {
    .slot = 402, .name = "has_row",
    .sql = {"SELECT COUNT(*) FROM row_ WHERE id = ?1"},
    .params = 1};

/* What a child was told, and how far it came. */
typedef struct diary {
    _Atomic int put[WRITES], dropped[WRITES]; /* 1: asked, 2: answered OK */
    _Atomic int64_t operations;
} diary;

static diary *book;
static fresh_db f;
static lane *l;

/* --- what a child does --------------------------------------------------------------------------------------------- */

typedef struct write_job {
    lane_job job; /* first */
    ctx c;
    int id, size;
    bool drops;
    _Atomic bool answered;
} write_job;

static write_job jobs_[2 * WRITES];
static int jobs_len;

static rc act(lane_job *job)
{
    write_job *w = (write_job *)job;
    const db_value params[] = {DB_VALUE_INT(w->id), DB_VALUE_INT(w->size)};
    db_cursor cur;
    db_start(w->c.db, w->drops ? &drop_row : &put_row, params, &cur);
    return db_finish(&cur, NULL);
}

static void done(lane_job *job, rc_code result)
{
    write_job *w = (write_job *)job;
    if (result == OK) atomic_store(w->drops ? &book->dropped[w->id] : &book->put[w->id], 2);
    atomic_store(&w->answered, true);
}

static write_job *send(int id, int size, bool drops)
{
    write_job *w = &jobs_[jobs_len++];
    *w = (write_job){.id = id, .size = size, .drops = drops};
    w->c = (ctx){.arena = f.arena, .now = 1};
    w->job = (lane_job){.c = &w->c, .act = act, .done = done};
    atomic_store(drops ? &book->dropped[id] : &book->put[id], 1);
    if (lane_submit(l, &w->job) != OK) die("the lane refuses");
    return w;
}

static void wait_for(write_job *w)
{
    while (!atomic_load(&w->answered)) usleep(20);
}

static void wait_for_all(void)
{
    for (int i = 0; i < jobs_len; i++) wait_for(&jobs_[i]);
}

static void open_lane(void)
{
    lane_config config = {.where = f.where};
    if (lane_open(&config, &l) != OK) die("cannot open the lane");
}

static void checkpoint(bool restart)
{
    db *d;
    int64_t bytes;
    if (db_open(f.where, false, &d) != OK || db_checkpoint(d, restart, &bytes) == E_INTERNAL) die("cannot checkpoint");
    db_close(d);
}

static void put_some(int from, int n, int size)
{
    for (int i = from; i < from + n; i++) wait_for(send(i, size, false));
}

/* --- scenarios ----------------------------------------------------------------------------------------------------- */

static void one_by_one(void) { put_some(0, 12, 10); }

static void in_batches(void)
{
    for (int i = 0; i < WRITES; i++) {
        send(i, 10, false);
        if (i % 12 == 11) wait_for_all();
    }
}

static void all_at_once(void)
{
    for (int i = 0; i < WRITES; i++) send(i, 300, false);
}

static void large_rows(void) { put_some(0, 4, 30000); }

static void put_and_drop(void)
{
    put_some(0, 8, 2000);
    for (int i = 0; i < 8; i += 2) wait_for(send(i, 0, true));
    put_some(8, 4, 2000);
}

static void with_a_checkpoint(void)
{
    put_some(0, 6, 500);
    checkpoint(false);
    put_some(6, 6, 500);
}

static void with_a_restart_of_the_log(void)
{
    put_some(0, 6, 500);
    checkpoint(true);
    put_some(6, 6, 500);
    checkpoint(true);
    put_some(12, 3, 500);
}

static void with_a_checkpoint_under_way(void)
{
    for (int i = 0; i < 24; i++) send(i, 1000, false);
    checkpoint(false);
    wait_for_all();
    checkpoint(true);
    put_some(24, 3, 10);
}

static void closed_and_opened_again(void)
{
    put_some(0, 5, 500);
    lane_close(l);
    open_lane();
    put_some(5, 5, 500);
    lane_close(l);
    open_lane();
    put_some(10, 2, 500);
}

static void filled_emptied_and_filled(void)
{
    put_some(0, 4, 20000);
    for (int i = 0; i < 4; i++) wait_for(send(i, 0, true));
    checkpoint(true);
    put_some(4, 4, 20000);
}

static void (*const scenarios[])(void) = {one_by_one,        in_batches,
                                          all_at_once,       large_rows,
                                          put_and_drop,      with_a_checkpoint,
                                          with_a_restart_of_the_log, with_a_checkpoint_under_way,
                                          closed_and_opened_again,   filled_emptied_and_filled};
#define SCENARIOS ((int)(sizeof scenarios / sizeof *scenarios))

/* --- one cut ------------------------------------------------------------------------------------------------------- */

static void live(int scenario, int64_t at, cut_mode mode, bool skip_sync)
{
    powerloss_plan(at, mode, (uint64_t)at * 977 + (uint64_t)scenario, skip_sync);
    open_lane();
    scenarios[scenario]();
    wait_for_all();
    lane_close(l);
    atomic_store(&book->operations, powerloss_count());
    _exit(0);
}

/* True when the power went before the scenario was over. */
static bool die_at_operation(int scenario, int64_t at, cut_mode mode, bool skip_sync)
{
    int status;
    memset(book, 0, sizeof *book);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) live(scenario, at, mode, skip_sync);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == POWERLOSS_EXIT);
    return WEXITSTATUS(status) == POWERLOSS_EXIT;
}

static int64_t has(db *d, int id)
{
    const db_value params[] = {DB_VALUE_INT(id)};
    db_cursor cur;
    db_start(d, &has_row, params, &cur);
    int64_t n = db_next(&cur) ? db_int(&cur, 0) : -1;
    assert_int_equal(db_finish(&cur, NULL), OK);
    return n;
}

/* How many answers the database does not stand by. */
static int broken_promises(db *d)
{
    int broken = 0;
    for (int i = 0; i < WRITES; i++) {
        if (book->put[i] == 2 && book->dropped[i] == 0) broken += has(d, i) != 1;
        if (book->dropped[i] == 2 || book->put[i] == 0) broken += has(d, i) != 0;
    }
    return broken;
}

/* Starts again. A database that cannot even be opened has broken every promise. */
static int look_after_cut(bool must_be_sound)
{
    db *d;
    str report = STR_NONE;
    if (db_open(f.where, false, &d) != OK) return WRITES;
    bool sound = db_integrity(d, f.arena, &report) == OK;
    if (must_be_sound && !sound) print_error("%.*s\n", STR_ARG(report));
    if (must_be_sound) assert_true(sound);
    int broken = sound ? broken_promises(d) : WRITES;
    db_close(d);
    return broken;
}

static void begin_anew(void)
{
    fresh_db_open(&f, DB_SQLITE, false);
    fresh_db_script(&f, "CREATE TABLE row_ (id INTEGER NOT NULL PRIMARY KEY, filler BLOB NOT NULL)");
}

static int one_cut(int scenario, int64_t at, cut_mode mode, bool skip_sync, bool *cut)
{
    begin_anew();
    *cut = die_at_operation(scenario, at, mode, skip_sync);
    int broken = look_after_cut(!skip_sync);
    fresh_db_close(&f);
    return broken;
}

/* --- tests --------------------------------------------------------------------------------------------------------- */

static void no_acknowledged_write_is_lost_wherever_the_power_goes(void **state)
{
    (void)state;
    int64_t began = clock_us(), cuts = 0;
    int64_t stride[SCENARIOS];
    for (int s = 0; s < SCENARIOS; s++) {
        int64_t at = 1, share = BUDGET_US * (s + 1) / SCENARIOS;
        stride[s] = 1;
        for (bool cut = true; cut; at += stride[s]) {
            int broken = one_cut(s, at, (cut_mode)((at + s) % CUT_MODES), false, &cut);
            if (broken) print_error("scenario %d, cut at %lld: %d promises broken\n", s, (long long)at, broken);
            assert_int_equal(broken, 0);
            cuts += cut;
            if (clock_us() - began > share) stride[s] = 7; /* no multiple of the number of modes */
        }
    }
    print_message("%lld cuts\n", (long long)cuts);
    assert_true(cuts > 100);
}

static void a_scenario_that_is_not_cut_is_complete(void **state)
{
    (void)state;
    for (int s = 0; s < SCENARIOS; s++) {
        bool cut;
        assert_int_equal(one_cut(s, 0, CUT_DROPS, false, &cut), 0);
        assert_false(cut);
        assert_true(book->put[0] == 2 && book->operations > 10);
    }
}

static void a_disk_that_ignores_sync_is_found_out(void **state)
{
    (void)state;
    int found = 0;
    for (int s = 0; s < SCENARIOS; s++) {
        bool cut;
        for (int64_t at = 30; at < 80; at += 10) found += one_cut(s, at, CUT_DROPS, true, &cut) > 0;
    }
    assert_true(found >= SCENARIOS);
}

int main(void)
{
    powerloss_register();
    log_set_level(LOG_ERROR + 1); /* what a broken disk is told about is no news here */
    book = mmap(NULL, sizeof *book, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (book == MAP_FAILED) die("no shared memory");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scenario_that_is_not_cut_is_complete),
        cmocka_unit_test(no_acknowledged_write_is_lost_wherever_the_power_goes),
        cmocka_unit_test(a_disk_that_ignores_sync_is_found_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
