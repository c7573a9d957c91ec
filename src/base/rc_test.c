/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include "base/rc.h"

static void every_code_has_its_own_status_and_a_reason(void **state)
{
    (void)state;
    for (int i = 0; i < RC_COUNT; i++) {
        int status = rc_status((rc_code)i);
        assert_true(status == 200 || (status >= 400 && status < 600));
        assert_non_null(rc_reason((rc_code)i));
        for (int j = 0; j < i; j++) assert_int_not_equal(status, rc_status((rc_code)j));
    }
}

static void statuses_are_those_of_the_header(void **state)
{
    (void)state;
    assert_int_equal(rc_status(OK), 200);
    assert_int_equal(rc_status(E_NOT_FOUND), 404);
    assert_int_equal(rc_status(E_INVALID), 422);
    assert_int_equal(rc_status(E_FULL), 507);
    assert_string_equal(rc_reason(E_GONE), "Gone");
}

static void an_unknown_code_is_our_fault(void **state)
{
    (void)state;
    assert_int_equal(rc_status(RC_COUNT), 500);
    assert_int_equal(rc_status((rc_code)-1), 500);
}

static rc pass_up(rc_code code, bool *went_on)
{
    *went_on = false;
    TRY(code);
    *went_on = true;
    return OK;
}

static void try_stops_at_a_failure_only(void **state)
{
    (void)state;
    bool went_on;
    assert_int_equal(pass_up(E_GONE, &went_on), E_GONE);
    assert_false(went_on);
    assert_int_equal(pass_up(OK, &went_on), OK);
    assert_true(went_on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_code_has_its_own_status_and_a_reason),
        TEST(statuses_are_those_of_the_header),
        TEST(an_unknown_code_is_our_fault),
        TEST(try_stops_at_a_failure_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
