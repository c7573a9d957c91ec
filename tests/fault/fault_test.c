/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A full disk, an I/O error and an interrupt at every statement of every write: the lane's own BEGIN, SAVEPOINT, RELEASE and
 * COMMIT, the form's token, the act. A whole server runs here, over real sockets; the order to fail goes to the lane's
 * connection (db_test_fail_at).
 *
 *   spares   the statement fails, the transaction lives: the act is undone and refused
 *   kills    the transaction is gone: the batch is void, the act runs again by itself and succeeds …
 *   always   … or meets the same failure again, and is refused
 *
 * A refusal is 507, 500 or 503 and leaves every table as it was, and the same form sent again does it. A success leaves what a
 * success leaves, once. In a batch, those before and behind are answered as if nothing had happened. An I/O error on COMMIT
 * itself ends the process: the last test looks at that.
 *
 * VECHE_LEVEL=quick: full disks alone, without batches. */
#include "base/testing.h"

#include <semaphore.h>
#include <sodium.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/house.h"
#include "app/routes.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/change.h"
#include "db/db.h"
#include "fault/scenes.h"
#include "feature/account/account_web.h"
#include "feature/setup/setup.h"
#include "http/exchange.h"
#include "page/error.h"
#include "support/plain_http.h"

#define TABLES_MAX 128
#define NTH_MAX 80
#define NEVER 1000000

/* Argon2 is libsodium's to test; here it would take an hour. These stand in for the library's. */
int crypto_pwhash_str_alg(char out_[crypto_pwhash_STRBYTES], const char *const passwd, unsigned long long passwdlen,
                          unsigned long long opslimit, size_t memlimit, int alg)
{
    (void)passwd, (void)passwdlen, (void)opslimit, (void)memlimit, (void)alg;
    memset(out_, 0, crypto_pwhash_STRBYTES);
    memcpy(out_, "stored", 6);
    return 0;
}

int crypto_pwhash_str_verify(const char str_[crypto_pwhash_STRBYTES], const char *const passwd, unsigned long long passwdlen)
{
    (void)str_, (void)passwd, (void)passwdlen;
    return 0;
}

/* ---- the server ---- */

static struct {
    char folder[64];
    house *house;
    server *server;
    db *lane, *eye; /* the lane's own connection; a reader's */
    arena *arena;
    int tables;
    char select[TABLES_MAX][2048];
    char name[TABLES_MAX][64];
} w;

/* What fails next, for the second run of an act: the first is ordered from outside, while the lane sleeps. */
static struct {
    const route *route;
    int runs, again_at, first_at; /* 0: never */
    int left;                     /* db_test_left() when the act began: how measure() learns what comes before it */
    rc_code kind;
    bool kills;
} plan;

static route wrapped[200];
static const route *originals[200];
static const route *tables[2] = {wrapped, NULL};

static rc act_watched(req *r)
{
    const route *own = originals[r->route - wrapped];
    plan.left = db_test_left(r->c->db);
    if (own == plan.route) {
        int nth = plan.runs++ ? plan.again_at : plan.first_at;
        if (nth) db_test_fail_at(r->c->db, nth, plan.kind, plan.kills);
    }
    return own->act(r);
}

/* Somebody else's request, in the same batch. */
static rc innocent_act(req *r) { return change_emit(r->c, CHANGE_MEMBER, req_capture_int(r, "n"), 0); }

static rc innocent_show(req *r) { return req_redirect(r, url_local(STR("/"))); }

static void wrap_routes(void)
{
    static const route innocent = {POST, "/innocent/{n:int}", .act = innocent_act, .show = innocent_show, .who = ANYONE, .idempotent = true};
    size_t n = 0;
    for (const route *const *t = route_tables; *t; t++)
        for (const route *r = *t; r->who != WHO_END; r++, n++) {
            wrapped[n] = *r;
            originals[n] = r;
            if (r->act) wrapped[n].act = act_watched;
        }
    wrapped[n] = innocent;
    assert_true(n + 1 < sizeof wrapped / sizeof *wrapped);
}

static const site *site_now(void *arg) { return house_site(arg); }

static rc take_connection(ctx *c, void *arg)
{
    *(db **)arg = c->db;
    return scene_house(c, true);
}

