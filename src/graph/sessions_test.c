/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Sessions in memory are the sessions in the table. */
#include "base/testing.h"
#include "graph/graph.h"
#include "support/world.h"

static world *w;
static unsigned made;

static int open_sqlite(void **state) { (void)state; return (w = world_open(DB_SQLITE)) ? 0 : -1; }
static int open_postgres(void **state) { (void)state; return (w = world_open(DB_POSTGRES)) ? 0 : -1; }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

typedef struct key { char bytes[SESSION_HASH]; } key;

static str hash_of(const key *k) { return (str){k->bytes, SESSION_HASH}; }

static void hex_of(const key *k, char hex[2 * SESSION_HASH + 1])
{
    for (size_t i = 0; i < SESSION_HASH; i++) (void)snprintf(hex + 2 * i, 3, "%02x", (unsigned char)k->bytes[i]);
}

static key begin(int64_t num, int64_t expires)
{
    key k = {{0}};
    char hex[2 * SESSION_HASH + 1];
    (void)snprintf(k.bytes, sizeof k.bytes, "session %u", ++made);
    hex_of(&k, hex);
    world_begin(w);
    world_sql(w, "INSERT INTO session (bucket, hash, member, ordinal, created_day, last_day, expires) VALUES (%lld, %s%s', %lld, %u, 1, 2, %lld)",
              (long long)bucket_of(num), w->engine == DB_SQLITE ? "x'" : "'\\x", hex, (long long)num, made, (long long)expires);
    world_told(w, CHANGE_SESSIONS, num, 0);
    world_end(w);
    return k;
}

static void end_all(int64_t num)
{
    world_begin(w);
    world_sql(w, "DELETE FROM session WHERE bucket = %lld AND member = %lld", (long long)bucket_of(num), (long long)num);
    world_told(w, CHANGE_SESSIONS, num, 0);
    world_end(w);
}

/* When it ends, or 0 when there is none. */
static int64_t lasts(bool writing, int64_t num, const key *k)
{
    ctx *c = writing ? world_act(w, 0) : world_ctx(w, 0);
    const graph_session *s;
    rc_code found = graph_session_of(c, num, hash_of(k), &s);
    assert_true(found == OK || found == E_NOT_FOUND);
    int64_t expires = found == OK ? s->expires : 0;
    world_done(c);
    return expires;
}

static void a_session_is_found_by_its_hash_and_only_with_its_member(void **state)
{
    (void)state;
    int64_t anna = world_member(w, ROLE_MEMBER), ivan = world_member(w, ROLE_MEMBER);
    key phone = begin(anna, 100), desk = begin(anna, 200), other = begin(ivan, 300);
    for (int writing = 0; writing < 2; writing++) {
        assert_int_equal(lasts(writing, anna, &phone), 100);
        assert_int_equal(lasts(writing, anna, &desk), 200);
        assert_int_equal(lasts(writing, anna, &other), 0);
        assert_int_equal(lasts(writing, ivan, &other), 300);
        assert_int_equal(lasts(writing, INT32_MAX, &other), 0);
    }
}

static void a_session_that_ended_opens_nothing_from_then_on(void **state)
{
    (void)state;
    int64_t anna = world_member(w, ROLE_MEMBER);
    key first = begin(anna, 100);
    for (int writing = 0; writing < 2; writing++) assert_int_equal(lasts(writing, anna, &first), 100);
    end_all(anna);
    for (int writing = 0; writing < 2; writing++) assert_int_equal(lasts(writing, anna, &first), 0);
    key second = begin(anna, 200);
    for (int writing = 0; writing < 2; writing++) assert_int_equal(lasts(writing, anna, &second), 200);
}

static void the_last_of_as_many_as_there_may_be_is_found(void **state)
{
    (void)state;
    int64_t anna = world_member(w, ROLE_MEMBER);
    key keys[GRAPH_SESSIONS_MAX];
    for (int i = 0; i < GRAPH_SESSIONS_MAX; i++) keys[i] = begin(anna, 1000 + i);
    for (int i = 0; i < GRAPH_SESSIONS_MAX; i++) assert_int_equal(lasts(false, anna, &keys[i]), 1000 + i);
}

#define TESTS                                                                                                              \
    TEST(a_session_is_found_by_its_hash_and_only_with_its_member), TEST(a_session_that_ended_opens_nothing_from_then_on),  \
        TEST(the_last_of_as_many_as_there_may_be_is_found)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("sessions on SQLite", tests, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("sessions on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
