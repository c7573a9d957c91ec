/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A whole server with a handful of routes of its own, on either engine, and ways to ask it: for stages_test.c (requests on their way)
 * and body_test.c (what comes in and what goes out). */
#ifndef VECHE_HTTP_STAGES_TEST_H
#define VECHE_HTTP_STAGES_TEST_H

#include "base/testing.h"

#include <semaphore.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/token.h"
#include "db/change.h"
#include "http/exchange.h"
#include "support/plain_http.h"
#include "support/world.h"

#define ORIGIN "https://veche.example"

static world *w;
static lane *l;
static server *s;
static arena *a;
static sem_t slow_gate;
static site settings = {.name = "Test", .origin = ORIGIN, .ready = true, .key = "thirty-two bytes of a secret key"};

/* ---- routes. What an act writes is a row of `change` with a number from the form. ---- */

static rc form_show(req *r)
{
    out_str(r->out, req_once(r));
    return OK;
}

static rc note_prepare(req *r)
{
    str text;
    return req_text(r, "text", 1, 10, false, &text);
}

static const db_query count_rows = {.slot = -1, .name = "count_rows", .sql = {"SELECT COUNT(*) FROM change WHERE kind = 1 AND a = ?1",
                                    "SELECT COUNT(*) FROM change WHERE kind = 1 AND a = $1"}, .params = 1};

static rc count_in(db *d, int64_t n, int64_t *count)
{
    db_cursor cur;
    db_start(d, &count_rows, &DB_VALUE_INT(n), &cur);
    *count = db_next(&cur) ? db_int(&cur, 0) : 0;
    return db_finish(&cur, NULL);
}

static rc note_act(req *r)
{
    int64_t n = req_field_int(r, "n", 0), count;
    TRY(change_emit(r->c, CHANGE_MEMBER, n, 0));
    if (n < 0) return fail(r->c, E_DENIED, MSG(L_NONE), "a negative number");
    TRY(count_in(r->c->db, n, &count));
    r->result = arena_printf(r->c->arena, "%lld", (long long)count);
    return OK;
}

static rc note_show(req *r)
{
    out_str(r->out, r->result);
    if (r->replayed) OUT_LIT(r->out, " again");
    return OK;
}

static rc note_again(req *r)
{
    OUT_LIT(r->out, "typed: ");
    out_escape(r->out, req_field(r, "text"));
    return OK;
}

static rc large_show(req *r)
{
    for (int i = 0; i < 200; i++) OUT_LIT(r->out, "<p>much the same again</p>\n");
    return OK;
}

static rc away_show(req *r) { return req_redirect(r, url_local(STR("/there"))); }

static rc slow_wait(req *r)
{
    (void)r;
    while (sem_wait(&slow_gate) != 0) continue;
    return OK;
}

/* Asks to be run again, once: PostgreSQL does, where the server wants it; on SQLite a snapshot is never refused. */
static rc unlucky_prepare(req *r)
{
    if (r->fault_count) return fail(r->c, E_INTERNAL, MSG(L_NONE), "a fault of the run before");
    TRY(req_limit(r, STR("unlucky"), 3));
    r->c->retry = r->state == NULL;
    if (r->c->retry) (void)req_fault(r, "n", MSG(L_form_choice));
    r->state = r;
    if (w->engine == DB_SQLITE) r->fault_count = 0;
    return OK;
}

static rc time_act(req *r)
{
    r->result = arena_printf(r->c->arena, "%lld", (long long)r->c->now);
    return OK;
}

static const route routes[] = {
    {GET, "/form", .show = form_show, .who = ANYONE},
    {GET, "/large", .show = large_show, .who = ANYONE},
    {GET, "/guest", .show = form_show, .who = GUEST},
    {GET, "/member", .show = form_show, .who = MEMBER},
    {GET, "/staff", .show = form_show, .who = STAFF},
    {GET, "/owner", .show = form_show, .who = OWNER},
    {GET, "/first", .show = form_show, .who = SETUP},
    {POST, "/note", .prepare = note_prepare, .act = note_act, .show = note_show, .again = note_again, .who = ANYONE, .body_max = 300},
    {POST, "/set", .act = note_act, .show = note_show, .who = MEMBER, .idempotent = true},
    {POST, "/away", .act = note_act, .show = away_show, .who = ANYONE},
    {POST, "/rare", .act = note_act, .show = note_show, .again = note_again, .who = ANYONE, .per_minute = 3},
    {POST, "/unlucky", .prepare = unlucky_prepare, .act = note_act, .show = note_show, .who = ANYONE, .per_minute = 3},
    {POST, "/time", .act = time_act, .show = note_show, .who = ANYONE},
    {POST, "/slow", .slow = slow_wait, .act = note_act, .show = note_show, .again = note_again, .who = ANYONE},
    {0}};