static void list_tables(void)
{
    static const db_query all = {.slot = -1, .name = "tables", .sql = {
        "SELECT s.name, 'SELECT ' || (SELECT group_concat('quote(\"' || i.name || '\")', '||'',''||') FROM pragma_table_info(s.name) i)"
        " || ' FROM ' || s.name FROM sqlite_schema s WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite_%' ORDER BY 1"}};
    db_cursor cur;
    w.tables = 0;
    assert_int_equal(db_begin_read(w.eye), OK);
    for (db_start(w.eye, &all, NULL, &cur); db_next(&cur); w.tables++) {
        assert_true(w.tables < TABLES_MAX);
        (void)snprintf(w.name[w.tables], sizeof *w.name, "%s", arena_cstr(w.arena, db_text(&cur, 0, w.arena)));
        (void)snprintf(w.select[w.tables], sizeof *w.select, "%s", arena_cstr(w.arena, db_text(&cur, 1, w.arena)));
    }
    assert_int_equal(db_finish(&cur, NULL), OK);
    db_rollback(w.eye);
    assert_true(w.tables > 10);
}

/* In memory, where there is a file system for that: nothing here waits for a disk. */
static void open_in(const char *folder)
{
    config c = {.data = folder};
    ctx act;
    w.arena = arena_open();
    assert_int_equal(house_open(&c, &w.house), OK);
    assert_int_equal(house_write(w.house, w.arena, (viewer){0, ROLE_OWNER}, take_connection, &w.lane, &act), OK);
    assert_int_equal(db_open(house_where(w.house), true, &w.eye), OK);
    list_tables();
    server_config sc = {.where = house_where(w.house), .address = "127.0.0.1", .threads = 1, .slow_threads = 1, .limits_off = true,
                        .lane = house_lane(w.house), .graph = house_graph(w.house), .ids = house_ids(w.house), .routes = tables,
                        .site_now = site_now, .identify = account_identify, .error_page = page_error, .arg = w.house};
    assert_int_equal(server_open(&sc, &w.server), OK);
}

