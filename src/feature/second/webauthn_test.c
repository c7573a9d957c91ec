/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Passkeys: ceremonies with real keys, honest and with one thing wrong; the CBOR and JSON they come in; and what is stored. */
#include "base/testing.h"

#include <stdlib.h>
#include <string.h>

#include "feature/second/cbor.h"
#include "feature/second/client_data.h"
#include "feature/second/passkeys.h"
#include "feature/second/webauthn.h"
#include "support/authenticator.h"
#include "support/world.h"

#define CREATE STR("webauthn.create")
#define GET STR("webauthn.get")
#define PRESENT 1u
#define VERIFIED 5u

static world *w;
static arena *a;

static int open_sqlite(void **state) { (void)state; return (w = world_open(DB_SQLITE)) ? (a = w->arena, 0) : -1; }
static int open_postgres(void **state) { (void)state; return (w = world_open(DB_POSTGRES)) ? (a = w->arena, 0) : -1; }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

static const webauthn_asked ours = {STR_INIT("Y2hhbGxlbmdl"), STR_INIT("https://veche.example"), STR_INIT("veche.example")};

static device_asked asked(str type, unsigned flags, uint32_t count)
{
    return (device_asked){type, ours.challenge, ours.origin, ours.rp_id, flags, count};
}

static webauthn_fault make(device *d, device_asked q, webauthn_made *made)
{
    device_said said = device_make(a, d, &q);
    return webauthn_register(a, &ours, said.client, said.attestation, made);
}

static webauthn_fault log_in(device *d, const webauthn_made *made, device_asked q, webauthn_shown *shown)
{
    device_said said = device_sign(a, d, &q);
    return webauthn_login(a, &ours, made->key, said.client, said.data, said.signature, shown);
}

static const device_kind kinds[] = {DEVICE_ES256, DEVICE_EDDSA, DEVICE_RS256};

static void a_passkey_of_each_algorithm_is_made_and_logs_in(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        device *d = device_open(a, kinds[i]);
        webauthn_made made;
        webauthn_shown shown;
        assert_int_equal(make(d, asked(CREATE, VERIFIED, 7), &made), WEBAUTHN_FINE);
        assert_true(made.id.len == 16 && made.count == 7 && made.verified);
        assert_int_equal(log_in(d, &made, asked(GET, PRESENT, 8), &shown), WEBAUTHN_FINE);
        assert_true(shown.count == 8 && !shown.verified);
        device_close(d);
    }
}

static void another_algorithm_is_refused(void **state)
{
    (void)state;
    device *d = device_open(a, DEVICE_ES384);
    webauthn_made made;
    assert_int_equal(make(d, asked(CREATE, VERIFIED, 0), &made), WEBAUTHN_ALGORITHM);
    device_close(d);
}

static void what_was_made_for_something_else_is_refused(void **state)
{
    (void)state;
    device *d = device_open(a, DEVICE_ES256);
    webauthn_made made;
    webauthn_shown shown;
    assert_int_equal(make(d, asked(CREATE, VERIFIED, 0), &made), WEBAUTHN_FINE);
    static const struct { str type, challenge, origin, host; unsigned flags; webauthn_fault fault; } wrong[] = {
        {STR_INIT("webauthn.create"), STR_INIT("Y2hhbGxlbmdl"), STR_INIT("https://veche.example"), STR_INIT("veche.example"), 5, WEBAUTHN_TYPE},
        {STR_INIT("webauthn.get"), STR_INIT("Y2hhbGxlbmdm"), STR_INIT("https://veche.example"), STR_INIT("veche.example"), 5, WEBAUTHN_CHALLENGE},
        {STR_INIT("webauthn.get"), STR_INIT(""), STR_INIT("https://veche.example"), STR_INIT("veche.example"), 5, WEBAUTHN_CHALLENGE},
        {STR_INIT("webauthn.get"), STR_INIT("Y2hhbGxlbmdl"), STR_INIT("https://veche.example:444"), STR_INIT("veche.example"), 5, WEBAUTHN_ORIGIN},
        {STR_INIT("webauthn.get"), STR_INIT("Y2hhbGxlbmdl"), STR_INIT("http://veche.example"), STR_INIT("veche.example"), 5, WEBAUTHN_ORIGIN},
        {STR_INIT("webauthn.get"), STR_INIT("Y2hhbGxlbmdl"), STR_INIT("https://evil.veche.example"), STR_INIT("veche.example"), 5, WEBAUTHN_ORIGIN},
        {STR_INIT("webauthn.get"), STR_INIT("Y2hhbGxlbmdl"), STR_INIT("https://veche.example"), STR_INIT("example"), 5, WEBAUTHN_HOST},
        {STR_INIT("webauthn.get"), STR_INIT("Y2hhbGxlbmdl"), STR_INIT("https://veche.example"), STR_INIT("veche.example"), 4, WEBAUTHN_ABSENT},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        device_asked q = {wrong[i].type, wrong[i].challenge, wrong[i].origin, wrong[i].host, wrong[i].flags, 1};
        assert_int_equal(log_in(d, &made, q, &shown), wrong[i].fault);
        if (i == 0) continue;
        q.type = CREATE;
        assert_int_equal(make(d, q, &made), wrong[i].fault);
    }
    assert_int_equal(make(d, asked(GET, VERIFIED, 0), &made), WEBAUTHN_TYPE);
    device_close(d);
}

