/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A whole server with a handful of routes of its own, on both engines: who may call what, the three locks against foreign forms,
 * one act for one token, limits, and what is answered when there is no room. */
#include "http/stages_test.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(methods_and_addresses), TEST(every_answer_has_the_hard_headers), TEST(who_may_call),
        TEST(a_page_s_token_is_good_for_its_own_session_only), TEST(a_form_without_our_token_does_nothing),
        TEST(a_form_from_elsewhere_does_nothing), TEST(before_set_up_the_asked_host_is_the_origin),
        TEST(a_token_acts_once_and_answers_the_same), TEST(a_used_token_still_acts_elsewhere),
        TEST(a_used_token_with_another_form_is_a_conflict), TEST(of_many_at_once_with_one_token_one_acts),
        TEST(a_refusal_leaves_nothing_and_does_not_use_up_the_token), TEST(a_bad_field_shows_the_form_again_with_what_was_typed),
        TEST(htmx_is_led_by_a_header), TEST(past_the_limit_the_answer_is_429), TEST(what_runs_again_forgets_its_faults_and_pays_once),
        TEST(when_the_slow_pool_is_full_the_answer_is_503_at_once)};
    return RUN_ON_BOTH("stages");
}
