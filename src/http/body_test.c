/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What comes in and what goes out: one Host, bodies of a type, a size and a time, pages compressed where that tells nobody anything. */
#include "http/stages_test.h"

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

static void pages_are_compressed_as_the_client_likes(void **state)
{
    (void)state;
    static const struct { const char *path, *wanted, *coding; } cases[] = {
        {"/large", "gzip, deflate, br, zstd", "zstd"}, {"/large", "gzip, br;q=1.0", "br"}, {"/large", "gzip", "gzip"},
        {"/large", "zstd;q=0, GZIP;q=0.1", "gzip"}, {"/large", "deflate", NULL}, {"/large", "", NULL}, {"/form", "gzip, br, zstd", NULL}};
    str plain = get("/large", "").body;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        http_answer answer = get(cases[i].path, arena_cstr(a, arena_printf(a, "Accept-Encoding: %s\r\n", cases[i].wanted)));
        if (!str_eq(http_header(&answer, "Content-Encoding"), str_of(cases[i].coding))) fail_msg("%s", cases[i].wanted);
        assert_true(str_ends(http_header(&answer, "Vary"), STR("Accept-Language, Accept-Encoding, HX-Request")));
        if (cases[i].coding) assert_true(answer.body.len > 0 && answer.body.len < plain.len / 10);
    }
    http_answer head = http_ask(a, server_port(s), STR("HEAD /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n"));
    assert_str(http_header(&head, "Content-Encoding"), STR("gzip"));
    assert_int_equal(head.body.len, 0);
}

/* BREACH: docs/threat-model.md. */
static void what_another_site_caused_is_sent_plain(void **state)
{
    (void)state;
    static const struct { const char *headers; bool secure, packed; } cases[] = {
        {"Sec-Fetch-Site: same-origin\r\n", true, true}, {"Sec-Fetch-Site: none\r\n", true, true}, {"Sec-Fetch-Site: cross-site\r\n", true, false},
        {"Sec-Fetch-Site: same-site\r\n", true, false}, {"Sec-Fetch-Site: odd\r\n", false, false}, {"", true, true},
        {"Cookie: __Host-veche_sid=7.1\r\n", true, false}, {"Cookie: __Host-veche_sid=7.1\r\nSec-Fetch-Site: same-origin\r\n", true, true},
        {MEMBER_COOKIE, false, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        settings.secure = cases[i].secure;
        http_answer answer = get("/large", arena_cstr(a, arena_printf(a, "Accept-Encoding: br\r\n%s", cases[i].headers)));
        settings.secure = false;
        if ((http_header(&answer, "Content-Encoding").ptr != NULL) != cases[i].packed) fail_msg("%s", cases[i].headers);
    }
    assert_false(str_eq(get("/form", GUEST_COOKIE).body, get("/form", GUEST_COOKIE).body)); /* no page repeats a token */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_request_names_one_host), TEST(bodies_have_a_type_and_a_size), TEST(a_request_s_time_begins_when_its_body_is_there),
        TEST(a_body_has_so_long_and_no_longer), TEST(a_refused_body_is_not_read_for_ever), TEST(a_form_without_a_cookie_may_not_be_large),
        TEST(all_forms_together_have_a_budget), TEST(pages_are_compressed_as_the_client_likes), TEST(what_another_site_caused_is_sent_plain)};
    return RUN_ON_BOTH("bodies");
}
