/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Passwords, sessions and invitations as they are stored. */
#include "base/clock.h"
#include "base/testing.h"
#include "crypto/token.h"
#include "feature/account/account.h"
#include "support/world.h"

#define L(x) ((long long)(x))

static world *w;

static int open_sqlite(void **state) { (void)state; return (w = world_open(DB_SQLITE)) ? 0 : -1; }
static int open_postgres(void **state) { (void)state; return (w = world_open(DB_POSTGRES)) ? 0 : -1; }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

static void act_done(ctx *c, rc_code code, rc_code expected)
{
    assert_int_equal(code, expected);
    if (code == OK) world_done(c);
    else world_undo(c);
}

/* ---- passwords ---- */

static void a_password_is_changed_only_in_the_place_of_the_one_that_was_looked_at(void **state)
{
    (void)state;
    int64_t anna = world_member(w, ROLE_MEMBER);
    str now;
    world_sql(w, "INSERT INTO credential (bucket, member, password) VALUES (%lld, %lld, 'first')", L(bucket_of(anna)), L(anna));
    ctx *c = world_act(w, anna);
    act_done(c, account_password_change(c, anna, STR("first"), STR("second")), OK);
    c = world_act(w, anna);
    act_done(c, account_password_change(c, anna, STR("first"), STR("third")), E_CONFLICT);
    c = world_ctx(w, anna);
    assert_int_equal(account_password(c, anna, &now), OK);
    assert_str(now, STR("second"));
    world_done(c);
}

/* ---- sessions ---- */

static str log_in(int64_t num)
{
    str token = account_token_new(w->arena, num);
    ctx *c = world_act(w, num);
    act_done(c, account_session_open(c, num, token, true, STR("Firefox")), OK);
    return token;
}

static bool opens(str token)
{
    str hash;
    account_session_row row;
    ctx *c = world_ctx(w, 0);
    rc_code found = account_session(c, token, &hash, &row);
    assert_true(found == OK || found == E_NOT_FOUND);
    world_done(c);
    return found == OK;
}

static void a_token_opens_its_session_until_another_takes_its_place(void **state)
{
    (void)state;
    int64_t anna = world_member(w, ROLE_MEMBER), bucket;
    str old = log_in(anna), fresh = account_token_new(w->arena, anna), hash;
    assert_true(opens(old) && !opens(fresh) && !opens(STR("nothing")) && !opens(STR_NONE));
    assert_true(account_token_read(w->arena, old, &bucket, &hash));
    ctx *c = world_act(w, anna);
    act_done(c, account_session_rotate(c, hash, fresh), OK);
    assert_true(opens(fresh) && !opens(old));
    c = world_act(w, anna);
    act_done(c, account_session_rotate(c, hash, account_token_new(w->arena, anna)), E_LOGIN);
    world_state(w, anna, MEMBER_SUSPENDED);
    assert_false(opens(fresh));
}

#define TESTS                                                                                                                      \
    TEST(a_password_is_changed_only_in_the_place_of_the_one_that_was_looked_at),                                                   \
        TEST(a_token_opens_its_session_until_another_takes_its_place)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("accounts on SQLite", tests, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("accounts on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
