/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include "feature/account/account.h"
#include "feature/moderate/moderate.h"
#include "graph/privacy.h"
#include "support/world.h"

static db_engine engine;

typedef struct house {
    world *w;
    int64_t owner, staff, other_staff, anna, boris;
} house;

static int open_house(void **state)
{
    house *h = *state = calloc(1, sizeof *h);
    if (!h || !(h->w = world_open(engine))) return -1;
    h->owner = world_member(h->w, ROLE_OWNER);
    h->staff = world_member(h->w, ROLE_STAFF);
    h->other_staff = world_member(h->w, ROLE_STAFF);
    h->anna = world_member(h->w, ROLE_MEMBER);
    h->boris = world_member(h->w, ROLE_MEMBER);
    world_befriend(h->w, h->anna, h->boris);
    return 0;
}

static int close_house(void **state)
{
    house *h = *state;
    if (h) world_close(h->w);
    free(h);
    return 0;
}

static rc suspend(house *h, int64_t who, int64_t whom)
{
    ctx *c = world_act(h->w, who);
    rc_code code = moderate_suspend(c, whom, STR("Sells what is not theirs."));
    if (code == OK) world_done(c);
    else world_undo(c);
    return code;
}

static rc restore(house *h, int64_t who, int64_t whom)
{
    ctx *c = world_act(h->w, who);
    rc_code code = moderate_restore(c, whom, STR("It was a mistake."));
    if (code == OK) world_done(c);
    else world_undo(c);
    return code;
}

static rc give_role(house *h, int64_t who, int64_t whom, role to)
{
    ctx *c = world_act(h->w, who);
    rc_code code = moderate_role(c, whom, to);
    if (code == OK) world_done(c);
    else world_undo(c);
    return code;
}

static int64_t column(house *h, const char *name, int64_t num)
{
    return world_int(h->w->db, -1, "SELECT %s FROM member WHERE num = %lld", name, (long long)num);
}

static int64_t sessions(house *h, int64_t num)
{
    return world_int(h->w->db, -1, "SELECT COUNT(*) FROM session WHERE member = %lld", (long long)num);
}

static void log_in(house *h, int64_t num)
{
    ctx *c = world_act(h->w, num);
    assert_int_equal(account_session_open(c, num, account_token_new(c->arena, num), true, STR("Firefox")), OK);
    world_done(c);
}

/* ---- suspension ---- */

static void a_suspension_ends_every_session(void **state)
{
    house *h = *state;
    log_in(h, h->anna);
    log_in(h, h->anna);
    log_in(h, h->boris);
    assert_int_equal(sessions(h, h->anna), 2);
    assert_int_equal(suspend(h, h->staff, h->anna), OK);
    assert_int_equal(sessions(h, h->anna), 0);
    assert_int_equal(sessions(h, h->boris), 1);
}

static void assert_closed(house *h, int64_t viewer)
{
    ctx *c = world_ctx(h->w, viewer);
    for (int item = 1; item < PRIVACY_ITEMS; item++) {
        bool may = true;
        assert_int_equal(privacy_check(c, h->anna, (privacy_item)item), E_GONE);
        assert_int_equal(privacy_may(c, h->anna, (privacy_item)item, &may), OK);
        assert_false(may);
    }
    world_done(c);
}

static void a_suspended_member_is_seen_nowhere(void **state)
{
    house *h = *state;
    bool own, elsewhere;
    ctx *c = world_ctx(h->w, h->boris);
    assert_int_equal(privacy_check(c, h->anna, PRIVACY_WALL), OK);
    world_done(c);
    assert_int_equal(suspend(h, h->staff, h->anna), OK);
    assert_closed(h, h->boris);
    assert_closed(h, 0);
    c = world_ctx(h->w, h->boris);
    assert_int_equal(privacy_see_post(c, h->anna, h->anna, LEVEL_EVERYONE, &own), OK);
    assert_int_equal(privacy_see_post(c, h->boris, h->anna, LEVEL_EVERYONE, &elsewhere), OK);
    assert_false(own);
    assert_false(elsewhere);
    world_done(c);
}