static void a_bent_signature_and_anothers_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        device *d = device_open(a, kinds[i]), *other = device_open(a, kinds[i]);
        webauthn_made made;
        webauthn_shown shown;
        device_asked q = asked(GET, VERIFIED, 1);
        assert_int_equal(make(d, asked(CREATE, VERIFIED, 0), &made), WEBAUTHN_FINE);
        device_said said = device_sign(a, d, &q);
        for (size_t at = 0; at < said.signature.len; at += 7) {
            char *bent = arena_alloc(a, said.signature.len);
            memcpy(bent, said.signature.ptr, said.signature.len);
            bent[at] = (char)(bent[at] ^ 1);
            assert_int_equal(webauthn_login(a, &ours, made.key, said.client, said.data, (str){bent, said.signature.len}, &shown), WEBAUTHN_SIGNATURE);
        }
        assert_int_equal(webauthn_login(a, &ours, made.key, said.client, said.data, STR(""), &shown), WEBAUTHN_SIGNATURE);
        assert_int_equal(log_in(other, &made, q, &shown), WEBAUTHN_SIGNATURE);
        /* What is signed cannot be changed afterwards: the counter, the flags, a blank in the client data. */
        device_asked more = asked(GET, VERIFIED, 2);
        assert_int_equal(webauthn_login(a, &ours, made.key, said.client, device_sign(a, d, &more).data, said.signature, &shown), WEBAUTHN_SIGNATURE);
        str blank = arena_cat(a, said.client, STR(" "), STR(""));
        assert_int_equal(webauthn_login(a, &ours, made.key, blank, said.data, said.signature, &shown), WEBAUTHN_SIGNATURE);
        device_close(d), device_close(other);
    }
}

static void whatever_is_cut_short_or_too_long_is_refused(void **state)
{
    (void)state;
    device *d = device_open(a, DEVICE_EDDSA);
    webauthn_made made;
    webauthn_shown shown;
    device_asked q = asked(CREATE, VERIFIED, 0), g = asked(GET, VERIFIED, 1);
    device_said said = device_make(a, d, &q), log = device_sign(a, d, &g);
    for (size_t n = 0; n < said.attestation.len; n++)
        assert_int_not_equal(webauthn_register(a, &ours, said.client, str_take(said.attestation, n), &made), WEBAUTHN_FINE);
    assert_int_equal(webauthn_register(a, &ours, said.client, arena_cat(a, said.attestation, STR("x"), STR("")), &made), WEBAUTHN_MALFORMED);
    assert_int_equal(webauthn_register(a, &ours, said.client, said.attestation, &made), WEBAUTHN_FINE);
    for (size_t n = 0; n < log.data.len; n++)
        assert_int_equal(webauthn_login(a, &ours, made.key, log.client, str_take(log.data, n), log.signature, &shown), WEBAUTHN_MALFORMED);
    for (size_t n = 0; n < log.client.len; n++)
        assert_int_equal(webauthn_login(a, &ours, made.key, str_take(log.client, n), log.data, log.signature, &shown), WEBAUTHN_MALFORMED);
    assert_int_equal(webauthn_login(a, &ours, str_take(made.key, made.key.len - 1), log.client, log.data, log.signature, &shown), WEBAUTHN_ALGORITHM);
    device_close(d);
}

/* ---- client data ---- */

static void client_data_are_read_however_a_browser_writes_them(void **state)
{
    (void)state;
    client_data c;
    static const char *const fine[] = {
        "{\"type\":\"webauthn.get\",\"challenge\":\"YQ\",\"origin\":\"https://a.example\",\"crossOrigin\":false}",
        "{\"challenge\":\"YQ\",\"clientExtensions\":{},\"hashAlgorithm\":\"SHA-256\",\"origin\":\"https:\\/\\/a.example\",\"type\":\"webauthn.get\"}",
        " { \"origin\" : \"https:\\u002f\\u002fa.example\" , \"n\":[1,-0.5e+3,[true,false,null,{\"x\":\"\\u0416\\\"\"}]], \"type\":\"webauthn.get\",\"challenge\":\"YQ\" } ",
    };
    for (size_t i = 0; i < 3; i++) {
        assert_true(client_data_read(a, str_of(fine[i]), &c));
        assert_str(c.type, STR("webauthn.get"));
        assert_str(c.challenge, STR("YQ"));
        assert_str(c.origin, STR("https://a.example"));
        assert_false(c.cross_origin);
    }
    assert_true(client_data_read(a, STR("{\"type\":\"t\",\"challenge\":\"c\",\"origin\":\"o\",\"crossOrigin\":true}"), &c) && c.cross_origin);
}

