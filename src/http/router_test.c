/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include "http/router.h"

static rc nothing(req *r)
{
    (void)r;
    return OK;
}

#define READ(p) {GET, p, .show = nothing, .who = ANYONE}
#define WRITE(p) {POST, p, .act = nothing, .show = nothing, .who = ANYONE}

static const route first[] = {READ("/{name}"), READ("/"), READ("/people"), READ("/wall{owner:int}"), WRITE("/wall{owner:int}"),
                              READ("/wall{owner:int}_{ordinal:int}"), {0}};
static const route second[] = {WRITE("/wall{owner:int}_{ordinal:int}/like"), READ("/friends/{num:int}/ask"), READ("/friends/of/{num:int}"),
                               READ("/settings"), WRITE("/settings/password"), WRITE("/view"), READ("/setup/{token}"), READ("/id{num:int}"), {0}};
static const route *const tables[] = {first, second, NULL};

typedef struct expected {
    method method;
    const char *path;
    rc_code code;
    const char *pattern, *one, *two;
} expected;

static const expected cases[] = {
    {GET, "/", OK, "/", NULL, NULL},
    {GET, "/people", OK, "/people", NULL, NULL},
    {GET, "/peoples", OK, "/{name}", "peoples", NULL},
    {GET, "/olga", OK, "/{name}", "olga", NULL},
    {GET, "/wall7", OK, "/wall{owner:int}", "7", NULL},
    {POST, "/wall7", OK, "/wall{owner:int}", "7", NULL},
    {GET, "/wall7_12", OK, "/wall{owner:int}_{ordinal:int}", "7", "12"},
    {POST, "/wall7_12/like", OK, "/wall{owner:int}_{ordinal:int}/like", "7", "12"},
    {GET, "/id7", OK, "/id{num:int}", "7", NULL},
    {GET, "/friends/9/ask", OK, "/friends/{num:int}/ask", "9", NULL},
    {GET, "/friends/of/9", OK, "/friends/of/{num:int}", "9", NULL},
    {GET, "/setup/a-_b", OK, "/setup/{token}", "a-_b", NULL},
    /* Not quite a number: then it is somebody's name, or nothing. */
    {GET, "/wall", OK, "/{name}", "wall", NULL},
    {GET, "/wallx", OK, "/{name}", "wallx", NULL},
    {GET, "/wall-7", OK, "/{name}", "wall-7", NULL},
    {GET, "/wall7_", OK, "/{name}", "wall7_", NULL},
    {GET, "/wall7_x", OK, "/{name}", "wall7_x", NULL},
    {GET, "/wall1234567890123456789", OK, "/{name}", "wall1234567890123456789", NULL},
    {GET, "/friends/x/ask", E_NOT_FOUND, NULL, NULL, NULL},
    {GET, "/friends//ask", E_NOT_FOUND, NULL, NULL, NULL},
    {GET, "/people/", E_NOT_FOUND, NULL, NULL, NULL},
    {GET, "/setup/", E_NOT_FOUND, NULL, NULL, NULL},
    {GET, "/setup/a/b", E_NOT_FOUND, NULL, NULL, NULL},
    {GET, "/olga/x", E_NOT_FOUND, NULL, NULL, NULL},
    {GET, "", E_NOT_FOUND, NULL, NULL, NULL},
    /* The address is there, the method is not. */
    {POST, "/people", E_METHOD, NULL, NULL, NULL},
    {POST, "/", E_METHOD, NULL, NULL, NULL},
    {POST, "/olga", E_METHOD, NULL, NULL, NULL},
    {GET, "/wall7_12/like", E_METHOD, NULL, NULL, NULL},
    {GET, "/settings/password", E_METHOD, NULL, NULL, NULL},
    {GET, "/view", E_METHOD, NULL, NULL, NULL}, /* and nobody's name */
    {POST, "/wall7_12", E_METHOD, NULL, NULL, NULL},
};

static void the_most_literal_pattern_wins(void **state)
{
    (void)state;
    router *r = router_open(tables);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const expected *e = &cases[i];
        const route *found = NULL;
        str captures[REQ_CAPTURES] = {{0}};
        rc_code code = router_find(r, e->method, str_of(e->path), &found, captures);
        if (code != e->code) fail_msg("%s: %s, not %s", e->path, rc_reason(code), rc_reason(e->code));
        if (code != OK) continue;
        assert_string_equal(found->path, e->pattern);
        assert_int_equal(found->method, e->method);
        if (e->one) assert_str(captures[0], str_of(e->one));
        if (e->two) assert_str(captures[1], str_of(e->two));
    }
    router_close(r);
    router_close(NULL);
}

static void an_address_allows_what_it_has(void **state)
{
    (void)state;
    router *r = router_open(tables);
    assert_string_equal(router_allow(r, STR("/people")), "GET, HEAD");
    assert_string_equal(router_allow(r, STR("/olga")), "GET, HEAD");
    assert_string_equal(router_allow(r, STR("/wall7")), "GET, HEAD, POST");
    assert_string_equal(router_allow(r, STR("/view")), "POST");
    assert_null(router_allow(r, STR("/olga/x")));
    router_close(r);
}

static void captures_have_names(void **state)
{
    (void)state;
    const char *pattern = "/wall{owner:int}_{ordinal:int}/x";
    assert_str(route_capture_name(pattern, 0), STR("owner"));
    assert_str(route_capture_name(pattern, 1), STR("ordinal"));
    assert_absent(route_capture_name(pattern, 2));
    assert_str(route_capture_name("/{name}", 0), STR("name"));
    assert_absent(route_capture_name("/people", 0));
}

static void any_bytes_find_something_or_nothing(void **state)
{
    (void)state;
    router *r = router_open(tables);
    char path[24] = "/";
    uint32_t x = 1;
    for (int round = 0; round < 100000; round++) {
        size_t len = 1;
        for (x = x * 1664525u + 1013904223u; len < 1 + (x >> 8) % 20; len++) {
            x = x * 1664525u + 1013904223u;
            path[len] = "/walid7_s{}:x"[(x >> 16) % 13];
        }
        const route *found = NULL;
        str captures[REQ_CAPTURES];
        rc_code code = router_find(r, x & 1 ? GET : POST, (str){path, len}, &found, captures);
        assert_true(code == OK ? found != NULL : code == E_NOT_FOUND || code == E_METHOD);
    }
    router_close(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(the_most_literal_pattern_wins), TEST(an_address_allows_what_it_has), TEST(captures_have_names), TEST(any_bytes_find_something_or_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