static const route *const tables[] = {routes, NULL};

/* The cookie says who it is: "veche_sid=7.2" is member 7, staff. */
static rc identify(req *r)
{
    str sid = req_cookie(r, "sid"), num = str_cut(&sid, '.');
    int64_t who, role_;
    r->c->viewer = (viewer){0, ROLE_GUEST};
    r->session = STR("");
    if (req_cookie(r, "guest").len) r->session = sha256_str(r->c->arena, req_cookie(r, "guest"));
    if (!str_int(num, &who) || !str_int(sid, &role_)) return OK;
    r->c->viewer = (viewer){who, (role)role_};
    r->session = sha256_str(r->c->arena, num);
    return OK;
}

static void error_page(req *r, rc_code code)
{
    r->status = rc_status(code);
    out_str(r->out, str_of(rc_reason(code)));
    if (r->c->err.code == code && r->c->err.detail.len) out_printf(r->out, ": %.*s", STR_ARG(r->c->err.detail));
}

static const site *site_now(void *arg) { return arg; }

static void *reader_open(graph *g) { return graph_reader_open(g); }
static uint64_t reader_enter(void *reader) { return graph_enter(reader); }
static void reader_leave(void *reader) { graph_leave(reader); }
static void reader_close(void *reader) { graph_reader_close(reader); }
static const lane_readers readers = {reader_open, reader_enter, reader_leave, reader_close};

static int open_house(db_engine engine)
{
    w = world_open(engine);
    if (!w) return -1;
    a = arena_open();
    (void)sem_init(&slow_gate, 0, 0);
    lane_config lc = {.where = w->where, .threads = 4, .graph = w->graph, .ids = w->ids, .node = 1, .readers = &readers,
                      .publish = graph_publish, .publish_arg = w->graph};
    if (lane_open(&lc, &l) != OK) return -1;
    server_config sc = {.where = w->where, .reads_in_lane = engine == DB_POSTGRES, .address = "127.0.0.1", .threads = 2, .slow_threads = 1,
                        .lane = l, .graph = w->graph, .ids = w->ids, .routes = tables, .site_now = site_now, .identify = identify,
                        .error_page = error_page, .body_seconds = 2, .body_budget = (size_t)100 * 1024, .arg = &settings};
    return server_open(&sc, &s) == OK ? 0 : -1;
}

static inline int open_sqlite(void **state) { (void)state; return open_house(DB_SQLITE); }
static inline int open_postgres(void **state) { (void)state; return open_house(DB_POSTGRES); }

static inline int close_house(void **state)
{
    (void)state;
    server_close(s);
    lane_close(l);
    world_close(w);
    arena_close(a);
    (void)sem_destroy(&slow_gate);
    return 0;
}

/* ---- asking ---- */

static inline http_answer get(const char *path, const char *headers) { return http_ask(a, server_port(s), http_get(a, str_of(path), str_of(headers))); }

static inline http_answer post(const char *path, const char *headers, str body)
{
    return http_ask(a, server_port(s), http_post(a, str_of(path), str_of(headers), body));
}

static inline str session_of(const char *who) { return sha256_str(a, str_of(who)); }

/* A new token for the session of "guest=g" or member 7. */
static inline str token(const char *who)
{
    static uint32_t count;
    unsigned char nonce[16] = {0};
    count++;
    memcpy(nonce, &count, sizeof count);
    return csrf_token(a, &settings, session_of(who), nonce);
}

static inline str with(str once, const char *rest) { return arena_printf(a, "once=%.*s&%s", STR_ARG(once), rest); }

#define GUEST_COOKIE "Cookie: veche_guest=g\r\n"
#define MEMBER_COOKIE "Cookie: veche_sid=7.1\r\n"

static inline int rows(int64_t n) { return (int)world_int(w->db, 0, "SELECT COUNT(*) FROM change WHERE kind = 1 AND a = %lld", (long long)n); }

/* Runs `tests` (an array) on SQLite, and on PostgreSQL where there is one. */
#define RUN_ON_BOTH(name)                                                                                                          \
    (cmocka_run_group_tests_name(name " on SQLite", tests, open_sqlite, close_house) +                                             \
     (getenv("VECHE_TEST_PG") ? cmocka_run_group_tests_name(name " on PostgreSQL", tests, open_postgres, close_house) : 0))

#endif
