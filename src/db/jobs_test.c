/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Jobs on both engines. The runner looks once a second; the tests wake it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* ours is in base/ctx.h */

#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "db/db.h"
#include "db/jobs.h"
#include "db/sweep.h"
#include "support/fresh_db.h"

static db_engine engine;
static fresh_db f;
static lane *l;
static jobs *j;
static atomic_int runs, last_payload;

/* --- kinds --------------------------------------------------------------------------------------------------------- */

static const db_query put_row = {
    .slot = 400, .name = "put_row",
    .sql = {"INSERT INTO row_ (id) VALUES (?1)",
            "INSERT INTO row_ (id) VALUES ($1)"},
    .params = 1, .writes = true};

static rc put(ctx *c, int64_t id)
{
    const db_value params[] = {DB_VALUE_INT(id)};
    db_cursor cur;
    db_start(c->db, &put_row, params, &cur);
    return db_finish(&cur, NULL);
}

static rc run_put(ctx *c, str payload)
{
    int64_t id;
    if (!str_int(payload, &id)) return E_INVALID;
    atomic_fetch_add(&runs, 1);
    atomic_store(&last_payload, (int)id);
    return put(c, id);
}

static rc run_failing(ctx *c, str payload)
{
    TRY(run_put(c, payload));
    return fail(c, E_DENIED, MSG(L_NONE), "not today");
}

/* Counts down, a slice at a time. */
static rc run_slices(ctx *c, str payload);
#define KIND(name, run) {(name), (run), JOB_SLICE_MS, false}
static const job_kind put_kind = KIND("put", run_put), failing_kind = KIND("failing", run_failing),
                      slices_kind = KIND("slices", run_slices), unknown_kind = KIND("unknown", run_put),
                      endless_kind = {"endless", run_failing, JOB_SLICE_MS, .repeats = true};
static const job_kind *const kinds[] = {&put_kind, &failing_kind, &slices_kind, NULL};
static const job_kind *const endless_kinds[] = {&endless_kind, NULL};

static rc run_slices(ctx *c, str payload)
{
    int64_t left;
    if (!str_int(payload, &left)) return E_INVALID;
    TRY(put(c, left));
    return left > 1 ? job_add(c, &slices_kind, arena_printf(c->arena, "%lld", (long long)left - 1), 0) : OK;
}

/* --- helpers ------------------------------------------------------------------------------------------------------- */

static int set_up(void **state)
{
    (void)state;
    if (!fresh_db_open(&f, engine, true)) return -1;
    fresh_db_script(&f, "CREATE TABLE row_ (id BIGINT NOT NULL PRIMARY KEY)");
    runs = last_payload = 0;
    lane_config config = {.where = f.where, .threads = 4};
    return lane_open(&config, &l) == OK && jobs_open(l, kinds, &j) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    jobs_close(j);
    lane_close(l);
    fresh_db_close(&f);
    return 0;
}

#define A_ROUND_US 1300000 /* the thread looks once a second */

typedef struct order { const job_kind *kind; str payload; int64_t at; bool refuse; } order;

static rc add(ctx *c, void *arg)
{
    const order *o = arg;
    TRY(job_add(c, o->kind, o->payload, o->at));
    return o->refuse ? E_INVALID : OK;
}

static rc order_job(order o)
{
    ctx c = {.arena = f.arena, .now = clock_now()};
    return lane_run(l, &c, add, &o);
}

static int64_t number(const char *sql) { return fresh_db_number(&f, sql); }

static bool becomes(const char *sql, int64_t wanted)
{
    for (int i = 0; i < 200; i++) {
        if (number(sql) == wanted) return true;
        usleep(20000);
    }
    return false;
}

static rc read_stats(ctx *c, void *arg) { return jobs_stats_get(c, arg); }

static jobs_stats stats(void)
{
    jobs_stats s;
    ctx c = {.arena = f.arena, .now = clock_now()};
    assert_int_equal(lane_run(l, &c, read_stats, &s), OK);
    return s;
}

#define OURS "SELECT COUNT(*) FROM job WHERE kind NOT LIKE 'sweep%'"

/* --- tests --------------------------------------------------------------------------------------------------------- */

static void a_job_runs_once_and_is_gone(void **state)
{
    (void)state;
    assert_int_equal(order_job((order){&put_kind, STR("5"), 0, false}), OK);
    assert_true(becomes("SELECT COUNT(*) FROM row_", 1));
    assert_true(becomes(OURS, 0));
    assert_int_equal(runs, 1);
    assert_int_equal(last_payload, 5);
}

