/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Codes of the app, recovery codes and tickets as they are stored and judged. */
#include "base/testing.h"

#include <stdlib.h>

#include "base/clock.h"
#include "crypto/otp.h"
#include "crypto/token.h"
#include "feature/account/account.h"
#include "feature/second/second.h"
#include "feature/second/ticket.h"
#include "support/world.h"

#define L(x) ((long long)(x))

static world *w;

static int open_sqlite(void **state) { (void)state; return (w = world_open(DB_SQLITE)) ? 0 : -1; }
static int open_postgres(void **state) { (void)state; return (w = world_open(DB_POSTGRES)) ? 0 : -1; }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

static const str secret = STR_INIT("12345678901234567890");
static recovery_codes codes;

static void act_done(ctx *c, rc_code code, rc_code expected)
{
    assert_int_equal(code, expected);
    if (code == OK) world_done(c);
    else world_undo(c);
}

/* Somebody whose app was switched on with the code of step 1. */
static int64_t with_app(void)
{
    int64_t num = world_member(w, ROLE_MEMBER);
    ctx *c = world_act(w, num);
    recovery_codes_new(&codes);
    act_done(c, second_app_on(c, secret, 1, &codes), OK);
    return num;
}

static second_answer answer_at(int64_t num, int64_t now, str typed)
{
    second_answer got = SECOND_WRONG;
    ctx *c = world_act(w, 0);
    c->now = now;
    act_done(c, second_try(c, num, typed, &got), OK);
    return got;
}

static str code_at(int64_t step) { return arena_printf(w->arena, "%06u", (unsigned)otp_code(secret, step)); }

/* Never right here: one step's code with its last digit turned. */
static str wrong_code(int64_t step)
{
    uint32_t bad = otp_code(secret, step);
    do bad = (bad + 1) % 1000000;
    while (bad == otp_code(secret, step - 1) || bad == otp_code(secret, step) || bad == otp_code(secret, step + 1));
    return arena_printf(w->arena, "%06u", (unsigned)bad);
}

static second_state state_of(int64_t num)
{
    second_state s;
    ctx *c = world_ctx(w, num);
    assert_int_equal(second_get(c, num, &s), OK);
    world_done(c);
    return s;
}

#define NOON (INT64_C(1900000000) / 3600 * 3600000)
#define STEP(now) ((now) / OTP_STEP_MS)

static void a_code_opens_once_and_no_earlier_one_does_after_it(void **state)
{
    (void)state;
    int64_t num = with_app(), step = STEP(NOON);
    assert_int_equal(answer_at(num, NOON, code_at(step)), SECOND_CODE);
    assert_int_equal(answer_at(num, NOON, code_at(step)), SECOND_WRONG);
    assert_int_equal(answer_at(num, NOON, code_at(step - 1)), SECOND_WRONG);
    assert_int_equal(answer_at(num, NOON, code_at(step + 1)), SECOND_CODE);
    assert_int_equal(answer_at(num, NOON + 2 * OTP_STEP_MS, code_at(step + 2)), SECOND_CODE);
}

static void the_code_that_switched_the_app_on_does_not_log_in(void **state)
{
    (void)state;
    int64_t num = world_member(w, ROLE_MEMBER), step = STEP(NOON);
    ctx *c = world_act(w, num);
    act_done(c, second_app_on(c, secret, step, &codes), OK);
    assert_int_equal(answer_at(num, NOON, code_at(step)), SECOND_WRONG);
    c = world_act(w, num);
    act_done(c, second_app_on(c, secret, step, &codes), E_CONFLICT);
}

/* Two that were read before either was stored: the step's own row decides. */
static void of_two_guesses_of_one_code_at_once_one_wins(void **state)
{
    (void)state;
    int64_t num = with_app(), step = STEP(NOON);
    second_answer one, two;
    ctx *c = world_act(w, 0);
    c->now = NOON;
    assert_int_equal(second_try(c, num, code_at(step), &one), OK);
    assert_int_equal(second_try(c, num, code_at(step), &two), OK);
    world_done(c);
    assert_true(one == SECOND_CODE && two == SECOND_WRONG);
}

static void wrong_codes_lock_the_app_until_the_next_hour_and_not_one_earlier(void **state)
{
    (void)state;
    int64_t num = with_app(), step = STEP(NOON);
    for (int i = 0; i < SECOND_MISSES - 1; i++) assert_int_equal(answer_at(num, NOON, wrong_code(step)), SECOND_WRONG);
    assert_int_equal(answer_at(num, NOON, code_at(step)), SECOND_CODE);
    assert_int_equal(answer_at(num, NOON, wrong_code(step)), SECOND_WRONG); /* the tenth: a right one does not make them forgotten */
    assert_int_equal(answer_at(num, NOON, code_at(step + 1)), SECOND_LOCKED);
    int64_t end = NOON + MS_HOUR - 1;
    assert_int_equal(answer_at(num, end, code_at(STEP(end))), SECOND_LOCKED);
    assert_int_equal(answer_at(num, end + 1, code_at(STEP(end + 1))), SECOND_CODE);
    assert_int_equal(answer_at(num, end + 1, wrong_code(STEP(end + 1))), SECOND_WRONG);
}

