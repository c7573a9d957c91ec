/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include "base/clock.h"
#include "feature/profile/profile.h"
#include "feature/profile/profile_privacy.h"
#include "support/people.h"

static int64_t version_of(const people *p, int64_t num)
{
    return world_int(p->w->db, -1, "SELECT version FROM member WHERE num = %lld", (long long)num);
}

static void save_birthday(people *p, birthday b, birthday_show show)
{
    ctx *c = world_act(p->w, p->anna);
    profile_told told = {.given = STR("Anna"), .family = STR("Mayer"), .birthday = b, .birthday_show = show};
    told.patronymic = told.maiden = told.nickname = told.home_town = STR("");
    assert_int_equal(profile_save(c, &told, STR(" anna mayer anna")), OK);
    world_done(c);
}

static birthday seen_by(people *p, int64_t viewer)
{
    ctx *c = world_ctx(p->w, viewer);
    profile page;
    assert_int_equal(profile_get(c, p->anna, &page), OK);
    birthday b = page.told.birthday;
    world_done(c);
    return b;
}

static rc page_for(people *p, int64_t viewer, int64_t owner)
{
    ctx *c = world_ctx(p->w, viewer);
    profile page;
    rc_code code = profile_get(c, owner, &page);
    world_done(c);
    return code;
}

/* ---- birthdays ---- */

static void impossible_birthdays_are_refused(void **state)
{
    (void)state;
    const int64_t now = INT64_C(1700000000000); /* 14 November 2023 */
    assert_true(birthday_possible((birthday){1990, 5, 14}, now));
    assert_true(birthday_possible((birthday){2000, 2, 29}, now));
    assert_true(birthday_possible((birthday){0, 2, 29}, now));
    assert_true(birthday_possible((birthday){1900, 1, 1}, now));
    assert_true(birthday_possible((birthday){2023, 11, 14}, now));
    assert_false(birthday_possible((birthday){1899, 12, 31}, now));
    assert_false(birthday_possible((birthday){1999, 2, 29}, now));
    assert_false(birthday_possible((birthday){1990, 4, 31}, now));
    assert_false(birthday_possible((birthday){1990, 13, 1}, now));
    assert_false(birthday_possible((birthday){1990, 0, 14}, now));
    assert_false(birthday_possible((birthday){0, 5, 0}, now));
    assert_false(birthday_possible((birthday){2023, 11, 16}, now));
    assert_false(birthday_possible((birthday){2024, 1, 1}, now));
}

static void a_birthday_comes_back_as_it_was_packed(void **state)
{
    (void)state;
    birthday b = birthday_unpack(birthday_pack((birthday){1990, 5, 14}));
    assert_int_equal(b.year, 1990);
    assert_int_equal(b.month, 5);
    assert_int_equal(b.day, 14);
    b = birthday_unpack(birthday_pack((birthday){0, 12, 31}));
    assert_int_equal(b.year, 0);
    assert_int_equal(b.month, 12);
    assert_int_equal(birthday_unpack(0).month, 0);
}

static void saving_refuses_an_impossible_birthday(void **state)
{
    people *p = *state;
    ctx *c = world_act(p->w, p->anna);
    profile_told told = {.given = STR("Anna"), .birthday = {1990, 2, 30}};
    assert_int_equal(profile_save(c, &told, STR(" anna mayer anna")), E_INVALID);
    world_undo(c);
}

static void a_birthday_is_shown_as_far_as_its_owner_says(void **state)
{
    people *p = *state;
    save_birthday(p, (birthday){1990, 5, 14}, BIRTHDAY_FULL);
    assert_int_equal(seen_by(p, p->boris).year, 1990);
    assert_int_equal(seen_by(p, p->boris).day, 14);
    save_birthday(p, (birthday){1990, 5, 14}, BIRTHDAY_DAY);
    assert_int_equal(seen_by(p, p->boris).year, 0);
    assert_int_equal(seen_by(p, p->boris).month, 5);
    save_birthday(p, (birthday){1990, 5, 14}, BIRTHDAY_HIDDEN);
    assert_int_equal(seen_by(p, p->boris).month, 0);
}