static void client_data_that_are_no_json_of_ours_are_refused(void **state)
{
    (void)state;
    client_data c;
#define BASE "\"type\":\"t\",\"challenge\":\"c\",\"origin\":\"o\""
    static const char *const wrong[] = {
        "", "{}", "[]", "{" BASE, "{" BASE "}x", "{" BASE ",}", "{" BASE ",\"type\":\"t\"}", "{" BASE ",\"origin\":\"p\"}", "{\"type\":1,\"challenge\":\"c\",\"origin\":\"o\"}",
        "{" BASE ",\"a\":01}", "{" BASE ",\"a\":1.}", "{" BASE ",\"a\":+1}", "{" BASE ",\"a\":tru}", "{" BASE ",\"a\":\"\\x\"}", "{" BASE ",\"a\":\"\\u12g4\"}",
        "{" BASE ",\"a\":\"\n\"}", "{" BASE ",a:1}", "{" BASE ",\"a\":[1,]}", "{" BASE ",\"a\":[[[[[[[[[1]]]]]]]]]}", "{" BASE ",\"a\":\"\xff\"}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_false(client_data_read(a, str_of(wrong[i]), &c));
    assert_true(client_data_read(a, STR("{" BASE ",\"a\":[[[[[[[1]]]]]]]}"), &c));
    for (int more = 0; more < 2; more++) {
        size_t len = CLIENT_DATA_MAX + (size_t)more;
        char *text = arena_alloc(a, len);
        memset(text, ' ', len);
        memcpy(text, "{" BASE "}", sizeof "{" BASE "}" - 1);
        assert_int_equal(client_data_read(a, (str){text, len}, &c), !more);
    }
}

/* ---- CBOR ---- */

static void cbor_is_walked_to_its_end_and_not_beyond(void **state)
{
    (void)state;
    cbor_item item;
    str rest = STR("\x1b\x00\x00\x00\x01\x00\x00\x00\x00\x38\x63\x42yz\x63""abc\xf5");
    assert_true(cbor_head(&rest, &item) && item.kind == CBOR_NUMBER && item.number == INT64_C(0x100000000));
    assert_true(cbor_head(&rest, &item) && item.kind == CBOR_NUMBER && item.number == -100);
    assert_true(cbor_head(&rest, &item) && item.kind == CBOR_BYTES && str_eq(item.bytes, STR("yz")));
    assert_true(cbor_head(&rest, &item) && item.kind == CBOR_TEXT && str_eq(item.bytes, STR("abc")));
    assert_true(cbor_head(&rest, &item) && item.kind == CBOR_SIMPLE && rest.len == 0);
    assert_false(cbor_head(&rest, &item));
    /* Lengths left open, tags, floats, the reserved, more than there is, more than we count. */
    static const str wrong[] = {STR_INIT("\x5f\x41x\xff"), STR_INIT("\xc0\x01"), STR_INIT("\xf9\x00\x00"), STR_INIT("\x1c"), STR_INIT("\x42x"),
                                STR_INIT("\x9a\xff\xff\xff\xff"), STR_INIT("\xa1\x01"), STR_INIT("\x82\x01"), STR_INIT("\x1b\xff\xff\xff\xff\xff\xff\xff\xff"), STR_INIT("\x19\x01"), STR_INIT("\xf8\x20")};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        rest = wrong[i];
        assert_false(cbor_skip(&rest));
    }
    rest = STR("\x81\x81\x81\x81\x01");
    assert_true(cbor_skip(&rest));
    rest = STR("\x81\x81\x81\x81\x81\x01");
    assert_false(cbor_skip(&rest));
}

static void a_key_of_a_map_is_there_once_or_not_at_all(void **state)
{
    (void)state;
    cbor_item item;
    str map = STR("\xa3\x01\x02\x20\x41x\x61y\x81\x05");
    assert_true(cbor_number_key(map, 1, &item) && item.number == 2);
    assert_true(cbor_number_key(map, -1, &item) && str_eq(item.bytes, STR("x")));
    assert_true(cbor_text_key(map, STR("y"), &item) && item.kind == CBOR_ARRAY);
    assert_false(cbor_number_key(map, 3, &item));
    assert_false(cbor_text_key(map, STR("x"), &item));
    assert_false(cbor_number_key(STR("\xa2\x01\x02\x01\x03"), 1, &item));
    assert_false(cbor_number_key(STR("\x82\x01\x02"), 1, &item));
}