static void a_recovery_code_works_once_also_while_the_app_is_locked(void **state)
{
    (void)state;
    int64_t num = with_app(), other = world_member(w, ROLE_MEMBER);
    for (int i = 0; i < SECOND_MISSES; i++) (void)answer_at(num, NOON, wrong_code(STEP(NOON)));
    assert_int_equal(state_of(num).codes, RECOVERY_CODES);
    str text = recovery_code_text(w->arena, codes.bytes[3]);
    assert_int_equal(text.len, 19);
    assert_int_equal(answer_at(num, NOON, text), SECOND_RECOVERY);
    assert_int_equal(answer_at(num, NOON, text), SECOND_WRONG);
    assert_int_equal(state_of(num).codes, RECOVERY_CODES - 1);
    char lower[20] = "";
    str last = recovery_code_text(w->arena, codes.bytes[9]);
    for (size_t i = 0; i < last.len; i++) lower[i] = (char)(last.ptr[i] >= 'A' ? last.ptr[i] | 32 : last.ptr[i]);
    assert_int_equal(answer_at(num, NOON, str_of(lower)), SECOND_RECOVERY);
    ctx *c = world_act(w, other);
    recovery_codes mine = codes;
    act_done(c, second_app_on(c, secret, 1, &codes), OK);
    assert_int_equal(answer_at(other, NOON, recovery_code_text(w->arena, mine.bytes[0])), SECOND_RECOVERY);
    assert_int_equal(state_of(num).codes, RECOVERY_CODES - 2);
}

static void new_recovery_codes_end_the_old_ones_and_need_an_app(void **state)
{
    (void)state;
    int64_t num = with_app(), bare = world_member(w, ROLE_MEMBER);
    str old = recovery_code_text(w->arena, codes.bytes[0]);
    recovery_codes fresh;
    recovery_codes_new(&fresh);
    ctx *c = world_act(w, num);
    act_done(c, second_codes_renew(c, &fresh), OK);
    assert_int_equal(answer_at(num, NOON, old), SECOND_WRONG);
    assert_int_equal(answer_at(num, NOON, recovery_code_text(w->arena, fresh.bytes[0])), SECOND_RECOVERY);
    c = world_act(w, bare);
    act_done(c, second_codes_renew(c, &fresh), E_CONFLICT);
}

static void no_recovery_code_is_stored_as_it_is_typed(void **state)
{
    (void)state;
    int64_t num = with_app(), rows = 0;
    for (int i = 0; i < RECOVERY_CODES; i++) {
        str hex = hex_encode(w->arena, (str){(char *)codes.bytes[i], RECOVERY_BYTES});
        rows += world_int(w->db, -1, w->engine == DB_SQLITE ? "SELECT COUNT(*) FROM recovery_code WHERE member = %lld AND instr(hex(hash) || hex(salt), upper('%.*s')) > 0"
                                                           : "SELECT COUNT(*) FROM recovery_code WHERE member = %lld AND position('%.*s' in encode(hash, 'hex') || encode(salt, 'hex')) > 0",
                          L(num), STR_ARG(hex));
    }
    assert_int_equal(rows, 0);
}

static void switched_off_nothing_is_left_and_nothing_is_asked(void **state)
{
    (void)state;
    int64_t num = with_app();
    second_answer got;
    ctx *c = world_act(w, num);
    act_done(c, second_app_off(c, num), OK);
    c = world_act(w, num);
    act_done(c, second_app_off(c, num), OK);
    assert_false(state_of(num).app);
    assert_int_equal(state_of(num).codes, 0);
    c = world_act(w, 0);
    act_done(c, second_try(c, num, STR("123456"), &got), E_NOT_FOUND);
}

/* ---- tickets ---- */

static const site here = {.key = {1, 2, 3}}, elsewhere = {.key = {1, 2, 4}};