static void a_birthday_is_shown_to_friends_unless_set_otherwise(void **state)
{
    people *p = *state;
    save_birthday(p, (birthday){1990, 5, 14}, BIRTHDAY_FULL);
    assert_int_equal(seen_by(p, p->boris).month, 5);
    assert_int_equal(seen_by(p, p->anna).month, 5);
    assert_int_equal(seen_by(p, p->vera).month, 0);
    assert_int_equal(seen_by(p, 0).month, 0);
    world_setting(p->w, p->anna, PRIVACY_BIRTHDAY, LEVEL_EVERYONE);
    assert_int_equal(seen_by(p, p->vera).month, 5);
    assert_int_equal(seen_by(p, 0).month, 5);
    world_setting(p->w, p->anna, PRIVACY_BIRTHDAY, LEVEL_NOBODY);
    assert_int_equal(seen_by(p, p->boris).month, 0);
    assert_int_equal(seen_by(p, p->anna).month, 5);
}

static void ones_own_form_knows_the_whole_birthday(void **state)
{
    people *p = *state;
    save_birthday(p, (birthday){1990, 5, 14}, BIRTHDAY_HIDDEN);
    ctx *c = world_ctx(p->w, p->anna);
    profile_told told;
    assert_int_equal(profile_own(c, &told), OK);
    assert_int_equal(told.birthday.year, 1990);
    assert_int_equal(told.birthday_show, BIRTHDAY_HIDDEN);
    world_done(c);
}

/* ---- pages ---- */

static void a_closed_page_is_refused(void **state)
{
    people *p = *state;
    world_setting(p->w, p->anna, PRIVACY_PROFILE, LEVEL_FRIENDS);
    assert_int_equal(page_for(p, p->boris, p->anna), OK);
    assert_int_equal(page_for(p, p->anna, p->anna), OK);
    assert_int_equal(page_for(p, p->vera, p->anna), E_DENIED);
    assert_int_equal(page_for(p, 0, p->anna), E_DENIED);
}

static void a_suspended_members_page_is_gone_for_all_but_staff(void **state)
{
    people *p = *state;
    int64_t staff = world_member(p->w, ROLE_STAFF);
    world_state(p->w, p->anna, MEMBER_SUSPENDED);
    assert_int_equal(page_for(p, p->boris, p->anna), E_GONE);
    assert_int_equal(page_for(p, 0, p->anna), E_GONE);
    assert_int_equal(page_for(p, staff, p->anna), OK);
}

static void nobodys_number_has_no_page(void **state)
{
    people *p = *state;
    assert_int_equal(page_for(p, p->anna, 4000), E_NOT_FOUND);
}

static void a_hidden_list_of_friends_shows_neither_number_nor_faces(void **state)
{
    people *p = *state;
    world_sql(p->w, "UPDATE member SET friends = 1 WHERE num = %lld", (long long)p->anna);
    world_setting(p->w, p->anna, PRIVACY_FRIENDS, LEVEL_FRIENDS);
    ctx *c = world_ctx(p->w, p->vera);
    profile page;
    faces f;
    assert_int_equal(profile_get(c, p->anna, &page), OK);
    assert_false(page.friends_open);
    assert_int_equal(page.friends, 0);
    assert_int_equal(profile_faces(c, p->anna, &f), E_DENIED);
    assert_int_equal(f.len, 0);
    world_done(c);
    c = world_ctx(p->w, p->boris);
    assert_int_equal(profile_get(c, p->anna, &page), OK);
    assert_int_equal(page.friends, 1);
    world_done(c);
}

