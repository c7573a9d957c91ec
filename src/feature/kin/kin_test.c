/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include "feature/friends/friends.h"
#include "feature/kin/kin.h"
#include "support/people.h"

static rc bonds(people *p, int64_t who, int64_t kind, int64_t other)
{
    ctx *c = world_act(p->w, who);
    return world_ends(c, kin_bond(c, kind, other));
}

static rc adds(people *p, int64_t who, int64_t kind, const char *name, int64_t other)
{
    ctx *c = world_act(p->w, who);
    return world_ends(c, kin_add(c, kind, str_of(name), other));
}

static rc answers(people *p, int64_t who, int64_t owner, int64_t ordinal, bool yes)
{
    ctx *c = world_act(p->w, who);
    return world_ends(c, kin_answer(c, owner, ordinal, yes));
}

static rc blocks(people *p, int64_t who, int64_t other)
{
    ctx *c = world_act(p->w, who);
    return world_ends(c, friends_do(c, ACT_BLOCK, other, STR("")));
}

/* What the viewer sees of the owner's relationship: its kind, and with whom. */
static relative bond_for(people *p, int64_t viewer, int64_t owner)
{
    kin k;
    ctx *c = world_ctx(p->w, viewer);
    assert_int_equal(kin_get(c, owner, &k), OK);
    world_done(c);
    return k.bond;
}

static size_t family_for(people *p, int64_t viewer, int64_t owner)
{
    kin k;
    ctx *c = world_ctx(p->w, viewer);
    assert_int_equal(kin_get(c, owner, &k), OK);
    world_done(c);
    return k.family.len;
}

static size_t waiting(people *p, int64_t who)
{
    kin_claim_list all;
    ctx *c = world_ctx(p->w, who);
    assert_int_equal(kin_waiting(c, &all), OK);
    world_done(c);
    return all.len;
}

static void a_partner_is_named_only_when_both_say_the_same(void **state)
{
    people *p = *state;
    assert_int_equal(bonds(p, p->anna, BOND_MARRIED, p->boris), OK);
    relative seen = bond_for(p, p->vera, p->anna);
    assert_int_equal(seen.kind, BOND_MARRIED);
    assert_int_equal(seen.other, 0);
    assert_true(bond_for(p, p->anna, p->anna).waits);
    assert_int_equal(waiting(p, p->boris), 1);
    assert_int_equal(bond_for(p, p->vera, p->boris).kind, BOND_NONE);
    assert_int_equal(bonds(p, p->boris, BOND_ENGAGED, p->anna), OK);
    assert_int_equal(bond_for(p, p->vera, p->anna).other, 0); /* they do not say the same */
    assert_int_equal(bonds(p, p->boris, BOND_MARRIED, p->anna), OK);
    assert_int_equal(bond_for(p, p->vera, p->anna).other, p->boris);
    assert_int_equal(bond_for(p, p->vera, p->boris).other, p->anna);
    assert_int_equal(waiting(p, p->boris) + waiting(p, p->anna), 0);
    assert_false(bond_for(p, p->anna, p->anna).waits);
}

static void saying_yes_says_it_oneself(void **state)
{
    people *p = *state;
    assert_int_equal(bonds(p, p->anna, BOND_TOGETHER, p->boris), OK);
    assert_int_equal(answers(p, p->boris, p->anna, 0, true), OK);
    assert_int_equal(bond_for(p, p->vera, p->boris).kind, BOND_TOGETHER);
    assert_int_equal(bond_for(p, p->vera, p->boris).other, p->anna);
    assert_int_equal(bond_for(p, p->vera, p->anna).other, p->boris);
    assert_int_equal(waiting(p, p->boris) + waiting(p, p->anna), 0);
}

static void whoever_leaves_is_named_no_more_on_either_page(void **state)
{
    people *p = *state;
    world_befriend(p->w, p->boris, p->vera);
    assert_int_equal(bonds(p, p->anna, BOND_LOVE, p->boris), OK);
    assert_int_equal(answers(p, p->boris, p->anna, 0, true), OK);
    assert_int_equal(bonds(p, p->boris, BOND_LOVE, p->vera), OK);
    assert_int_equal(bond_for(p, p->vera, p->anna).kind, BOND_LOVE);
    assert_int_equal(bond_for(p, p->vera, p->anna).other, 0);
    assert_int_equal(waiting(p, p->vera), 1);
    assert_int_equal(waiting(p, p->boris), 0); /* Anna says it still, and has had her answer */
    assert_int_equal(bonds(p, p->boris, BOND_NONE, 0), OK);
    assert_int_equal(waiting(p, p->vera), 0);
    assert_int_equal(bond_for(p, p->vera, p->boris).kind, BOND_NONE);
}