static void the_news_drop_a_suspended_member_at_once(void **state)
{
    house *h = *state;
    news_page news;
    world_post(h->w, h->anna, h->anna, LEVEL_FRIENDS);
    ctx *c = world_ctx(h->w, h->boris);
    assert_int_equal(graph_news(c, INT64_MAX, 20, &news), OK);
    assert_int_equal(news.len, 1);
    world_done(c);
    assert_int_equal(suspend(h, h->staff, h->anna), OK);
    c = world_ctx(h->w, h->boris);
    assert_int_equal(graph_news(c, INT64_MAX, 20, &news), OK);
    assert_int_equal(news.len, 0);
    world_done(c);
}

static void staff_still_see_whom_they_suspended(void **state)
{
    house *h = *state;
    assert_int_equal(suspend(h, h->staff, h->anna), OK);
    ctx *c = world_ctx(h->w, h->staff);
    assert_int_equal(privacy_check(c, h->anna, PRIVACY_PROFILE), OK);
    world_done(c);
}

static void a_restored_member_is_seen_again(void **state)
{
    house *h = *state;
    assert_int_equal(suspend(h, h->staff, h->anna), OK);
    assert_int_equal(restore(h, h->other_staff, h->anna), OK);
    assert_int_equal(column(h, "state", h->anna), MEMBER_ACTIVE);
    ctx *c = world_ctx(h->w, h->boris);
    assert_int_equal(privacy_check(c, h->anna, PRIVACY_WALL), OK);
    world_done(c);
}

static void each_act_raises_the_version(void **state)
{
    house *h = *state;
    int64_t before = column(h, "version", h->anna);
    assert_int_equal(suspend(h, h->staff, h->anna), OK);
    assert_int_equal(column(h, "version", h->anna), before + 1);
    assert_int_equal(restore(h, h->staff, h->anna), OK);
    assert_int_equal(give_role(h, h->owner, h->anna, ROLE_STAFF), OK);
    assert_int_equal(column(h, "version", h->anna), before + 3);
}

static void what_is_so_already_is_said(void **state)
{
    house *h = *state;
    assert_int_equal(restore(h, h->staff, h->anna), E_CONFLICT);
    assert_int_equal(suspend(h, h->staff, h->anna), OK);
    assert_int_equal(suspend(h, h->other_staff, h->anna), E_CONFLICT);
    assert_int_equal(suspend(h, h->staff, 4000), E_NOT_FOUND);
    world_state(h->w, h->boris, MEMBER_GONE);
    assert_int_equal(suspend(h, h->staff, h->boris), E_GONE);
}

static void a_suspension_has_a_reason_of_bounded_length(void **state)
{
    house *h = *state;
    ctx *c = world_act(h->w, h->staff);
    str most = STR("");
    for (int i = 0; i < MODERATE_REASON_MAX; i++) most = arena_printf(c->arena, "%.*sя", STR_ARG(most));
    assert_int_equal(moderate_suspend(c, h->anna, STR("")), E_INVALID);
    assert_int_equal(moderate_suspend(c, h->anna, arena_printf(c->arena, "%.*sя", STR_ARG(most))), E_INVALID);
    assert_int_equal(moderate_suspend(c, h->anna, most), OK);
    world_done(c);
}

/* ---- who may ---- */

static void plain_members_moderate_nobody(void **state)
{
    house *h = *state;
    assert_int_equal(suspend(h, h->boris, h->anna), E_DENIED);
    assert_int_equal(give_role(h, h->boris, h->boris, ROLE_STAFF), E_DENIED);
    assert_int_equal(column(h, "state", h->anna), MEMBER_ACTIVE);
}