static void shared_friends_come_first_and_closed_ones_not_at_all(void **state)
{
    people *p = *state;
    int64_t early = world_member(p->w, ROLE_MEMBER), shared = world_member(p->w, ROLE_MEMBER);
    int64_t gone = world_member(p->w, ROLE_MEMBER);
    world_befriend(p->w, p->anna, early);
    world_befriend(p->w, p->anna, shared);
    world_befriend(p->w, p->vera, shared);
    world_befriend(p->w, p->anna, gone);
    world_befriend(p->w, p->vera, gone);
    world_state(p->w, gone, MEMBER_SUSPENDED);
    ctx *c = world_ctx(p->w, p->vera);
    faces f;
    assert_int_equal(profile_faces(c, p->anna, &f), OK);
    assert_int_equal(f.len, 3);
    assert_int_equal(f.nums[0], shared);
    assert_int_equal(f.nums[1], p->boris);
    assert_int_equal(f.nums[2], early);
    assert_int_equal(f.mutual, 1);
    world_done(c);
}

static void a_shared_friend_who_is_not_to_be_found_is_not_counted(void **state)
{
    people *p = *state;
    int64_t shared = world_member(p->w, ROLE_MEMBER), shy = world_member(p->w, ROLE_MEMBER), closed = world_member(p->w, ROLE_MEMBER);
    int64_t all[] = {shared, shy, closed};
    for (size_t i = 0; i < 3; i++) {
        world_befriend(p->w, p->anna, all[i]);
        world_befriend(p->w, p->vera, all[i]);
    }
    world_setting(p->w, shy, PRIVACY_FOUND, LEVEL_NOBODY);
    world_setting(p->w, closed, PRIVACY_PROFILE, LEVEL_NOBODY);
    ctx *c = world_ctx(p->w, p->vera);
    faces f;
    assert_int_equal(profile_faces(c, p->anna, &f), OK);
    assert_int_equal(f.mutual, 1);
    assert_int_equal(f.nums[0], shared);
    world_done(c);
}

static void a_crowd_of_friends_shows_eight(void **state)
{
    people *p = *state;
    for (int i = 0; i < 20; i++) world_befriend(p->w, p->anna, world_member(p->w, ROLE_MEMBER));
    ctx *c = world_ctx(p->w, 0);
    faces f;
    world_setting(p->w, p->anna, PRIVACY_FRIENDS, LEVEL_EVERYONE);
    world_done(c);
    c = world_ctx(p->w, 0);
    assert_int_equal(profile_faces(c, p->anna, &f), OK);
    assert_int_equal(f.len, FACES_MAX);
    assert_int_equal(f.mutual, 0);
    world_done(c);
}

/* ---- changes ---- */

static void saving_raises_the_version_and_renames_everywhere(void **state)
{
    people *p = *state;
    const member_card *card;
    ctx *c = world_ctx(p->w, p->boris);
    assert_int_equal(graph_member(c, p->anna, &card), OK);
    world_done(c);
    int64_t before = version_of(p, p->anna);
    save_birthday(p, (birthday){0}, BIRTHDAY_HIDDEN);
    assert_int_equal(version_of(p, p->anna), before + 1);
    c = world_ctx(p->w, p->boris);
    assert_int_equal(graph_member(c, p->anna, &card), OK);
    assert_str(card->given, STR("Anna"));
    assert_int_equal(card->version, before + 1);
    world_done(c);
    assert_int_equal(world_int(p->w->db, 0, "SELECT num FROM member WHERE search LIKE '%% mayer%%'"), p->anna);
    assert_int_equal(world_int(p->w->db, 0, "SELECT num FROM member_word WHERE word = 'mayer'"), p->anna);
}

static void a_status_line_is_set_and_taken_away(void **state)
{
    people *p = *state;
    profile page;
    int64_t before = version_of(p, p->anna);
    ctx *c = world_act(p->w, p->anna);
    assert_int_equal(profile_set_status(c, STR("Slow trains, fast bicycles.")), OK);
    world_done(c);
    assert_int_equal(version_of(p, p->anna), before + 1);
    c = world_ctx(p->w, p->boris);
    assert_int_equal(profile_get(c, p->anna, &page), OK);
    assert_str(page.status, STR("Slow trains, fast bicycles."));
    world_done(c);
    c = world_act(p->w, p->anna);
    assert_int_equal(profile_set_status(c, STR("")), OK);
    world_done(c);
    c = world_ctx(p->w, p->boris);
    assert_int_equal(profile_get(c, p->anna, &page), OK);
    assert_str(page.status, STR(""));
    world_done(c);
}