static void open_server(void)
{
    (void)snprintf(w.folder, sizeof w.folder, "%s/veche-fault-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(w.folder));
    open_in(w.folder);
}

static void remove_folder(void)
{
    static const char *const files[] = {"veche.db", "veche.db-wal", "veche.db-shm", "lock"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", w.folder, files[i]);
        (void)unlink(path);
    }
    (void)rmdir(w.folder);
}

static void close_server(void)
{
    server_close(w.server);
    db_close(w.eye);
    house_close(w.house);
    arena_close(w.arena);
    remove_folder();
}

/* A small database is compared quickly. */
static void start_afresh(void)
{
    close_server();
    open_server();
}

/* ---- what is stored ---- */

typedef struct books {
    int64_t rows[TABLES_MAX];
    uint64_t sum[TABLES_MAX]; /* of the rows' hashes: in no order */
} books;

static books look(void)
{
    books b = {0};
    arena *a = arena_open();
    assert_int_equal(db_begin_read(w.eye), OK);
    for (int i = 0; i < w.tables; i++) {
        const db_query q = {.slot = 900 + i, .name = "rows", .sql = {w.select[i]}};
        db_cursor cur;
        for (db_start(w.eye, &q, NULL, &cur); db_next(&cur); b.rows[i]++) b.sum[i] += str_hash(db_text(&cur, 0, a));
        assert_int_equal(db_finish(&cur, NULL), OK);
    }
    db_rollback(w.eye);
    arena_close(a);
    return b;
}

static books less(books a, books b)
{
    books d = {0};
    for (int i = 0; i < w.tables; i++) d.rows[i] = a.rows[i] - b.rows[i];
    return d;
}

static books plus(books a, books b)
{
    books d = {0};
    for (int i = 0; i < w.tables; i++) d.rows[i] = a.rows[i] + b.rows[i];
    return d;
}

/* ---- talking to it ---- */

typedef struct attempt {
    scene scene;
    str body;
} attempt;

static int post(str path, str cookie, str body)
{
    return http_send(server_port(w.server), http_post(w.arena, path, arena_printf(w.arena, "Cookie: %.*s\r\n", STR_ARG(cookie)), body));
}

static int answer_of(int fd) { return http_read(w.arena, fd).status; }

static int send_attempt(const attempt *t) { return post(t->scene.path, t->scene.cookie, t->body); }

static str token_for(str session)
{
    static unsigned count;
    unsigned char nonce[16] = {0};
    count++;
    memcpy(nonce, &count, sizeof count);
    return csrf_token(w.arena, house_site(w.house), session, nonce);
}

typedef struct making { const scene_maker *maker; scene *scene; } making;

static rc make_act(ctx *c, void *arg)
{
    const making *m = arg;
    *m->scene = (scene){.path = str_of(m->maker->path), .form = STR("")};
    scene_guest(c, m->scene);
    return m->maker->make(c, m->scene);
}

static attempt prepare(const scene_maker *maker)
{
    attempt t;
    ctx c;
    making m = {maker, &t.scene};
    arena_reset(w.arena);
    rc_code made = house_write(w.house, w.arena, (viewer){0, ROLE_OWNER}, make_act, &m, &c);
    if (made != OK) fail_msg("the scene of %s: %s, %.*s (%s:%d)", maker->path, rc_reason(made), STR_ARG(c.err.detail), c.err.file, c.err.line);
    t.body = arena_printf(w.arena, "once=%.*s&%.*s", STR_ARG(token_for(t.scene.session)), STR_ARG(t.scene.form));
    return t;
}

/* ---- one route ---- */

static const rc_code kinds[] = {E_FULL, E_BUSY, E_INTERNAL};
static const char *const kind_names[] = {"full", "interrupt", "I/O error"};

typedef struct fault_case {
    const route *route;
    const scene_maker *maker;
    int status, steps; /* when nothing fails; steps: BEGIN to COMMIT */
    int from_act;      /* those of them from the act's first to COMMIT */
    books done;        /* what is then there besides */
} fault_case;

static struct { int solo, batched, refused, reruns; } told;

static bool is_level(const char *name)
{
    const char *level = getenv("VECHE_LEVEL");
    return level && strcmp(level, name) == 0;
}
static bool is_quick(void) { return is_level("quick"); }

/* The first table that differs; w.tables: none. */
static int differs(const books *a, const books *b, bool contents)
{
    int i = 0;
    while (i < w.tables && a->rows[i] == b->rows[i] && (!contents || a->sum[i] == b->sum[i])) i++;
    return i;
}

static bool same(const books *a, const books *b, bool contents)
{
    int i = differs(a, b, contents);
    if (i < w.tables) print_error("table %s: %lld rows, not %lld\n", w.name[i], (long long)a->rows[i], (long long)b->rows[i]);
    return i == w.tables;
}

/* Without a failure: what it answers, how many statements that takes, what it leaves. */
static fault_case measure(const route *r)
{
    fault_case f = {.route = r, .maker = scene_of(r)};
    if (!f.maker) fail_msg("%s writes and has no scene in tests/fault/scenes.c", r->path);
    for (int i = 0; i < 2; i++) { /* at times the id mill's mark is written as well: the lesser counts */
        attempt t = prepare(f.maker);
        books before = look();
        db_test_fail_at(w.lane, NEVER, OK, false);
        f.status = answer_of(send_attempt(&t));
        int left = db_test_left(w.lane), steps = NEVER - left;
        db_test_fail_at(w.lane, 0, OK, false);
        if (i == 0 || steps < f.steps) f.steps = steps;
        if (i == 0 || plan.left - left < f.from_act) f.from_act = plan.left - left;
        f.done = less(look(), before);
        if (f.status >= 400) fail_msg("%s answers %d", r->path, f.status);
        books after = look();
        if (!f.maker->quiet && differs(&after, &before, true) == w.tables) fail_msg("the scene of %s changes nothing", r->path);
    }
    return f;
}

/* The statement at which a second run fails, in a transaction of its own: it has no RELEASE. An I/O error must not hit its COMMIT. */
static int again_at(const fault_case *f, int nth, rc_code kind)
{
    int last = f->from_act - 1 - (kind == E_INTERNAL ? 1 : 0);
    return nth < last ? nth : last > 0 ? last : 0;
}

typedef enum how { SPARES, KILLS, ALWAYS, HOWS } how;
static const char *const how_names[HOWS] = {"spares", "kills", "always"};

/* False: the statement was never reached. */
static bool fail_at_statement(const fault_case *f, int nth, size_t k, how how)
{
    rc_code kind = kinds[k];
    attempt t = prepare(f->maker);
    books before = look();
    plan.route = f->route;
    plan.runs = plan.first_at = 0;
    plan.again_at = how == ALWAYS ? again_at(f, nth, kind) : 0;
    plan.kind = kind;
    plan.kills = how != SPARES;
    db_test_fail_at(w.lane, nth, kind, how != SPARES);
    int status = answer_of(send_attempt(&t));
    int runs = plan.runs;
    bool reached = runs > 1 || db_test_left(w.lane) == 0;
    plan.route = NULL;
    db_test_fail_at(w.lane, 0, OK, false);
    books after = look(), delta = less(after, before);
    if (status != f->status) {
        if (status != rc_status(kind))
            fail_msg("%s, %s at statement %d, %s: answers %d", f->route->path, kind_names[k], nth, how_names[how], status);
        if (!same(&after, &before, true)) fail_msg("%s, %s at statement %d, %s: refused, and left something", f->route->path, kind_names[k], nth, how_names[how]);
        told.refused++;
        status = answer_of(send_attempt(&t)); /* the same form, the same token */
        if (status != f->status) fail_msg("%s, %s at statement %d, %s: the next try answers %d", f->route->path, kind_names[k], nth, how_names[how], status);
        after = look();
        delta = less(after, before);
    } else {
        if (reached && how == SPARES && runs < 2 && nth < f->steps - 1 && nth > 2)
            fail_msg("%s, %s at statement %d: overlooked", f->route->path, kind_names[k], nth);
        told.reruns += runs > 1;
    }
    if (!same(&delta, &f->done, false)) fail_msg("%s, %s at statement %d, %s: not what a success leaves", f->route->path, kind_names[k], nth, how_names[how]);
    told.solo++;
    return reached;
}

static void alone(const fault_case *f)
{
    for (size_t k = 0; k < (is_quick() ? 1 : 3); k++)
        for (how how = SPARES; how < HOWS; how++) {
            start_afresh();
            int last = kinds[k] == E_INTERNAL ? f->steps - 1 : NTH_MAX;
            for (int nth = 1; nth <= last && fail_at_statement(f, nth, k, how); nth++) assert_true(nth < NTH_MAX);
        }
}

/* ---- in a batch ---- */

static sem_t gate;

static rc gate_act(lane_job *job)
{
    (void)job;
    while (sem_wait(&gate) != 0) continue;
    return OK;
}

static sem_t gate_done;
static void gate_answer(lane_job *job, rc_code result)
{
    (void)job, (void)result;
    (void)sem_post(&gate_done);
}

/* False: the lane would not take it. It refuses what would wait for more than 250 ms, and the gate may have been shut that
 * long on a slow machine. */
static bool wait_for_queue(int64_t n, uint64_t refused)
{
    struct timespec moment = {0, 100000};
    for (int tries = 0; tries < 50000; tries++) {
        lane_stats now = lane_stats_get(house_lane(w.house));
        if (now.queued == n) return true;
        if (now.refused != refused) return false;
        nanosleep(&moment, NULL);
    }
    fail_msg("the queue has %lld jobs, not %lld", (long long)lane_stats_get(house_lane(w.house)).queued, (long long)n);
    return false;
}

static int send_innocent(const attempt *t)
{
    static int count;
    str path = arena_printf(w.arena, "/innocent/%d", ++count);
    str body = arena_printf(w.arena, "once=%.*s", STR_ARG(token_for(t->scene.session)));
    return post(path, t->scene.cookie, body);
}

static books innocent_books(const fault_case *f)
{
    attempt t = prepare(f->maker);
    books before = look();
    assert_int_equal(answer_of(send_innocent(&t)), 303);
    return less(look(), before);
}

/* The gate's batch, and behind it innocent, victim, innocent in one. False: it did not come to be one batch. */
static bool send_three(const attempt *t, int status[3])
{
    ctx c = {.arena = arena_open(), .now = clock_now()};
    lane_job job = {.c = &c, .act = gate_act, .done = gate_answer};
    uint64_t refused = lane_stats_get(house_lane(w.house)).refused;
    int fds[3], sent = 0;
    bool shut = lane_submit(house_lane(w.house), &job) == OK, together = shut && wait_for_queue(0, refused);
    for (; sent < 3 && together; sent++) {
        fds[sent] = sent == 1 ? send_attempt(t) : send_innocent(t);
        together = wait_for_queue(sent + 1, refused);
    }
    if (!together) plan.route = NULL;
    (void)sem_post(&gate);
    for (int i = 0; i < sent; i++) status[i] = answer_of(fds[i]);
    while (shut && sem_wait(&gate_done) != 0) continue;
    while (!shut && sem_trywait(&gate) == 0) continue; /* a gate that was never there leaves no open door to the next */
    plan.route = NULL;
    db_test_fail_at(w.lane, 0, OK, false);
    arena_close(c.arena);
    return together;
}

static void between_others(const fault_case *f, const books *innocent, int nth, size_t k, bool kills)
{
    books before;
    int status[3], ok = 0, bad = 0, tries = 0;
    attempt t;
    do {
        t = prepare(f->maker);
        before = look();
        plan.runs = plan.again_at = 0;
        plan.first_at = nth;
        plan.kind = kinds[k];
        plan.kills = kills;
        plan.route = f->route;
        assert_true(tries++ < 50);
    } while (!send_three(&t, status));
    bool done = status[1] == f->status;
    for (int i = 0; i < 3; i += 2) ok += status[i] == 303;
    for (int i = 0; i < 3; i++) bad += status[i] == rc_status(kinds[k]);
    if (status[0] != 303 || ok + done + bad != 3 || bad > 1)
        fail_msg("%s in a batch, %s at statement %d of the act: %d, %d, %d", f->route->path, kind_names[k], nth, status[0], status[1], status[2]);
    books expected = done ? f->done : (books){0}, delta = less(look(), before);
    for (int i = 0; i < ok; i++) expected = plus(expected, *innocent);
    if (!same(&delta, &expected, false)) fail_msg("%s in a batch, %s at statement %d of the act: something is half written", f->route->path, kind_names[k], nth);
    told.batched++;
}

/* Alone, every statement fails in every way; between others each does so in one of the six, in turn, and with --long in all. */
static bool is_its_turn(int nth, size_t k, bool kills)
{
    return is_level("long") || ((size_t)nth % 3 == k && (nth / 3 % 2 != 0) == kills);
}

static void in_company(const fault_case *f)
{
    books innocent = innocent_books(f);
    /* From the act up to its RELEASE: behind it may stand the COMMIT, since a batch ends after 5 ms. */
    int last = f->from_act - 1;
    for (size_t k = 0; k < 3; k++)
        for (int kills = 0; kills < 2; kills++) {
            start_afresh();
            for (int nth = 1; nth <= last; nth++)
                if (is_its_turn(nth, k, kills != 0)) between_others(f, &innocent, nth, k, kills != 0);
        }
}

static void every_statement_of_every_write_may_fail(void **state)
{
    (void)state;
    int routes = 0;
    int64_t began = clock_us();
    for (const route *const *t = route_tables; *t; t++)
        for (const route *r = *t; r->who != WHO_END; r++) {
            if (!r->act) continue;
            int64_t from = clock_us();
            open_server();
            fault_case f = measure(r);
            alone(&f);
            if (!is_quick()) in_company(&f);
            close_server();
            routes++;
            print_message("%-46s %3d statements %6.1f s\n", r->path, f.steps, (double)(clock_us() - from) / 1e6);
        }
    print_message("%d routes: %d failures alone (%d refused, then done; %d run again at once), %d in a batch, %lld s\n", routes, told.solo, told.refused,
                  told.reruns, told.batched, (long long)(clock_us() - began) / 1000000);
}

/* ---- an I/O error on COMMIT ---- */

static const char *self;

static int die_at_commit(const char *folder)
{
    const route *r = NULL;
    for (const route *const *t = route_tables; *t; t++)
        for (const route *one = *t; one->who != WHO_END; one++)
            if (one->method == POST && strcmp(one->path, "/status") == 0) r = one;
    open_in(folder);
    fault_case f = measure(r);
    attempt t = prepare(f.maker);
    db_test_fail_at(w.lane, f.steps, E_INTERNAL, false);
    int status = answer_of(send_attempt(&t));
    printf("answered %d\n", status);
    return 0;
}

static void an_io_error_on_commit_ends_the_process_and_loses_nothing_else(void **state)
{
    (void)state;
    (void)snprintf(w.folder, sizeof w.folder, "/tmp/veche-fault-XXXXXX");
    assert_non_null(mkdtemp(w.folder));
    char *const arguments[] = {(char *)(uintptr_t)self, (char *)(uintptr_t)"--die", w.folder, NULL};
    extern char **environ;
    pid_t child;
    int status;
    assert_int_equal(posix_spawn(&child, self, NULL, NULL, arguments, environ), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
    open_in(w.folder); /* a new start finds a sound database, with the two that were measured and not the third */
    static const db_query count = {.slot = -1, .name = "count", .sql = {"SELECT COUNT(*) FROM member WHERE status = 'Thinking'"}};
    str report;
    db_cursor cur;
    assert_int_equal(db_integrity(w.eye, w.arena, &report), OK);
    db_start(w.eye, &count, NULL, &cur);
    assert_true(db_next(&cur));
    assert_int_equal(db_int(&cur, 0), 2);
    assert_int_equal(db_finish(&cur, NULL), OK);
    close_server();
}

int main(int argc, char **argv)
{
    self = argv[0];
    (void)sem_init(&gate, 0, 0);
    (void)sem_init(&gate_done, 0, 0);
    wrap_routes();
    if (argc == 3 && strcmp(argv[1], "--die") == 0) return die_at_commit(argv[2]);
    const struct CMUnitTest tests[] = {
        TEST(every_statement_of_every_write_may_fail),
        TEST(an_io_error_on_commit_ends_the_process_and_loses_nothing_else),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (failed && w.folder[0]) remove_folder(); /* a test that failed has left it */
    return failed;
}