static void a_job_of_an_act_that_was_undone_never_runs(void **state)
{
    (void)state;
    assert_int_equal(order_job((order){&put_kind, STR("5"), 0, true}), E_INVALID);
    assert_int_equal(number(OURS), 0);
}

static void many_jobs_all_run(void **state)
{
    (void)state;
    char payloads[100][8];
    for (int i = 0; i < 100; i++) {
        (void)snprintf(payloads[i], sizeof payloads[i], "%d", i);
        assert_int_equal(order_job((order){&put_kind, str_of(payloads[i]), 0, false}), OK);
    }
    assert_true(becomes(OURS, 0));
    assert_int_equal(number("SELECT COUNT(*) FROM row_"), 100);
}

static void a_job_waits_for_its_time(void **state)
{
    (void)state;
    assert_int_equal(order_job((order){&put_kind, STR("1"), clock_now() + MS_HOUR, false}), OK);
    assert_int_equal(order_job((order){&put_kind, STR("2"), 0, false}), OK);
    assert_true(becomes(OURS, 1));
    assert_int_equal(last_payload, 2);
}

static void a_job_that_fails_leaves_nothing_and_is_put_off(void **state)
{
    (void)state;
    int64_t before = clock_now();
    assert_int_equal(order_job((order){&failing_kind, STR("1"), 0, false}), OK);
    assert_true(becomes("SELECT COUNT(*) FROM job WHERE tries = 1 AND lease_until = 0 AND last_error LIKE '%not today%'", 1));
    assert_int_equal(number("SELECT COUNT(*) FROM row_"), 0);
    int64_t at = number("SELECT run_at FROM job WHERE kind = 'failing'");
    assert_true(at >= before + 30 * MS_SECOND && at <= clock_now() + 30 * MS_SECOND);
    fresh_db_script(&f, "UPDATE job SET run_at = 0 WHERE kind = 'failing'");
    assert_true(becomes("SELECT COUNT(*) FROM job WHERE tries = 2 AND lease_until = 0", 1));
    assert_true(number("SELECT run_at FROM job WHERE kind = 'failing'") >= before + 120 * MS_SECOND);
}

static void the_tenth_failure_is_the_last(void **state)
{
    (void)state;
    assert_int_equal(order_job((order){&failing_kind, STR("1"), clock_now() + MS_HOUR, false}), OK);
    fresh_db_script(&f, "UPDATE job SET run_at = 0, tries = 9 WHERE kind = 'failing'");
    assert_true(becomes("SELECT COUNT(*) FROM job WHERE tries = 10 AND lease_until = 0", 1));
    int64_t at = number("SELECT run_at FROM job WHERE kind = 'failing'");
    assert_true(at <= clock_now() + 12 * MS_HOUR);
    fresh_db_script(&f, "UPDATE job SET run_at = 0 WHERE kind = 'failing'");
    usleep(A_ROUND_US);
    assert_int_equal(runs, 1);
    assert_int_equal(stats().dead, 1);
}

static void a_job_that_repeats_begins_by_itself_and_never_dies(void **state)
{
    (void)state;
    jobs_close(j);
    assert_int_equal(jobs_open(l, endless_kinds, &j), OK);
    assert_true(becomes("SELECT COUNT(*) FROM job WHERE kind = 'endless' AND tries = 1 AND lease_until = 0", 1));
    fresh_db_script(&f, "UPDATE job SET payload = '1', tries = 9, run_at = 0 WHERE kind = 'endless'");
    assert_true(becomes("SELECT COUNT(*) FROM job WHERE kind = 'endless' AND tries = 9 AND run_at > 0 AND lease_until = 0", 1));
    assert_int_equal(stats().dead, 0);
}

static void a_job_goes_on_in_slices(void **state)
{
    (void)state;
    assert_int_equal(order_job((order){&slices_kind, STR("20"), 0, false}), OK);
    assert_true(becomes("SELECT COUNT(*) FROM row_", 20));
    assert_true(becomes(OURS, 0));
}

static void a_kind_that_this_program_does_not_know_is_put_off(void **state)
{
    (void)state;
    assert_int_equal(order_job((order){&unknown_kind, STR("1"), 0, false}), OK);
    assert_true(becomes("SELECT COUNT(*) FROM job WHERE kind = 'unknown' AND tries = 1 AND lease_until = 0", 1));
    assert_int_equal(runs, 0);
}

/* As after a crash: leased by nobody any more. */
static void a_job_whose_lease_ran_out_is_claimed_again(void **state)
{
    (void)state;
    assert_int_equal(order_job((order){&put_kind, STR("1"), clock_now() + MS_HOUR, false}), OK);
    fresh_db_script(&f, "UPDATE job SET run_at = 0, tries = 1, lease_until = 1000 WHERE kind = 'put'");
    assert_true(becomes("SELECT COUNT(*) FROM row_", 1));
    assert_true(becomes(OURS, 0));
}