static void a_no_is_not_asked_again(void **state)
{
    people *p = *state;
    assert_int_equal(bonds(p, p->anna, BOND_MARRIED, p->boris), OK);
    assert_int_equal(answers(p, p->boris, p->anna, 0, false), OK);
    assert_int_equal(waiting(p, p->boris), 0);
    assert_true(bond_for(p, p->anna, p->anna).waits); /* Anna is not told which */
    assert_int_equal(bonds(p, p->anna, BOND_MARRIED, p->boris), OK);
    assert_int_equal(bonds(p, p->anna, BOND_ENGAGED, p->boris), OK);
    assert_int_equal(waiting(p, p->boris), 0);
    assert_int_equal(bonds(p, p->boris, BOND_ENGAGED, p->anna), OK); /* who says it after all is named */
    assert_int_equal(bond_for(p, p->vera, p->anna).other, p->boris);
}

static void only_friends_can_be_named_and_only_where_somebody_is(void **state)
{
    people *p = *state;
    assert_int_equal(bonds(p, p->anna, BOND_MARRIED, p->vera), E_DENIED);
    assert_int_equal(adds(p, p->anna, FAMILY_SIBLING, "", p->vera), E_DENIED);
    assert_int_equal(bonds(p, p->anna, BOND_MARRIED, p->anna), E_INVALID);
    assert_int_equal(adds(p, p->anna, FAMILY_SIBLING, "", p->anna), E_INVALID);
    assert_int_equal(bonds(p, p->anna, BOND_SINGLE, p->boris), E_INVALID);
    assert_int_equal(bonds(p, p->anna, BOND_SEARCHING, p->boris), E_INVALID);
    for (int64_t kind = BOND_NONE; kind < BONDS; kind++) assert_int_equal(bonds(p, p->anna, kind, 0), OK);
    assert_int_equal(bonds(p, p->anna, BONDS, 0), E_INVALID);
    assert_int_equal(bonds(p, p->anna, -1, 0), E_INVALID);
    assert_int_equal(adds(p, p->anna, 0, "Ivan", 0), E_INVALID);
    assert_int_equal(adds(p, p->anna, FAMILIES, "Ivan", 0), E_INVALID);
}

static void a_relative_who_is_a_member_is_shown_once_they_agree(void **state)
{
    people *p = *state;
    assert_int_equal(adds(p, p->anna, FAMILY_PARENT, "Ivan Petrovich", 0), OK);
    assert_int_equal(adds(p, p->anna, FAMILY_SIBLING, "", p->boris), OK);
    assert_int_equal(adds(p, p->anna, FAMILY_CHILD, "", p->boris), E_INVALID);
    assert_int_equal(family_for(p, p->anna, p->anna), 2);
    assert_int_equal(family_for(p, p->vera, p->anna), 1);
    assert_int_equal(family_for(p, p->boris, p->anna), 1);
    assert_int_equal(waiting(p, p->boris), 1);
    assert_int_equal(answers(p, p->boris, p->anna, 2, false), OK);
    assert_int_equal(family_for(p, p->vera, p->anna), 1);
    assert_int_equal(answers(p, p->boris, p->anna, 2, true), OK); /* they may think better of it */
    assert_int_equal(family_for(p, p->vera, p->anna), 2);
    world_setting(p->w, p->boris, PRIVACY_FOUND, LEVEL_FRIENDS);
    assert_int_equal(family_for(p, p->vera, p->anna), 1); /* whoever shall not be found is not found here */
    ctx *c = world_act(p->w, p->anna);
    assert_int_equal(world_ends(c, kin_remove(c, 2)), OK);
    c = world_act(p->w, p->anna);
    assert_int_equal(world_ends(c, kin_remove(c, 2)), OK);
    assert_int_equal(answers(p, p->boris, p->anna, 2, true), E_GONE);
    assert_int_equal(family_for(p, p->anna, p->anna), 1);
}

