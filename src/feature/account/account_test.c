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
    account_session_found who;
    ctx *c = world_ctx(w, 0);
    rc_code found = account_session(c, token, &who);
    assert_true(found == OK || found == E_NOT_FOUND);
    world_done(c);
    return found == OK;
}

static account_session_line_list sessions(int64_t num)
{
    account_session_line_list list;
    ctx *c = world_ctx(w, num);
    assert_int_equal(account_sessions(c, &list), OK);
    account_session_line *kept = ARENA_ARRAY(w->arena, account_session_line, list.len);
    for (size_t i = 0; i < list.len; i++) kept[i] = list.items[i];
    list.items = kept;
    world_done(c);
    return list;
}

static void a_token_opens_its_session_until_another_takes_its_place(void **state)
{
    (void)state;
    int64_t anna = world_member(w, ROLE_MEMBER), num;
    str old = log_in(anna), fresh = account_token_new(w->arena, anna), hash;
    assert_true(opens(old) && !opens(fresh) && !opens(STR("nothing")) && !opens(STR_NONE));
    assert_true(account_token_read(w->arena, old, &num, &hash));
    assert_int_equal(num, anna);
    ctx *c = world_act(w, anna);
    act_done(c, account_session_rotate(c, hash, fresh), OK);
    assert_true(opens(fresh) && !opens(old));
    c = world_act(w, anna);
    act_done(c, account_session_rotate(c, hash, account_token_new(w->arena, anna)), E_LOGIN);
    world_state(w, anna, MEMBER_SUSPENDED);
    assert_false(opens(fresh));
}

static void the_session_used_longest_ago_makes_room_for_the_fifty_first(void **state)
{
    (void)state;
    int64_t anna = world_member(w, ROLE_MEMBER);
    str first = log_in(anna), second = log_in(anna);
    for (int i = 2; i < SESSIONS_MAX; i++) (void)log_in(anna);
    world_sql(w, "UPDATE session SET last_day = last_day + 1 WHERE bucket = %lld AND ordinal = 1", L(bucket_of(anna)));
    (void)log_in(anna);
    assert_true(opens(first) && !opens(second));
    assert_int_equal(sessions(anna).len, SESSIONS_MAX);
}

static void the_number_of_a_session_is_not_given_to_another(void **state)
{
    (void)state;
    int64_t anna = world_member(w, ROLE_MEMBER);
    (void)log_in(anna);
    str gone = log_in(anna);
    int64_t ordinal = sessions(anna).items[0].ordinal;
    ctx *c = world_act(w, anna);
    act_done(c, account_session_end_ordinal(c, ordinal), OK);
    str fresh = log_in(anna);
    c = world_act(w, anna);
    act_done(c, account_session_end_ordinal(c, ordinal), OK); /* the page that is still open somewhere */
    assert_true(!opens(gone) && opens(fresh));
}

/* ---- invitations ---- */

static rc invite(int64_t num)
{
    ctx *c = world_act(w, num);
    rc_code code = account_invitation_make(c, 1, false);
    act_done(c, code, code);
    return code;
}

static account_invite_line_list invitations(int64_t num, ctx **c)
{
    account_invite_line_list list;
    *c = world_ctx(w, num);
    assert_int_equal(account_invitations(*c, &list), OK);
    return list;
}

static void nobody_has_more_invitations_than_the_list_shows(void **state)
{
    (void)state;
    int64_t anna = world_member(w, ROLE_MEMBER);
    account_invite_row used;
    ctx *c, *reader;
    for (int i = 0; i < INVITES_MAX; i++) assert_int_equal(invite(anna), OK);
    assert_int_equal(invite(anna), E_CONFLICT);
    account_invite_line_list list = invitations(anna, &reader);
    assert_int_equal(list.len, INVITES_MAX);
    for (size_t i = 1; i < list.len; i++)
        assert_true(str_cmp(list.items[i - 1].code, list.items[i].code) < 0 || list.items[i - 1].expires > list.items[i].expires);
    c = world_act(w, anna);
    act_done(c, account_invitation_use(c, list.items[7].code, &used), OK); /* one that is used up makes room */
    world_done(reader);
    assert_int_equal(invite(anna), OK);
    assert_int_equal(invite(anna), E_CONFLICT);
}

#define TESTS                                                                                                                      \
    TEST(a_password_is_changed_only_in_the_place_of_the_one_that_was_looked_at),                                                   \
        TEST(a_token_opens_its_session_until_another_takes_its_place),                                                             \
        TEST(the_session_used_longest_ago_makes_room_for_the_fifty_first), TEST(the_number_of_a_session_is_not_given_to_another),  \
        TEST(nobody_has_more_invitations_than_the_list_shows)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("accounts on SQLite", tests, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("accounts on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