static void a_ticket_is_good_for_its_use_its_session_and_five_minutes(void **state)
{
    (void)state;
    str mine = sha256_str(w->arena, STR("mine")), yours = sha256_str(w->arena, STR("yours"));
    str t = ticket_new(w->arena, &here, TICKET_PENDING, mine, STR("12345678"), NOON);
    char body[8], longer[9];
    assert_true(ticket_read(&here, TICKET_PENDING, mine, t, NOON + TICKET_MS - 1, body, 8));
    assert_memory_equal(body, "12345678", 8);
    assert_false(ticket_read(&here, TICKET_PENDING, mine, t, NOON + TICKET_MS, body, 8));
    assert_false(ticket_read(&here, TICKET_CHALLENGE, mine, t, NOON, body, 8));
    assert_false(ticket_read(&here, TICKET_PENDING, yours, t, NOON, body, 8));
    assert_false(ticket_read(&here, TICKET_PENDING, STR(""), t, NOON, body, 8));
    assert_false(ticket_read(&elsewhere, TICKET_PENDING, mine, t, NOON, body, 8));
    assert_false(ticket_read(&here, TICKET_PENDING, mine, t, NOON, longer, 9));
    assert_false(ticket_read(&here, TICKET_PENDING, mine, STR_NONE, NOON, body, 8));
    for (size_t i = 0; i < t.len; i++) {
        char *bent = arena_cstr(w->arena, t);
        bent[i] = bent[i] == 'A' ? 'B' : 'A';
        assert_false(ticket_read(&here, TICKET_PENDING, mine, str_of(bent), NOON, body, 8));
    }
}

static void a_ticket_is_spent_once_and_forgotten_when_it_would_be_over(void **state)
{
    (void)state;
    int64_t num = world_member(w, ROLE_MEMBER);
    str t = ticket_new(w->arena, &here, TICKET_PENDING, sha256_str(w->arena, STR("s")), STR(""), w->now);
    ctx *c = world_act(w, num);
    act_done(c, ticket_unspent(c, num, t), OK);
    c = world_act(w, num);
    act_done(c, ticket_spend(c, num, t), OK);
    c = world_act(w, num);
    act_done(c, ticket_spend(c, num, t), E_GONE);
    c = world_act(w, num);
    act_done(c, ticket_unspent(c, num, t), E_GONE);
    c = world_act(w, num);
    c->now += TICKET_MS;
    act_done(c, second_sweep.run(c, STR("")), OK);
    assert_int_equal(world_int(w->db, -1, "SELECT COUNT(*) FROM ticket_spent WHERE bucket = %lld", L(bucket_of(num))), 1);
    c = world_act(w, num);
    c->now += 2 * TICKET_MS + 1;
    act_done(c, second_sweep.run(c, STR("")), OK);
    assert_int_equal(world_int(w->db, -1, "SELECT COUNT(*) FROM ticket_spent WHERE bucket = %lld", L(bucket_of(num))), 0);
}

/* ---- what ends a log-in that waits ---- */

static int64_t epoch_of(int64_t num)
{
    int64_t epoch;
    ctx *c = world_ctx(w, num);
    assert_int_equal(account_epoch(c, num, &epoch), OK);
    world_done(c);
    return epoch;
}

static void a_new_password_and_the_end_of_all_or_other_sessions_begin_a_new_epoch(void **state)
{
    (void)state;
    int64_t num = world_member(w, ROLE_MEMBER), before;
    world_sql(w, "INSERT INTO credential (bucket, member, password) VALUES (%lld, %lld, 'first')", L(bucket_of(num)), L(num));
    before = epoch_of(num);
    ctx *c = world_act(w, num);
    act_done(c, account_password_change(c, num, STR("first"), STR("second")), OK);
    assert_true(epoch_of(num) > before);
    before = epoch_of(num);
    c = world_act(w, num);
    act_done(c, account_sessions_end_others(c, sha256_str(c->arena, STR("none"))), OK);
    assert_true(epoch_of(num) > before);
    before = epoch_of(num);
    c = world_act(w, num);
    act_done(c, account_sessions_end(c, num), OK);
    assert_true(epoch_of(num) > before);
}

#define TESTS                                                                                                                      \
    TEST(a_code_opens_once_and_no_earlier_one_does_after_it), TEST(the_code_that_switched_the_app_on_does_not_log_in),             \
        TEST(of_two_guesses_of_one_code_at_once_one_wins), TEST(wrong_codes_lock_the_app_until_the_next_hour_and_not_one_earlier), \
        TEST(a_recovery_code_works_once_also_while_the_app_is_locked), TEST(new_recovery_codes_end_the_old_ones_and_need_an_app),  \
        TEST(no_recovery_code_is_stored_as_it_is_typed), TEST(switched_off_nothing_is_left_and_nothing_is_asked),                  \
        TEST(a_ticket_is_good_for_its_use_its_session_and_five_minutes),                                                           \
        TEST(a_ticket_is_spent_once_and_forgotten_when_it_would_be_over),                                                          \
        TEST(a_new_password_and_the_end_of_all_or_other_sessions_begin_a_new_epoch)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("a second factor on SQLite", tests, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("a second factor on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