static void staff_touch_members_only_and_never_themselves(void **state)
{
    house *h = *state;
    assert_int_equal(suspend(h, h->staff, h->staff), E_DENIED);
    assert_int_equal(suspend(h, h->staff, h->other_staff), E_DENIED);
    assert_int_equal(suspend(h, h->staff, h->owner), E_DENIED);
    assert_int_equal(give_role(h, h->staff, h->anna, ROLE_STAFF), E_DENIED);
    assert_int_equal(suspend(h, h->staff, h->anna), OK);
}

static void the_owner_touches_staff_but_not_themselves(void **state)
{
    house *h = *state;
    assert_int_equal(suspend(h, h->owner, h->owner), E_DENIED);
    assert_int_equal(give_role(h, h->owner, h->owner, ROLE_MEMBER), E_DENIED);
    assert_int_equal(suspend(h, h->owner, h->staff), OK);
    assert_int_equal(restore(h, h->other_staff, h->staff), E_DENIED);
    assert_int_equal(restore(h, h->owner, h->staff), OK);
}

/* The session was looked at before the act began. */
static void whoever_was_dismissed_meanwhile_may_no_longer(void **state)
{
    house *h = *state;
    assert_int_equal(give_role(h, h->owner, h->staff, ROLE_MEMBER), OK);
    ctx *c = world_act(h->w, h->staff);
    c->viewer.role = ROLE_STAFF;
    assert_int_equal(moderate_suspend(c, h->anna, STR("No longer.")), E_DENIED);
    world_undo(c);
    world_state(h->w, h->other_staff, MEMBER_SUSPENDED);
    assert_int_equal(suspend(h, h->other_staff, h->anna), E_DENIED);
}

static void the_console_acts_as_the_owner(void **state)
{
    house *h = *state;
    ctx *c = world_act(h->w, 0);
    c->viewer.role = ROLE_OWNER;
    assert_int_equal(moderate_role(c, h->anna, ROLE_STAFF), OK);
    assert_int_equal(moderate_suspend(c, h->staff, STR("From the console.")), OK);
    world_done(c);
    assert_int_equal(suspend(h, 0, h->boris), E_DENIED); /* a guest is no console */
}

static void roles_are_given_and_taken_by_the_owner(void **state)
{
    house *h = *state;
    assert_int_equal(give_role(h, h->owner, h->anna, ROLE_STAFF), OK);
    assert_int_equal(column(h, "role", h->anna), ROLE_STAFF);
    assert_int_equal(give_role(h, h->owner, h->anna, ROLE_STAFF), E_CONFLICT);
    assert_int_equal(give_role(h, h->owner, h->anna, ROLE_OWNER), E_INVALID);
    assert_int_equal(give_role(h, h->owner, h->anna, ROLE_GUEST), E_INVALID);
    assert_int_equal(give_role(h, h->owner, h->anna, ROLE_MEMBER), OK);
    assert_int_equal(suspend(h, h->owner, h->anna), OK);
    assert_int_equal(give_role(h, h->owner, h->anna, ROLE_STAFF), E_CONFLICT);
}

/* ---- notes and lists ---- */

static void each_act_is_noted_with_who_and_why(void **state)
{
    house *h = *state;
    assert_int_equal(suspend(h, h->staff, h->anna), OK);
    assert_int_equal(restore(h, h->owner, h->anna), OK);
    assert_int_equal(give_role(h, h->owner, h->anna, ROLE_STAFF), OK);
    ctx *c = world_ctx(h->w, h->staff);
    const member_card *card;
    int64_t joined;
    moderate_notes notes;
    assert_int_equal(moderate_member(c, h->anna, &card, &joined, &notes), OK);
    assert_int_equal(notes.len, 3);
    assert_int_equal(notes.items[0].act, MODERATE_APPOINT);
    assert_str(notes.items[0].reason, STR(""));
    assert_int_equal(notes.items[1].act, MODERATE_RESTORE);
    assert_int_equal(notes.items[1].staff, h->owner);
    assert_int_equal(notes.items[2].act, MODERATE_SUSPEND);
    assert_int_equal(notes.items[2].staff, h->staff);
    assert_int_equal(notes.items[2].at, c->now);
    assert_str(notes.items[2].reason, STR("Sells what is not theirs."));
    assert_int_equal(moderate_member(c, 4000, &card, &joined, &notes), E_NOT_FOUND);
    world_done(c);
}

