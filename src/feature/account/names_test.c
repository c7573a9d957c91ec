/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which names can be had. */
#include "base/testing.h"
#include "base/testing_arena.h"
#include "feature/account/account.h"

static bool can_be_had(const char *name)
{
    return account_name_fault(str_of(name)) == L_NONE && !account_name_poses(a, str_of(name));
}

static void a_name_begins_with_a_letter_and_has_single_joints_inside(void **state)
{
    (void)state;
    static const char *const good[] = {"anna", "a1b", "anna.mayer", "anna_m.2", "idris", "wallace", "abcdefghijklmnopqrstuvwxyzabcdef"};
    static const char *const bad[] = {"", "an", "1anna", "_anna", "anna.", "anna..m", "anna._m", "Anna", "анна", "an na", "id7", "wall3_4",
                                      "abcdefghijklmnopqrstuvwxyzabcdefg"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_true(can_be_had(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_int_not_equal(account_name_fault(str_of(bad[i])), L_NONE);
}

static void nobody_can_pose_as_the_house(void **state)
{
    (void)state;
    static const char *const words[] = {"admin", "administrator", "root", "support", "security", "veche", "moderator", "help", "abuse",
                                        "postmaster", "webmaster", "adrnin", "ad_min", "a.d.m.i.n", "supp0rt", "modera_tor", "r00t"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) assert_false(can_be_had(words[i]));
    static const char *const people[] = {"adam", "rita", "helena", "vechernyaya", "roott", "marfa"};
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) assert_true(can_be_had(people[i]));
}

static void names_that_look_alike_have_one_skeleton(void **state)
{
    (void)state;
    assert_str(account_skeleton(a, STR("rnarfa")), account_skeleton(a, STR("marfa")));
    assert_str(account_skeleton(a, STR("il1a")), account_skeleton(a, STR("illa")));
}

static void capitals_blanks_and_an_at_sign_are_not_the_name(void **state)
{
    (void)state;
    assert_str(account_name_typed(a, STR(" @Anna.M ")), STR("anna.m"));
    assert_str(account_name_typed(a, STR("")), STR(""));
    assert_str(account_name_typed(a, STR_NONE), STR(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_name_begins_with_a_letter_and_has_single_joints_inside),
        TEST(nobody_can_pose_as_the_house),
        TEST(names_that_look_alike_have_one_skeleton),
        TEST(capitals_blanks_and_an_at_sign_are_not_the_name),
    };
    return cmocka_run_group_tests_name("names", tests, open_arena, close_arena);
}