static void a_block_takes_it_all_away_on_both_sides(void **state)
{
    people *p = *state;
    assert_int_equal(bonds(p, p->anna, BOND_MARRIED, p->boris), OK);
    assert_int_equal(answers(p, p->boris, p->anna, 0, true), OK);
    assert_int_equal(adds(p, p->boris, FAMILY_OTHER, "", p->anna), OK);
    assert_int_equal(answers(p, p->anna, p->boris, 1, true), OK);
    world_sql(p->w, "UPDATE member SET friends = 1");
    assert_int_equal(blocks(p, p->anna, p->boris), OK);
    assert_int_equal(bond_for(p, p->vera, p->anna).kind, BOND_MARRIED);
    assert_int_equal(bond_for(p, p->vera, p->anna).other, 0);
    assert_int_equal(bond_for(p, p->vera, p->boris).other, 0);
    assert_int_equal(family_for(p, p->vera, p->boris), 0);
    assert_int_equal(world_int(p->w->db, -1, "SELECT count(*) FROM kin_claim"), 0);
    ctx *c = world_act(p->w, p->anna);
    assert_int_equal(world_ends(c, friends_do(c, ACT_UNBLOCK, p->boris, STR(""))), OK);
    assert_int_equal(bond_for(p, p->vera, p->anna).other, 0); /* nothing comes back by itself */
}

static void twenty_relatives_fit_and_no_more(void **state)
{
    people *p = *state;
    for (int i = 0; i < KIN_FAMILY_MAX; i++) assert_int_equal(adds(p, p->anna, FAMILY_OTHER, "Cousin", 0), OK);
    assert_int_equal(adds(p, p->anna, FAMILY_OTHER, "Cousin", 0), E_LIMIT);
    assert_int_equal(bonds(p, p->anna, BOND_SINGLE, 0), OK);
    assert_int_equal(family_for(p, p->vera, p->anna), KIN_FAMILY_MAX);
}

static void relations_are_for_whom_the_setting_lets_in(void **state)
{
    people *p = *state;
    kin k;
    assert_int_equal(bonds(p, p->anna, BOND_SINGLE, 0), OK);
    ctx *c = world_ctx(p->w, 0);
    assert_int_equal(kin_get(c, p->anna, &k), E_DENIED);
    world_done(c);
    world_setting(p->w, p->anna, PRIVACY_DETAILS, LEVEL_FRIENDS);
    c = world_ctx(p->w, p->vera);
    assert_int_equal(kin_get(c, p->anna, &k), E_DENIED);
    world_done(c);
    assert_int_equal(bond_for(p, p->boris, p->anna).kind, BOND_SINGLE);
}

static void a_suspended_partner_is_named_to_nobody(void **state)
{
    people *p = *state;
    assert_int_equal(bonds(p, p->anna, BOND_MARRIED, p->boris), OK);
    assert_int_equal(answers(p, p->boris, p->anna, 0, true), OK);
    world_state(p->w, p->boris, MEMBER_SUSPENDED);
    assert_int_equal(bond_for(p, p->vera, p->anna).other, 0);
    assert_int_equal(bond_for(p, p->anna, p->anna).other, 0);
    assert_int_equal(waiting(p, p->anna), 0);
}

#define WITH_PEOPLE(function) cmocka_unit_test_setup_teardown(function, people_open, people_close)

static int run(db_engine which)
{
    static const char *const groups[] = {[DB_SQLITE] = "kin, SQLite", [DB_POSTGRES] = "kin, PostgreSQL"};
    const struct CMUnitTest tests[] = {
        WITH_PEOPLE(a_partner_is_named_only_when_both_say_the_same),
        WITH_PEOPLE(saying_yes_says_it_oneself),
        WITH_PEOPLE(whoever_leaves_is_named_no_more_on_either_page),
        WITH_PEOPLE(a_no_is_not_asked_again),
        WITH_PEOPLE(only_friends_can_be_named_and_only_where_somebody_is),
        WITH_PEOPLE(a_relative_who_is_a_member_is_shown_once_they_agree),
        WITH_PEOPLE(a_block_takes_it_all_away_on_both_sides),
        WITH_PEOPLE(twenty_relatives_fit_and_no_more),
        WITH_PEOPLE(relations_are_for_whom_the_setting_lets_in),
        WITH_PEOPLE(a_suspended_partner_is_named_to_nobody),
    };
    people_engine = which;
    return cmocka_run_group_tests_name(groups[which], tests, NULL, NULL);
}

int main(void)
{
    int failed = run(DB_SQLITE);
    if (getenv("VECHE_TEST_PG")) failed += run(DB_POSTGRES);
    return failed;
}
