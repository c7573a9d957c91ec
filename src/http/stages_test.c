/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A whole server with a handful of routes of its own, on both engines: who may call what, the three locks against foreign forms,
 * one act for one token, bodies, limits, and what is answered when there is no room. */
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

static int open_sqlite(void **state) { (void)state; return open_house(DB_SQLITE); }
static int open_postgres(void **state) { (void)state; return open_house(DB_POSTGRES); }

static int close_house(void **state)
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

static http_answer get(const char *path, const char *headers) { return http_ask(a, server_port(s), http_get(a, str_of(path), str_of(headers))); }

static http_answer post(const char *path, const char *headers, str body)
{
    return http_ask(a, server_port(s), http_post(a, str_of(path), str_of(headers), body));
}

static str session_of(const char *who) { return sha256_str(a, str_of(who)); }

/* A new token for the session of "guest=g" or member 7. */
static str token(const char *who)
{
    static uint32_t count;
    unsigned char nonce[16] = {0};
    count++;
    memcpy(nonce, &count, sizeof count);
    return csrf_token(a, &settings, session_of(who), nonce);
}

static str with(str once, const char *rest) { return arena_printf(a, "once=%.*s&%s", STR_ARG(once), rest); }

#define GUEST_COOKIE "Cookie: veche_guest=g\r\n"
#define MEMBER_COOKIE "Cookie: veche_sid=7.1\r\n"

static int rows(int64_t n) { return (int)world_int(w->db, 0, "SELECT COUNT(*) FROM change WHERE kind = 1 AND a = %lld", (long long)n); }

/* ---- tests ---- */