static void a_refused_act_leaves_no_note(void **state)
{
    house *h = *state;
    assert_int_equal(suspend(h, h->staff, h->owner), E_DENIED);
    assert_int_equal(world_int(h->w->db, -1, "SELECT COUNT(*) FROM moderation"), 0);
}

static member_page listed(ctx *c, member_filter f)
{
    member_page page;
    if (f.before == 0) f.before = INT64_MAX;
    if (!f.name.ptr) f.name = STR("");
    assert_int_equal(moderate_members(c, &f, &page), OK);
    return page;
}

static void members_are_listed_newest_first_page_by_page(void **state)
{
    house *h = *state;
    while (h->w->last_member < MODERATE_PAGE + 5) (void)world_member(h->w, ROLE_MEMBER);
    ctx *c = world_ctx(h->w, h->staff);
    member_page first = listed(c, (member_filter){.state = -1, .role = -1});
    assert_int_equal(first.len, MODERATE_PAGE);
    assert_int_equal(first.before, 6);
    assert_int_equal(first.items[0]->num, MODERATE_PAGE + 5);
    member_page second = listed(c, (member_filter){.state = -1, .role = -1, .before = first.before});
    assert_int_equal(second.len, 5);
    assert_int_equal(second.before, 0);
    assert_int_equal(second.items[0]->num, 5);
    assert_int_equal(second.items[4]->num, 1);
    assert_int_equal(listed(c, (member_filter){.state = -1, .role = -1, .before = INT64_MIN}).len, 0);
    world_done(c);
}

static void members_are_found_by_state_and_role(void **state)
{
    house *h = *state;
    assert_int_equal(suspend(h, h->owner, h->staff), OK);
    assert_int_equal(suspend(h, h->owner, h->anna), OK);
    ctx *c = world_ctx(h->w, h->owner);
    member_page page = listed(c, (member_filter){.state = MEMBER_SUSPENDED, .role = -1});
    assert_int_equal(page.len, 2);
    assert_int_equal(page.items[0]->num, h->anna);
    page = listed(c, (member_filter){.state = MEMBER_SUSPENDED, .role = ROLE_STAFF});
    assert_int_equal(page.len, 1);
    assert_int_equal(page.items[0]->num, h->staff);
    page = listed(c, (member_filter){.state = -1, .role = ROLE_STAFF});
    assert_int_equal(page.len, 2);
    page = listed(c, (member_filter){.state = MEMBER_ACTIVE, .role = ROLE_MEMBER});
    assert_int_equal(page.len, 1);
    assert_int_equal(page.items[0]->num, h->boris);
    world_done(c);
}

static void rename_member(house *h, int64_t num, const char *search)
{
    ctx *c = world_act(h->w, num);
    assert_int_equal(account_words(c, num, str_of(search)), OK);
    world_done(c);
}

static int64_t only(ctx *c, str name)
{
    member_page page = listed(c, (member_filter){.name = name, .state = -1, .role = -1});
    return page.len == 1 ? page.items[0]->num : -(int64_t)page.len;
}