/* ---- privacy settings ---- */

static num_list list_of(arena *a, const uint32_t *nums, size_t len)
{
    num_list l = {ARENA_ARRAY(a, uint32_t, len), len};
    for (size_t i = 0; i < len; i++) l.items[i] = nums[i];
    return l;
}

/* Anna's page: friends and Vera, but not Boris; the names in no order and twice. */
static void close_to_boris(people *p, ctx *c)
{
    const uint32_t boris = (uint32_t)p->boris, vera = (uint32_t)p->vera, anna = 1;
    privacy_settings s;
    assert_int_equal(profile_privacy_get(c, &s), OK);
    s.of[PRIVACY_PROFILE] = (audience){.base = LEVEL_FRIENDS};
    s.of[PRIVACY_PROFILE].allow_members = list_of(c->arena, (const uint32_t[]){vera, anna, vera}, 3);
    s.of[PRIVACY_PROFILE].except_members = list_of(c->arena, &boris, 1);
    assert_int_equal(profile_privacy_save(c, &s), OK);
}

static void exceptions_are_stored_in_their_canonical_form(void **state)
{
    people *p = *state;
    ctx *c = world_act(p->w, p->anna);
    close_to_boris(p, c);
    world_done(c);
    int64_t stored = world_int(p->w->db, -1, "SELECT audience FROM privacy WHERE owner = %lld AND item = %d", (long long)p->anna,
                               PRIVACY_PROFILE);
    int64_t canonical = world_int(p->w->db, -2, "SELECT id FROM audience WHERE owner = %lld AND spec = '3+m1+m%lld-m%lld'",
                                  (long long)p->anna, (long long)p->vera, (long long)p->boris);
    assert_int_equal(stored, canonical);
    assert_int_equal(world_int(p->w->db, -1, "SELECT COUNT(*) FROM privacy WHERE owner = %lld", (long long)p->anna), 1);
}

static void exceptions_hold_from_the_commit_on(void **state)
{
    people *p = *state;
    assert_int_equal(page_for(p, p->boris, p->anna), OK);
    ctx *c = world_act(p->w, p->anna);
    close_to_boris(p, c);
    world_done(c);
    assert_int_equal(page_for(p, p->boris, p->anna), E_DENIED);
    assert_int_equal(page_for(p, p->vera, p->anna), OK);
    assert_int_equal(page_for(p, 0, p->anna), E_DENIED);
}

static void saving_the_same_settings_again_changes_nothing(void **state)
{
    people *p = *state;
    ctx *c = world_act(p->w, p->anna);
    close_to_boris(p, c);
    world_done(c);
    c = world_act(p->w, p->anna);
    close_to_boris(p, c);
    assert_null(c->changes);
    world_done(c);
    assert_int_equal(world_int(p->w->db, -1, "SELECT COUNT(*) FROM audience WHERE owner = %lld", (long long)p->anna), 1);
}

static void settings_come_back_as_names(void **state)
{
    people *p = *state;
    ctx *c = world_act(p->w, p->anna);
    close_to_boris(p, c);
    world_done(c);
    c = world_ctx(p->w, p->anna);
    privacy_settings s;
    str allow, except, none;
    assert_int_equal(profile_privacy_get(c, &s), OK);
    assert_int_equal(s.of[PRIVACY_PROFILE].base, LEVEL_FRIENDS);
    assert_int_equal(profile_names_write(c, &s.of[PRIVACY_PROFILE].allow_members, &allow), OK);
    assert_int_equal(profile_names_write(c, &s.of[PRIVACY_PROFILE].except_members, &except), OK);
    assert_int_equal(profile_names_write(c, &s.of[PRIVACY_WALL].allow_members, &none), OK);
    assert_str(allow, STR("@member1, @member3"));
    assert_str(except, STR("@member2"));
    assert_str(none, STR(""));
    assert_int_equal(s.of[PRIVACY_BIRTHDAY].base, privacy_default[PRIVACY_BIRTHDAY]);
    world_done(c);
}