/* ---- stored ---- */

static void act_done(ctx *c, rc_code code, rc_code expected)
{
    assert_int_equal(code, expected);
    if (code == OK) world_done(c);
    else world_undo(c);
}

static void add(int64_t num, int n, rc_code expected)
{
    char id[16] = {(char)n};
    webauthn_made made = {.id = {id, sizeof id}, .key = STR("key"), .count = (uint32_t)n};
    ctx *c = world_act(w, num);
    act_done(c, passkey_add(c, &made, STR("title")), expected);
}

static void a_member_has_so_many_passkeys_and_none_twice(void **state)
{
    (void)state;
    int64_t num = world_member(w, ROLE_MEMBER);
    for (int i = 0; i < PASSKEYS_MAX - 1; i++) add(num, i, OK);
    add(num, 0, E_CONFLICT);
    add(num, PASSKEYS_MAX - 1, OK);
    add(num, PASSKEYS_MAX, E_CONFLICT);
    passkey_list mine;
    ctx *c = world_act(w, num);
    assert_int_equal(passkeys_of(c, num, &mine), OK);
    assert_int_equal(mine.len, PASSKEYS_MAX);
    act_done(c, passkey_remove(c, mine.items[0].ordinal), OK);
    add(num, PASSKEYS_MAX, OK);
}

static void used(int64_t num, const passkey *p, int64_t uses, rc_code expected)
{
    ctx *c = world_act(w, num);
    act_done(c, passkey_used(c, num, p, uses), expected);
}

static void a_counter_that_does_not_count_on_is_refused(void **state)
{
    (void)state;
    int64_t num = world_member(w, ROLE_MEMBER);
    passkey one;
    add(num, 5, OK);
    char id[16] = {5};
    ctx *c = world_ctx(w, num);
    assert_int_equal(passkey_find(c, num, (str){id, 16}, &one), OK);
    one.id = arena_str(a, one.id);
    world_done(c);
    used(num, &one, 5, E_CONFLICT);
    used(num, &one, 4, E_CONFLICT);
    used(num, &one, 0, E_CONFLICT);
    used(num, &one, 6, OK);
    used(num, &one, 7, E_CONFLICT); /* of two at once one wins */
    one.uses = 6;
    used(num, &one, 7, OK);
    add(num, 0, OK);
    id[0] = 0;
    c = world_ctx(w, num);
    assert_int_equal(passkey_find(c, num, (str){id, 16}, &one), OK);
    one.id = arena_str(a, one.id);
    world_done(c);
    used(num, &one, 0, OK); /* some do not count */
    used(num, &one, 0, OK);
    int64_t other = world_member(w, ROLE_MEMBER);
    c = world_ctx(w, other);
    assert_int_equal(passkey_find(c, other, one.id, &one), E_NOT_FOUND);
    world_done(c);
}

static void browsers_keep_passkeys_for_names_over_https_and_on_the_machine_itself(void **state)
{
    (void)state;
    static const struct { const char *host; bool secure, possible; } sites[] = {
        {"veche.example", true, true},  {"veche.example:8443", true, true}, {"veche.example", false, false}, {"localhost:8080", false, true},
        {"127.0.0.1:8080", false, false}, {"127.0.0.1", true, false}, {"a.localhost", false, true}, {"", true, false}};
    for (size_t i = 0; i < sizeof sites / sizeof *sites; i++) {
        site s = {.secure = sites[i].secure};
        memcpy(s.host, sites[i].host, strlen(sites[i].host));
        assert_int_equal(passkey_possible(&s), sites[i].possible);
        assert_true(str_find(passkey_host(&s), ':') == passkey_host(&s).len);
    }
}

#define TESTS                                                                                                                      \
    TEST(a_passkey_of_each_algorithm_is_made_and_logs_in), TEST(another_algorithm_is_refused),                                     \
        TEST(what_was_made_for_something_else_is_refused), TEST(a_bent_signature_and_anothers_are_refused),                        \
        TEST(whatever_is_cut_short_or_too_long_is_refused), TEST(client_data_are_read_however_a_browser_writes_them),              \
        TEST(client_data_that_are_no_json_of_ours_are_refused), TEST(cbor_is_walked_to_its_end_and_not_beyond),                    \
        TEST(a_key_of_a_map_is_there_once_or_not_at_all), TEST(a_member_has_so_many_passkeys_and_none_twice),                      \
        TEST(a_counter_that_does_not_count_on_is_refused), TEST(browsers_keep_passkeys_for_names_over_https_and_on_the_machine_itself)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("passkeys on SQLite", tests, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("passkeys on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
