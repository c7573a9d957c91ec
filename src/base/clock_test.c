/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include "base/clock.h"

static void assert_civil(civil c, int year, int month, int day, int hour, int minute, int second)
{
    assert_int_equal(c.year, year);
    assert_int_equal(c.month, month);
    assert_int_equal(c.day, day);
    assert_int_equal(c.hour, hour);
    assert_int_equal(c.minute, minute);
    assert_int_equal(c.second, second);
}

static void now_is_the_system_time_plus_the_offset_of_tests(void **state)
{
    (void)state;
    int64_t real = (int64_t)time(NULL) * MS_SECOND;
    int64_t offset = 0;
#ifdef VECHE_TESTING
    offset = 5 * MS_DAY;
#endif
    assert_in_range(clock_now(), real + offset - 2000, real + offset + 2000);
}

static void durations_do_not_run_backwards(void **state)
{
    (void)state;
    int64_t before = clock_us();
    for (int i = 0; i < 1000; i++) {
        int64_t now = clock_us();
        assert_true(now >= before);
        before = now;
    }
}

static void a_day_begins_at_midnight_utc_before_1970_too(void **state)
{
    (void)state;
    assert_int_equal(clock_day(0), 0);
    assert_int_equal(clock_day(MS_DAY - 1), 0);
    assert_int_equal(clock_day(MS_DAY), MS_DAY);
    assert_int_equal(clock_day(-1), -MS_DAY);
    assert_int_equal(clock_day(-MS_DAY), -MS_DAY);
    assert_int_equal(clock_day(-MS_DAY - 1), -2 * MS_DAY);
}

static void utc_dates_round_towards_the_past(void **state)
{
    (void)state;
    assert_civil(clock_utc(0), 1970, 1, 1, 0, 0, 0);
    assert_civil(clock_utc(-1), 1969, 12, 31, 23, 59, 59);
    assert_civil(clock_utc(INT64_C(951782399999)), 2000, 2, 28, 23, 59, 59);
    assert_civil(clock_utc(INT64_C(951782400000)), 2000, 2, 29, 0, 0, 0);
    assert_civil(clock_utc(INT64_C(1104537600000)), 2005, 1, 1, 0, 0, 0);
}

static void local_dates_follow_the_zone(void **state)
{
    (void)state;
    setenv("TZ", "MSK-3", 1);
    tzset();
    assert_civil(clock_local(INT64_C(1104537600000)), 2005, 1, 1, 3, 0, 0);
    setenv("TZ", "UTC0", 1);
    tzset();
    assert_civil(clock_local(INT64_C(1104537600000)), 2005, 1, 1, 0, 0, 0);
}

static void february_knows_leap_years(void **state)
{
    (void)state;
    assert_true(clock_valid_date(2024, 2, 29));
    assert_false(clock_valid_date(2023, 2, 29));
    assert_true(clock_valid_date(2000, 2, 29));
    assert_false(clock_valid_date(1900, 2, 29));
    assert_false(clock_valid_date(2024, 2, 30));
}

static void dates_have_bounds(void **state)
{
    (void)state;
    assert_true(clock_valid_date(1, 1, 1));
    assert_true(clock_valid_date(9999, 12, 31));
    assert_true(clock_valid_date(2024, 4, 30));
    const int wrong[][3] = {{0, 1, 1}, {10000, 1, 1}, {2024, 0, 1}, {2024, 13, 1}, {2024, 1, 0}, {2024, 1, 32}, {2024, 4, 31}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(clock_valid_date(wrong[i][0], wrong[i][1], wrong[i][2]));
}

int main(void)
{
    /* Five days: read once, and only by builds for tests. */
    setenv("VECHE_CLOCK_OFFSET_MS", "432000000", 1);
    const struct CMUnitTest tests[] = {
        TEST(now_is_the_system_time_plus_the_offset_of_tests),
        TEST(durations_do_not_run_backwards),
        TEST(a_day_begins_at_midnight_utc_before_1970_too),
        TEST(utc_dates_round_towards_the_past),
        TEST(local_dates_follow_the_zone),
        TEST(february_knows_leap_years),
        TEST(dates_have_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