static void names_are_read_as_people_type_them(void **state)
{
    people *p = *state;
    ctx *c = world_ctx(p->w, p->anna);
    num_list l;
    str unknown;
    assert_int_equal(profile_names_read(c, STR("  @member2,Member3 ;@member1,, member2 "), &l, &unknown), OK);
    assert_int_equal(l.len, 3); /* not Anna herself; repeats are the audience's business */
    assert_int_equal(l.items[0], p->boris);
    assert_int_equal(l.items[1], p->vera);
    assert_int_equal(profile_names_read(c, STR(""), &l, &unknown), OK);
    assert_int_equal(l.len, 0);
    world_done(c);
}

static void an_unknown_name_is_named(void **state)
{
    people *p = *state;
    ctx *c = world_ctx(p->w, p->anna);
    num_list l;
    str unknown;
    assert_int_equal(profile_names_read(c, STR("@member2, @olga"), &l, &unknown), E_NOT_FOUND);
    assert_str(unknown, STR("olga"));
    assert_int_equal(profile_names_read(c, STR("@"), &l, &unknown), E_NOT_FOUND);
    assert_str(unknown, STR("@"));
    assert_int_equal(profile_names_read(c, STR("averyveryveryverylongnamethatnobodycanhave"), &l, &unknown), E_NOT_FOUND);
    world_done(c);
}

static void a_list_of_names_has_an_end(void **state)
{
    people *p = *state;
    ctx *c = world_ctx(p->w, p->anna);
    num_list l;
    str unknown, text = STR("");
    for (int i = 0; i < AUDIENCE_LIST_MAX; i++) text = arena_printf(c->arena, "%.*s member2", STR_ARG(text));
    assert_int_equal(profile_names_read(c, text, &l, &unknown), OK);
    text = arena_printf(c->arena, "%.*s member3", STR_ARG(text));
    assert_int_equal(profile_names_read(c, text, &l, &unknown), E_INVALID);
    world_done(c);
}

#define WITH_PEOPLE(function) cmocka_unit_test_setup_teardown(function, people_open, people_close)

static int run(db_engine which)
{
    static const char *const groups[] = {[DB_SQLITE] = "profile, SQLite", [DB_POSTGRES] = "profile, PostgreSQL"};
    const struct CMUnitTest tests[] = {
        TEST(impossible_birthdays_are_refused),
        TEST(a_birthday_comes_back_as_it_was_packed),
        WITH_PEOPLE(saving_refuses_an_impossible_birthday),
        WITH_PEOPLE(a_birthday_is_shown_as_far_as_its_owner_says),
        WITH_PEOPLE(a_birthday_is_shown_to_friends_unless_set_otherwise),
        WITH_PEOPLE(ones_own_form_knows_the_whole_birthday),
        WITH_PEOPLE(a_closed_page_is_refused),
        WITH_PEOPLE(a_suspended_members_page_is_gone_for_all_but_staff),
        WITH_PEOPLE(nobodys_number_has_no_page),
        WITH_PEOPLE(a_hidden_list_of_friends_shows_neither_number_nor_faces),
        WITH_PEOPLE(a_shared_friend_who_is_not_to_be_found_is_not_counted),
        WITH_PEOPLE(shared_friends_come_first_and_closed_ones_not_at_all),
        WITH_PEOPLE(a_crowd_of_friends_shows_eight),
        WITH_PEOPLE(saving_raises_the_version_and_renames_everywhere),
        WITH_PEOPLE(a_status_line_is_set_and_taken_away),
        WITH_PEOPLE(exceptions_are_stored_in_their_canonical_form),
        WITH_PEOPLE(exceptions_hold_from_the_commit_on),
        WITH_PEOPLE(saving_the_same_settings_again_changes_nothing),
        WITH_PEOPLE(settings_come_back_as_names),
        WITH_PEOPLE(names_are_read_as_people_type_them),
        WITH_PEOPLE(an_unknown_name_is_named),
        WITH_PEOPLE(a_list_of_names_has_an_end),
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