static void methods_and_addresses(void **state)
{
    (void)state;
    assert_int_equal(get("/form", "").status, 200);
    assert_int_equal(get("/nowhere", "").status, 404);
    assert_int_equal(get("/form/", "").status, 404);
    assert_int_equal(get("/form/../form", "").status, 404);
    assert_int_equal(get("/%66orm", "").status, 200);
    assert_int_equal(get("/form%2f", "").status, 404);
    assert_int_equal(get("/form?a=%zz", "").status, 400);
    http_answer no = get("/note", "");
    assert_int_equal(no.status, 405);
    assert_str(http_header(&no, "Allow"), STR("POST"));
    http_answer neither = http_ask(a, server_port(s), STR("DELETE /form HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    assert_int_equal(neither.status, 405);
    assert_str(http_header(&neither, "Allow"), STR("GET, HEAD"));
    assert_int_equal(http_ask(a, server_port(s), STR("DELETE /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).status, 404);
    http_answer head = http_ask(a, server_port(s), STR("HEAD /form HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    assert_int_equal(head.status, 200);
    assert_int_equal(head.body.len, 0);
}

static void a_request_names_one_host(void **state)
{
    (void)state;
    static const struct { const char *head; int status; } cases[] = {
        {"GET /form HTTP/1.1\r\nConnection: close\r\n\r\n", 400}, {"GET /form HTTP/1.0\r\n\r\n", 200},
        {"GET /form HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", 400},
        {"GET /static/none HTTP/1.1\r\nConnection: close\r\n\r\n", 400}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(http_ask(a, server_port(s), str_of(cases[i].head)).status, cases[i].status);
}

static void every_answer_has_the_hard_headers(void **state)
{
    (void)state;
    http_answer answers[] = {get("/form", ""), get("/nowhere", ""), post("/note", "", STR(""))};
    for (size_t i = 0; i < 3; i++) {
        assert_true(str_starts(http_header(&answers[i], "Content-Security-Policy"), STR("default-src 'none'; script-src 'self'")));
        assert_str(http_header(&answers[i], "X-Content-Type-Options"), STR("nosniff"));
        assert_str(http_header(&answers[i], "Cache-Control"), STR("no-store"));
        assert_str(http_header(&answers[i], "Cross-Origin-Opener-Policy"), STR("same-origin"));
    }
}

static void who_may_call(void **state)
{
    (void)state;
    static const struct { const char *path, *cookie; int status; const char *location; } cases[] = {
        {"/guest", "", 200, NULL}, {"/guest", MEMBER_COOKIE, 303, "/feed"},
        {"/member?x=1", "", 303, "/login?to=%2Fmember%3Fx%3D1"}, {"/member", MEMBER_COOKIE, 200, NULL},
        {"/staff", "", 303, "/login?to=%2Fstaff"}, {"/staff", MEMBER_COOKIE, 403, NULL}, {"/staff", "Cookie: veche_sid=7.2\r\n", 200, NULL},
        {"/owner", "Cookie: veche_sid=7.2\r\n", 403, NULL}, {"/owner", "Cookie: veche_sid=7.3\r\n", 200, NULL},
        {"/first", "Cookie: veche_sid=7.3\r\n", 410, NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        http_answer answer = get(cases[i].path, cases[i].cookie);
        assert_int_equal(answer.status, cases[i].status);
        if (cases[i].location) assert_str(http_header(&answer, "Location"), str_of(cases[i].location));
    }
    assert_int_equal(post("/set", GUEST_COOKIE, with(token("g"), "n=100")).status, 401);
    assert_int_equal(rows(100), 0);
}

static void a_page_s_token_is_good_for_its_own_session_only(void **state)
{
    (void)state;
    http_answer page = get("/form", "");
    str cookie = http_header(&page, "Set-Cookie"), mine = page.body;
    assert_true(str_starts(cookie, STR("veche_guest=")));
    cookie = arena_printf(a, "Cookie: %.*s\r\n", STR_ARG(str_take(cookie, str_find(cookie, ';'))));
    assert_int_equal(post("/note", "", with(mine, "text=x&n=200")).status, 403);
    assert_int_equal(post("/note", GUEST_COOKIE, with(mine, "text=x&n=200")).status, 403);
    assert_int_equal(post("/note", MEMBER_COOKIE, with(mine, "text=x&n=200")).status, 403);
    assert_int_equal(rows(200), 0);
    assert_int_equal(post("/note", arena_cstr(a, cookie), with(mine, "text=x&n=200")).status, 200);
    assert_int_equal(rows(200), 1);
}

static void a_form_without_our_token_does_nothing(void **state)
{
    (void)state;
    str good = token("g");
    char *bent = arena_cstr(a, good);
    bent[5] = bent[5] == 'A' ? 'B' : 'A';
    assert_int_equal(post("/note", GUEST_COOKIE, STR("text=x&n=300")).status, 403);
    assert_int_equal(post("/note", GUEST_COOKIE, STR("once=&text=x&n=300")).status, 403);
    assert_int_equal(post("/note", GUEST_COOKIE, with(str_of(bent), "text=x&n=300")).status, 403);
    assert_int_equal(post("/note", GUEST_COOKIE, with(str_take(good, good.len - 1), "text=x&n=300")).status, 403);
    assert_int_equal(post("/note", GUEST_COOKIE, arena_printf(a, "once=%.*sA&text=x&n=300", STR_ARG(good))).status, 403);
    assert_int_equal(post("/set", MEMBER_COOKIE, STR("n=300")).status, 403); /* idempotent ones ask as well */
    assert_int_equal(rows(300), 0);
}

static void a_form_from_elsewhere_does_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: same-site\r\n", "Sec-Fetch-Site: \r\n", "Sec-Fetch-Site: SAME-ORIGIN\r\n",
        "Origin: https://evil.example\r\n", "Origin: null\r\n", "Origin: \r\n", "Origin: http://veche.example\r\n", "Origin: " ORIGIN ":444\r\n",
        "Origin: " ORIGIN ".evil.example\r\n", "Origin: " ORIGIN "/\r\n", "Origin: HTTPS://VECHE.EXAMPLE\r\n",
        "Sec-Fetch-Site: same-origin\r\nOrigin: https://evil.example\r\n", "Sec-Fetch-Site: cross-site\r\nOrigin: " ORIGIN "\r\n"};
    static const char *const good[] = {"", "Sec-Fetch-Site: same-origin\r\n", "Sec-Fetch-Site: none\r\n", "Origin: " ORIGIN "\r\n",
                                       "Sec-Fetch-Site: same-origin\r\nOrigin: " ORIGIN "\r\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *headers = arena_cstr(a, arena_printf(a, GUEST_COOKIE "%s", bad[i]));
        if (post("/note", headers, with(token("g"), "text=x&n=400")).status != 403) fail_msg("let in: %s", bad[i]);
    }
    assert_int_equal(rows(400), 0);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char *headers = arena_cstr(a, arena_printf(a, GUEST_COOKIE "%s", good[i]));
        if (post("/note", headers, with(token("g"), "text=x&n=401")).status != 200) fail_msg("kept out: %s", good[i]);
    }
    assert_int_equal(rows(401), (int)(sizeof good / sizeof *good));
}

static void before_set_up_the_asked_host_is_the_origin(void **state)
{
    (void)state;
    settings.ready = false;
    int good = post("/note", GUEST_COOKIE "Origin: http://127.0.0.1\r\n", with(token("g"), "text=x&n=450")).status;
    int bad = post("/note", GUEST_COOKIE "Origin: http://evil127.0.0.1\r\n", with(token("g"), "text=x&n=450")).status;
    int first = get("/first", "").status;
    settings.ready = true;
    assert_int_equal(good, 200);
    assert_int_equal(bad, 403);
    assert_int_equal(first, 200);
}

static void a_token_acts_once_and_answers_the_same(void **state)
{
    (void)state;
    str body = with(token("g"), "text=x&n=500");
    http_answer one = post("/note", GUEST_COOKIE, body), two = post("/note", GUEST_COOKIE, body);
    assert_int_equal(one.status, 200);
    assert_str(one.body, STR("1"));
    assert_int_equal(two.status, 200);
    assert_str(two.body, STR("1 again"));
    assert_str(post("/note", GUEST_COOKIE, with(token("g"), "text=x&n=500")).body, STR("2"));
    str set = with(token("7"), "n=501");
    assert_str(post("/set", MEMBER_COOKIE, set).body, STR("1"));
    assert_str(post("/set", MEMBER_COOKIE, set).body, STR("2")); /* may be repeated, says the route */
}

/* The buttons of a page share a token: what one of them did is not done by the others. */
static void a_used_token_still_acts_elsewhere(void **state)
{
    (void)state;
    str body = with(token("g"), "text=x&n=510");
    assert_str(post("/note", GUEST_COOKIE, body).body, STR("1"));
    assert_int_equal(post("/away", GUEST_COOKIE, body).status, 303);
    assert_int_equal(rows(510), 2);
    assert_int_equal(post("/away", GUEST_COOKIE, body).status, 303);
    assert_int_equal(rows(510), 2);
}

static void a_used_token_with_another_form_is_a_conflict(void **state)
{
    (void)state;
    str once = token("g");
    assert_int_equal(post("/note", GUEST_COOKIE, with(once, "text=x&n=520")).status, 200);
    http_answer other = post("/note", GUEST_COOKIE, with(once, "text=other&n=520"));
    assert_int_equal(other.status, 409);
    assert_str(other.body, STR("typed: other"));
    assert_int_equal(rows(520), 1);
}

static void of_many_at_once_with_one_token_one_acts(void **state)
{
    (void)state;
    enum { MANY = 12 };
    str request = http_post(a, STR("/note"), STR(GUEST_COOKIE), with(token("g"), "text=x&n=600"));
    int fds[MANY], first = 0, again = 0, busy = 0;
    for (int i = 0; i < MANY; i++) fds[i] = http_send(server_port(s), request);
    for (int i = 0; i < MANY; i++) {
        http_answer answer = http_read(a, fds[i]);
        first += answer.status == 200 && str_eq(answer.body, STR("1"));
        again += answer.status == 200 && str_eq(answer.body, STR("1 again"));
        busy += answer.status == 503;
    }
    assert_int_equal(first, 1);
    assert_int_equal(first + again + busy, MANY);
    assert_true(w->engine == DB_POSTGRES || busy == 0);
    assert_int_equal(rows(600), 1);
}

static void a_refusal_leaves_nothing_and_does_not_use_up_the_token(void **state)
{
    (void)state;
    str once = token("g");
    http_answer no = post("/away", GUEST_COOKIE, with(once, "n=-5"));
    assert_int_equal(no.status, 403);
    assert_str(no.body, STR("Forbidden: a negative number")); /* the page knows why, on either engine */
    assert_int_equal(rows(-5), 0);
    assert_int_equal(post("/away", GUEST_COOKIE, with(once, "n=5")).status, 303);
    assert_int_equal(rows(5), 1);
}

static void a_bad_field_shows_the_form_again_with_what_was_typed(void **state)
{
    (void)state;
    http_answer answer = post("/note", GUEST_COOKIE, with(token("g"), "text=%3Cscript%3E+too+long&n=700"));
    assert_int_equal(answer.status, 422);
    assert_str(answer.body, STR("typed: &lt;script&gt; too long"));
    assert_int_equal(rows(700), 0);
}

static void htmx_is_led_by_a_header(void **state)
{
    (void)state;
    http_answer plain = post("/away", GUEST_COOKIE, with(token("g"), "n=800"));
    http_answer part = post("/away", GUEST_COOKIE "HX-Request: true\r\n", with(token("g"), "n=800"));
    assert_int_equal(plain.status, 303);
    assert_str(http_header(&plain, "Location"), STR("/there"));
    assert_int_equal(part.status, 204);
    assert_str(http_header(&part, "HX-Redirect"), STR("/there"));
}

static void bodies_have_a_type_and_a_size(void **state)
{
    (void)state;
    char *long_text = arena_alloc(a, 400);
    memset(long_text, 'x', 399);
    assert_int_equal(post("/note", GUEST_COOKIE, str_of(long_text)).status, 413);
    str announced = STR("POST /note HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 9999999999\r\n\r\n");
    assert_int_equal(http_ask(a, server_port(s), announced).status, 413);
    str chunked = arena_printf(a, "POST /note HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n18f\r\n%s\r\n0\r\n\r\n", long_text);
    assert_int_equal(http_ask(a, server_port(s), chunked).status, 413);
    str json = STR("POST /note HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
    assert_int_equal(http_ask(a, server_port(s), json).status, 415);
    assert_int_equal(post("/note", GUEST_COOKIE, STR("once=%zz")).status, 400);
    str loud = with(token("g"), "text=x&n=710"); /* RFC 9110 §8.3.1: media types have no case */
    loud = arena_printf(a, "POST /note HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" GUEST_COOKIE
                           "Content-Type: Application/X-WWW-Form-UrlEncoded ; charset=UTF-8\r\nContent-Length: %zu\r\n\r\n%.*s", loud.len, STR_ARG(loud));
    assert_int_equal(http_ask(a, server_port(s), loud).status, 200);
}

static void wait_ms(int64_t ms) { nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL); }

static void say(int fd, str s)
{
    if (send(fd, s.ptr, s.len, MSG_NOSIGNAL) < 0) return; /* it may have answered and closed already: the answer tells */
}

/* Else a slow body would carry a moment of the past through every window of time. */
static void a_request_s_time_begins_when_its_body_is_there(void **state)
{
    (void)state;
    str whole = http_post(a, STR("/time"), STR(GUEST_COOKIE), with(token("g"), "n=1"));
    int fd = http_send(server_port(s), str_take(whole, whole.len - 1));
    wait_ms(400);
    int64_t before = clock_now(), told;
    say(fd, str_skip(whole, whole.len - 1));
    http_answer answer = http_read(a, fd);
    assert_int_equal(answer.status, 200);
    assert_true(str_int(answer.body, &told));
    assert_true(told >= before);
}

#define SLOW_HEAD "POST /note HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" GUEST_COOKIE "Content-Length: 250\r\n\r\n"

static void a_body_has_so_long_and_no_longer(void **state)
{
    (void)state;
    int drips = http_send(server_port(s), STR(SLOW_HEAD)), stops = http_send(server_port(s), STR(SLOW_HEAD "once="));
    int64_t began = clock_us();
    for (int i = 0; i < 60 && recv(drips, &(char){0}, 1, MSG_PEEK | MSG_DONTWAIT) < 0; i++) {
        say(drips, STR("x"));
        wait_ms(100);
    }
    http_answer answers[] = {http_read(a, drips), http_read(a, stops)};
    assert_in_range(clock_us() - began, 1900000, 8000000);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(answers[i].status, 408);
        assert_true(str_starts(answers[i].body, STR("Request Timeout")));
        assert_true(http_header(&answers[i], "Content-Security-Policy").ptr != NULL);
    }
}

static void a_refused_body_is_not_read_for_ever(void **state)
{
    (void)state;
    int fd = http_send(server_port(s), STR("POST /note HTTP/1.1\r\nHost: x\r\n" GUEST_COOKIE "Transfer-Encoding: chunked\r\n\r\n"));
    char *chunk = arena_alloc(a, 4096 + 8);
    memcpy(chunk, "1000\r\n", 6);
    memset(chunk + 6, 'x', 4096);
    memcpy(chunk + 6 + 4096, "\r\n", 2);
    size_t sent = 0;
    for (; sent < ((size_t)64 << 20); sent += 4096)
        if (send(fd, chunk, 4096 + 8, MSG_NOSIGNAL) < 0) break;
    close(fd);
    assert_true(sent < ((size_t)16 << 20)); /* of which the sockets' buffers hold most */
}

static void a_form_without_a_cookie_may_not_be_large(void **state)
{
    (void)state;
    str announced = STR("POST /away HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 30000\r\n\r\n");
    assert_int_equal(http_ask(a, server_port(s), announced).status, 401);
}

static void all_forms_together_have_a_budget(void **state)
{
    (void)state;
    enum { MANY = 10 };
    char *part = arena_alloc(a, 40001);
    memset(part, 'x', 40000);
    str first = arena_printf(a, "POST /away HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" GUEST_COOKIE "Content-Length: 40001\r\n\r\n%s", part);
    int fds[MANY], busy = 0;
    for (int i = 0; i < MANY; i++) fds[i] = http_send(server_port(s), first);
    wait_ms(300);
    for (int i = 0; i < MANY; i++) say(fds[i], STR("x"));
    for (int i = 0; i < MANY; i++) busy += http_read(a, fds[i]).status == 503;
    assert_in_range(busy, MANY - 4, MANY - 2); /* two threads, two forms each */
    assert_int_equal(post("/away", GUEST_COOKIE, with(token("g"), "n=1100")).status, 303); /* it was given back */
}

static void past_the_limit_the_answer_is_429(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) assert_int_equal(post("/rare", GUEST_COOKIE, with(token("g"), "n=900")).status, 200);
    http_answer fourth = post("/rare", GUEST_COOKIE "X-Forwarded-For: 198.51.100.7\r\n", with(token("g"), "n=900&text=words"));
    assert_int_equal(fourth.status, 429);
    assert_str(fourth.body, STR("typed: words"));
    assert_true(http_header(&fourth, "Retry-After").len > 0);
    assert_int_equal(rows(900), 3);
    assert_int_equal(post("/rare", MEMBER_COOKIE, with(token("7"), "n=901")).status, 200); /* somebody else */
    assert_int_equal(post("/note", GUEST_COOKIE, with(token("g"), "text=x&n=902")).status, 200);
}

static void what_runs_again_forgets_its_faults_and_pays_once(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) assert_int_equal(post("/unlucky", GUEST_COOKIE, with(token("g"), "n=950")).status, 200);
    assert_int_equal(post("/unlucky", GUEST_COOKIE, with(token("g"), "n=950")).status, 429);
    assert_int_equal(rows(950), 3);
}

static void when_the_slow_pool_is_full_the_answer_is_503_at_once(void **state)
{
    (void)state;
    enum { MANY = 40 };
    int fds[MANY], ok = 0, busy = 0;
    for (int i = 0; i < MANY; i++) fds[i] = http_send(server_port(s), http_post(a, STR("/slow"), STR(GUEST_COOKIE), with(token("g"), "n=1000&text=words")));
    /* The last to come is refused while the first still wait. */
    http_answer last = http_read(a, fds[MANY - 1]);
    assert_int_equal(last.status, 503);
    assert_str(http_header(&last, "Retry-After"), STR("1"));
    assert_str(last.body, STR("typed: words")); /* the form, with what was typed */
    for (int i = 0; i < MANY; i++) (void)sem_post(&slow_gate);
    for (int i = 0; i < MANY - 1; i++) {
        int status = http_read(a, fds[i]).status;
        ok += status == 200;
        busy += status == 503;
    }
    assert_int_equal(ok + busy, MANY - 1);
    assert_true(ok >= 5);
    assert_int_equal(rows(1000), ok);
}

#define TESTS                                                                                                                      \
    TEST(methods_and_addresses), TEST(a_request_names_one_host), TEST(every_answer_has_the_hard_headers), TEST(who_may_call),                                      \
        TEST(a_page_s_token_is_good_for_its_own_session_only), TEST(a_form_without_our_token_does_nothing),                        \
        TEST(a_form_from_elsewhere_does_nothing), TEST(before_set_up_the_asked_host_is_the_origin),                                \
        TEST(a_token_acts_once_and_answers_the_same), TEST(a_used_token_still_acts_elsewhere),                                     \
        TEST(a_used_token_with_another_form_is_a_conflict), TEST(of_many_at_once_with_one_token_one_acts),                               \
        TEST(a_refusal_leaves_nothing_and_does_not_use_up_the_token), TEST(a_bad_field_shows_the_form_again_with_what_was_typed),  \
        TEST(htmx_is_led_by_a_header), TEST(bodies_have_a_type_and_a_size), TEST(a_request_s_time_begins_when_its_body_is_there),                                                                      \
        TEST(a_body_has_so_long_and_no_longer), TEST(a_refused_body_is_not_read_for_ever),                                         \
        TEST(a_form_without_a_cookie_may_not_be_large), TEST(all_forms_together_have_a_budget),                                    \
        TEST(past_the_limit_the_answer_is_429),                                                                                    \
        TEST(what_runs_again_forgets_its_faults_and_pays_once),                \
        TEST(when_the_slow_pool_is_full_the_answer_is_503_at_once)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("stages on SQLite", tests, open_sqlite, close_house);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("stages on PostgreSQL", tests, open_postgres, close_house);
    return failed;
}