static void a_leased_job_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(order_job((order){&put_kind, STR("1"), clock_now() + MS_HOUR, false}), OK);
    fresh_db_script(&f, "UPDATE job SET run_at = 1, tries = 1, lease_until = 99999999999999 WHERE kind = 'put'");
    usleep(A_ROUND_US);
    assert_int_equal(runs, 0);
    assert_true(becomes("SELECT COUNT(*) FROM job WHERE lease_until > 0", 1)); /* no sweep is under way */
    assert_int_equal(stats().running, 1);
}

static void the_operator_sees_how_many_wait_and_since_when(void **state)
{
    (void)state;
    char later_than_now[80];
    (void)snprintf(later_than_now, sizeof later_than_now, "SELECT COUNT(*) FROM job WHERE run_at > %lld", (long long)clock_now() + MS_MINUTE);
    assert_true(becomes(later_than_now, 2)); /* the sweeps have run once */
    jobs_close(j);
    j = NULL;
    int64_t at = clock_now() - MS_MINUTE;
    order late = {&put_kind, STR("1"), at, false}, later = {&put_kind, STR("2"), at + 1, false};
    ctx c = {.arena = f.arena, .now = clock_now()};
    assert_int_equal(lane_run(l, &c, add, &later), OK);
    assert_int_equal(lane_run(l, &c, add, &late), OK);
    jobs_stats s = stats();
    assert_int_equal(s.due, 2);
    assert_int_equal(s.running, 0);
    assert_int_equal(s.dead, 0);
    assert_int_equal(s.oldest, at);
}

static void the_sweeps_begin_once_and_come_back(void **state)
{
    (void)state;
    char both[160];
    (void)snprintf(both, sizeof both, "SELECT COUNT(*) FROM job WHERE kind IN ('sweep_change', 'sweep_once') AND run_at > %lld",
                   (long long)clock_now() + MS_MINUTE);
    assert_true(becomes(both, 2));
    jobs_close(j);
    assert_int_equal(jobs_open(l, kinds, &j), OK);
    assert_true(becomes(both, 2));
}

static void what_is_past_its_time_is_swept_and_the_newest_change_stays(void **state)
{
    (void)state;
    char script[600];
    const char *series = engine == DB_SQLITE ? "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 1300) " : "";
    const char *from = engine == DB_SQLITE ? "s" : "generate_series(1, 1300) s(i)";
    (void)snprintf(script, sizeof script, "%sINSERT INTO change (xid, kind, a, b, at) SELECT 0, 1, i, 0, i FROM %s", series, from);
    fresh_db_script(&f, script);
    (void)snprintf(script, sizeof script,
                   "%sINSERT INTO once (bucket, session, claim, body, at, result) "
                   "SELECT i %% 7, CAST('s' || i AS blob), CAST('c' AS blob), CAST('b' AS blob), CASE WHEN i > 1290 THEN 99999999999999 ELSE i END, '/' FROM %s",
                   series, from);
    fresh_db_script(&f, script);
    fresh_db_script(&f, "UPDATE job SET run_at = 0 WHERE kind LIKE 'sweep%'");
    assert_true(becomes("SELECT COUNT(*) FROM change", 1));
    assert_true(becomes("SELECT COUNT(*) FROM once", 10));
    assert_int_equal(number("SELECT a FROM change"), 1300);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_job_runs_once_and_is_gone),
        TEST(a_job_of_an_act_that_was_undone_never_runs),
        TEST(many_jobs_all_run),
        TEST(a_job_waits_for_its_time),
        TEST(a_job_that_fails_leaves_nothing_and_is_put_off),
        TEST(the_tenth_failure_is_the_last),
        TEST(a_job_that_repeats_begins_by_itself_and_never_dies),
        TEST(a_job_goes_on_in_slices),
        TEST(a_kind_that_this_program_does_not_know_is_put_off),
        TEST(a_job_whose_lease_ran_out_is_claimed_again),
        TEST(a_leased_job_is_left_alone),
        TEST(the_operator_sees_how_many_wait_and_since_when),
        TEST(the_sweeps_begin_once_and_come_back),
        TEST(what_is_past_its_time_is_swept_and_the_newest_change_stays),
    };
    int failed = cmocka_run_group_tests_name("jobs on SQLite", tests, NULL, NULL);
    engine = DB_POSTGRES;
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("jobs on PostgreSQL", tests, NULL, NULL);
    return failed;
}