static void members_are_found_by_the_beginning_of_a_name_or_a_number(void **state)
{
    house *h = *state;
    rename_member(h, h->anna, " anna mayer anna_m");
    rename_member(h, h->boris, " boris mayer boris");
    ctx *c = world_ctx(h->w, h->staff);
    assert_int_equal(only(c, STR("Anna")), h->anna);
    assert_int_equal(only(c, STR("Анна Ма")), h->anna);
    assert_int_equal(only(c, STR(" @anna_m ")), h->anna);
    assert_int_equal(only(c, STR("may an")), h->anna);
    assert_int_equal(only(c, STR("mayer")), -2);
    member_page both = listed(c, (member_filter){.name = STR("m"), .state = -1, .role = -1});
    assert_true(both.len >= 2 && both.items[0]->num > both.items[1]->num); /* the newest first */
    assert_int_equal(only(c, STR("ayer")), 0);
    assert_int_equal(only(c, STR("%")), 0);
    assert_int_equal(only(c, STR("ann_")), 0);
    assert_int_equal(only(c, STR("id5")), 5);
    assert_int_equal(only(c, STR("5")), 5);
    assert_int_equal(only(c, STR("4000")), 0);
    assert_int_equal(only(c, STR("-1")), 0);
    world_done(c);
}

static void the_figures_count_members(void **state)
{
    house *h = *state;
    assert_int_equal(suspend(h, h->staff, h->anna), OK);
    world_state(h->w, h->boris, MEMBER_GONE);
    ctx *c = world_ctx(h->w, h->staff);
    figures now;
    assert_int_equal(moderate_figures(c, "/", &now), OK);
    assert_int_equal(now.members, 5);
    assert_int_equal(now.suspended, 1);
    assert_int_equal(now.gone, 1);
    assert_int_equal(now.staff, 3);
    assert_true(now.database_bytes > 0);
    assert_true(now.disk_total >= now.disk_free && now.disk_total > 0);
    assert_true(str_starts(now.engine, engine == DB_SQLITE ? STR("SQLite 3.") : STR("PostgreSQL ")));
    world_done(c);
}

#define IN_A_HOUSE(function) cmocka_unit_test_setup_teardown(function, open_house, close_house)

static int run(db_engine which)
{
    static const char *const groups[] = {[DB_SQLITE] = "moderate, SQLite", [DB_POSTGRES] = "moderate, PostgreSQL"};
    const struct CMUnitTest tests[] = {
        IN_A_HOUSE(a_suspension_ends_every_session),
        IN_A_HOUSE(a_suspended_member_is_seen_nowhere),
        IN_A_HOUSE(the_news_drop_a_suspended_member_at_once),
        IN_A_HOUSE(staff_still_see_whom_they_suspended),
        IN_A_HOUSE(a_restored_member_is_seen_again),
        IN_A_HOUSE(each_act_raises_the_version),
        IN_A_HOUSE(what_is_so_already_is_said),
        IN_A_HOUSE(a_suspension_has_a_reason_of_bounded_length),
        IN_A_HOUSE(plain_members_moderate_nobody),
        IN_A_HOUSE(staff_touch_members_only_and_never_themselves),
        IN_A_HOUSE(the_owner_touches_staff_but_not_themselves),
        IN_A_HOUSE(whoever_was_dismissed_meanwhile_may_no_longer),
        IN_A_HOUSE(the_console_acts_as_the_owner),
        IN_A_HOUSE(roles_are_given_and_taken_by_the_owner),
        IN_A_HOUSE(each_act_is_noted_with_who_and_why),
        IN_A_HOUSE(a_refused_act_leaves_no_note),
        IN_A_HOUSE(members_are_listed_newest_first_page_by_page),
        IN_A_HOUSE(members_are_found_by_state_and_role),
        IN_A_HOUSE(members_are_found_by_the_beginning_of_a_name_or_a_number),
        IN_A_HOUSE(the_figures_count_members),
    };
    engine = which;
    return cmocka_run_group_tests_name(groups[which], tests, NULL, NULL);
}

int main(void)
{
    int failed = run(DB_SQLITE);
    if (getenv("VECHE_TEST_PG")) failed += run(DB_POSTGRES);
    return failed;
}
