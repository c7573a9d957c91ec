/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who counts as being here, what of it is kept, who may see it, and how it is said. Who sees it over many random worlds is
 * graph/privacy_test.c's business. */
#include "base/testing.h"

#include "base/clock.h"
#include "feature/presence/presence_web.h"
#include "feature/profile/profile_privacy.h"
#include "http/req.h"
#include "support/world.h"

#define L(x) ((long long)(x))
/* A Wednesday in August 2025, 15:40 UTC. */
#define THEN (INT64_C(1754493600000) + 20 * MS_MINUTE)

static world *w;

static int opened(void)
{
    if (!w) return -1;
    w->now = THEN;
    return lang_start() ? 0 : -1;
}

static int open_sqlite(void **state) { (void)state; return w = world_open(DB_SQLITE), opened(); }
static int open_postgres(void **state) { (void)state; return w = world_open(DB_POSTGRES), opened(); }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

/* A request of the member at this moment; true when the hour is due to be stored. */
static bool asks(int64_t num, int64_t now)
{
    w->now = now;
    ctx *c = world_ctx(w, num);
    bool due = graph_here(c, num);
    world_done(c);
    return due;
}

static void store(int64_t num)
{
    ctx *c = world_act(w, num);
    assert_int_equal(presence_store(c, STR("")), OK);
    world_done(c);
}

/* A visit and what follows from it. */
static void visits(int64_t num, int64_t now)
{
    if (asks(num, now)) store(num);
}

static presence seen_by(int64_t viewer, int64_t num)
{
    presence p;
    bool online;
    ctx *c = world_ctx(w, viewer);
    assert_int_equal(presence_of(c, num, &p), OK);
    assert_int_equal(presence_online(c, num, &online), OK);
    assert_int_equal(online, p.online);
    world_done(c);
    return p;
}

static int64_t stored(int64_t num)
{
    return world_int(w->db, 0, "SELECT hour FROM presence WHERE bucket = %lld AND member = %lld", L(bucket_of(num)), L(num));
}

static int64_t somebody(level who_sees)
{
    int64_t num = world_member(w, ROLE_MEMBER);
    world_setting(w, num, PRIVACY_PRESENCE, who_sees);
    return num;
}

/* As after a restart: memory is empty, the database is not. */
static void forget_memory(void)
{
    graph_close(w->graph);
    w->graph = graph_open((size_t)256 << 20);
}

static void a_member_is_online_for_five_minutes_after_a_request(void **state)
{
    (void)state;
    int64_t me = somebody(LEVEL_MEMBERS), other = somebody(LEVEL_MEMBERS);
    assert_false(seen_by(me, other).online);
    visits(other, THEN);
    assert_true(seen_by(me, other).online);
    w->now = THEN + ONLINE_MS;
    assert_true(seen_by(me, other).online);
    w->now = THEN + ONLINE_MS + MS_MINUTE;
    assert_false(seen_by(me, other).online);
    visits(other, w->now);
    assert_true(seen_by(me, other).online);
}

static void nothing_finer_than_the_hour_is_known_afterwards(void **state)
{
    (void)state;
    int64_t me = somebody(LEVEL_MEMBERS), other = somebody(LEVEL_MEMBERS), hour = THEN - THEN % MS_HOUR;
    for (int64_t at = hour; at < hour + MS_HOUR; at += 7 * MS_MINUTE + 13 * MS_SECOND) visits(other, at);
    assert_int_equal(stored(other), hour);
    w->now = hour + 3 * MS_HOUR;
    assert_int_equal(seen_by(me, other).hour, hour);
}

static void an_hour_is_stored_once_however_many_ask(void **state)
{
    (void)state;
    int64_t num = somebody(LEVEL_MEMBERS), hour = THEN - THEN % MS_HOUR;
    int due = 0;
    for (int64_t at = hour; at < hour + 2 * MS_HOUR; at += 10 * MS_SECOND) due += asks(num, at);
    assert_int_equal(due, 2);
    ctx *c = world_ctx(w, num);
    graph_here_again(c, num); /* the lane had no room */
    world_done(c);
    assert_true(asks(num, w->now + MS_MINUTE));
    assert_false(asks(num, w->now + MS_MINUTE));
}

/* A request of the minute before that comes late changes nothing; a clock that was set back does not keep anybody online. */
static void time_that_runs_back_is_borne(void **state)
{
    (void)state;
    int64_t me = somebody(LEVEL_MEMBERS), num = somebody(LEVEL_MEMBERS), hour = THEN - THEN % MS_HOUR;
    assert_true(asks(num, hour));
    assert_false(asks(num, hour - MS_SECOND));
    assert_true(seen_by(me, num).online);
    w->now = hour - MS_DAY;
    assert_false(seen_by(me, num).online);
    assert_true(asks(num, w->now));
    assert_true(seen_by(me, num).online);
}

static void after_a_restart_the_stored_hour_is_what_is_known(void **state)
{
    (void)state;
    int64_t me = somebody(LEVEL_MEMBERS), other = somebody(LEVEL_MEMBERS), hour = THEN - THEN % MS_HOUR;
    visits(other, THEN);
    forget_memory();
    presence p = seen_by(me, other);
    assert_false(p.online);
    assert_int_equal(p.hour, hour);
    /* A crash before the hour was stored: the one before it is known. */
    assert_true(asks(other, THEN + MS_HOUR));
    forget_memory();
    assert_int_equal(seen_by(me, other).hour, hour);
    /* And storing twice, or an older hour late, moves nothing back. */
    store(other);
    w->now = THEN;
    store(other);
    assert_int_equal(stored(other), hour + MS_HOUR);
}

static void each_level_lets_in_whom_it_names(void **state)
{
    (void)state;
    int64_t stranger = somebody(LEVEL_EVERYONE), pal = somebody(LEVEL_EVERYONE), fof = somebody(LEVEL_EVERYONE);
    for (int base = 0; base < LEVEL_COUNT; base++) {
        int64_t owner = somebody((level)base);
        world_befriend(w, owner, pal);
        world_befriend(w, fof, pal);
        visits(owner, THEN);
        assert_int_equal(seen_by(0, owner).online, base == LEVEL_EVERYONE);
        assert_int_equal(seen_by(stranger, owner).online, base <= LEVEL_MEMBERS);
        assert_int_equal(seen_by(fof, owner).online, base <= LEVEL_FRIENDS_OF_FRIENDS);
        assert_int_equal(seen_by(pal, owner).online, base <= LEVEL_FRIENDS);
        assert_true(seen_by(owner, owner).online);
    }
}

static void new_members_show_it_to_friends(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER), c = world_member(w, ROLE_MEMBER);
    world_befriend(w, a, b);
    visits(a, THEN);
    assert_true(seen_by(b, a).online);
    assert_false(seen_by(c, a).online);
}

static void lists_let_in_and_keep_out(void **state)
{
    (void)state;
    int64_t owner = somebody(LEVEL_NOBODY), let = somebody(LEVEL_EVERYONE), other = somebody(LEVEL_EVERYONE);
    char spec[40];
    visits(owner, THEN);
    (void)snprintf(spec, sizeof spec, "4+m%lld", L(let));
    world_setting(w, owner, PRIVACY_PRESENCE, world_audience(w, owner, spec));
    assert_true(seen_by(let, owner).online);
    assert_false(seen_by(other, owner).online);
    (void)snprintf(spec, sizeof spec, "0-m%lld", L(let));
    world_setting(w, owner, PRIVACY_PRESENCE, world_audience(w, owner, spec));
    assert_false(seen_by(let, owner).online);
    assert_true(seen_by(other, owner).online);
    assert_false(seen_by(0, owner).online); /* whoever is kept out would only have to log out */
}

static void whoever_hides_sees_nobody(void **state)
{
    (void)state;
    int64_t open = somebody(LEVEL_EVERYONE), shy = somebody(LEVEL_NOBODY), choosy = somebody(LEVEL_FRIENDS);
    int64_t all[] = {open, shy, choosy};
    for (size_t i = 0; i < 3; i++) visits(all[i], THEN);
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++) {
            presence p = seen_by(all[i], all[j]);
            assert_int_equal(p.online, i == j);
            if (i != j) assert_int_equal(p.hour, 0);
        }
    world_befriend(w, open, choosy);
    assert_true(seen_by(open, choosy).online && seen_by(choosy, open).online);
    /* One's own exceptions work in both directions, too. */
    char spec[40];
    (void)snprintf(spec, sizeof spec, "0-m%lld", L(choosy));
    world_setting(w, open, PRIVACY_PRESENCE, world_audience(w, open, spec));
    assert_false(seen_by(open, choosy).online || seen_by(choosy, open).online);
    /* So does a closed page: whoever may not open it would not see it there. */
    world_setting(w, open, PRIVACY_PRESENCE, LEVEL_EVERYONE);
    world_setting(w, open, PRIVACY_PROFILE, LEVEL_NOBODY);
    assert_false(seen_by(open, choosy).online || seen_by(choosy, open).online);
}

static void the_blocked_and_the_suspended_are_not_to_be_seen(void **state)
{
    (void)state;
    int64_t a = somebody(LEVEL_EVERYONE), b = somebody(LEVEL_EVERYONE), staff = world_member(w, ROLE_STAFF);
    world_setting(w, staff, PRIVACY_PRESENCE, LEVEL_EVERYONE);
    visits(a, THEN);
    visits(b, THEN);
    assert_true(seen_by(a, b).online && seen_by(b, a).online);
    world_edge(w, a, b, EDGE_BLOCKS, EDGE_BLOCKED);
    assert_false(seen_by(a, b).online || seen_by(b, a).online);
    assert_true(seen_by(staff, a).online);
    world_state(w, a, MEMBER_SUSPENDED);
    for (int i = 0; i < 3; i++) {
        presence p = seen_by(i == 0 ? 0 : i == 1 ? b : staff, a);
        assert_true(!p.online && p.hour == 0);
    }
    assert_int_equal(seen_by(staff, a + 5000).hour, 0);
}

static void whoever_shows_it_to_nobody_has_no_hour_stored(void **state)
{
    (void)state;
    int64_t num = world_member(w, ROLE_MEMBER);
    privacy_settings s;
    visits(num, THEN);
    assert_true(stored(num) > 0);
    ctx *c = world_act(w, num);
    assert_int_equal(profile_privacy_get(c, &s), OK);
    s.of[PRIVACY_PRESENCE] = (audience){.base = LEVEL_NOBODY};
    assert_int_equal(profile_privacy_save(c, &s), OK);
    world_done(c);
    assert_int_equal(stored(num), 0);
    visits(num, THEN + MS_DAY);
    assert_int_equal(stored(num), 0);
    c = world_act(w, num);
    s.of[PRIVACY_PRESENCE] = (audience){.base = LEVEL_FRIENDS};
    assert_int_equal(profile_privacy_save(c, &s), OK);
    world_done(c);
    assert_int_equal(stored(num), THEN + MS_DAY - THEN % MS_HOUR);
}

static void friends_who_are_online_come_in_pages_without_gaps(void **state)
{
    (void)state;
    enum { MANY = 1300, PAGE = 7 };
    int64_t me = somebody(LEVEL_EVERYONE), expected = 0, got = 0, out[PAGE], after = 0, last = 0;
    size_t len, pages = 0;
    world_begin(w);
    for (int i = 0; i < MANY; i++) {
        /* Long runs of friends who hide: a page ends for them as well. */
        int64_t num = somebody(i % 100 == 0 ? LEVEL_FRIENDS : LEVEL_NOBODY);
        world_befriend(w, me, num);
    }
    world_end(w);
    ctx *c = world_ctx(w, me);
    for (int i = 0; i < MANY; i++) {
        bool away = i % 200 == 0;
        if (!away) (void)graph_here(c, me + 1 + i);
        expected += i % 100 == 0 && !away;
    }
    do {
        assert_int_equal(presence_friends(c, after, PAGE, out, &len, &after), OK);
        for (size_t i = 0; i < len; i++, got++) {
            assert_true(out[i] > last);
            last = out[i];
        }
        pages++;
    } while (after);
    assert_int_equal(got, expected);
    assert_true(pages >= MANY / PRESENCE_SCAN_MAX);
    world_done(c);
}

static void assert_words(lang l, gender g, presence p, const char *wanted)
{
    ctx *c = world_ctx(w, 0);
    req r = {.c = c};
    view v = {.r = &r, .lang = l};
    assert_str(presence_words(&v, p, g).s, str_of(wanted));
    world_done(c);
}

static void it_is_said_in_words_with_the_right_gender_and_plural(void **state)
{
    (void)state;
    int64_t hour = THEN - THEN % MS_HOUR, day = clock_day(THEN);
    static const char *const was[] = {"последний раз в сети", "была в сети", "был в сети"};
    w->now = THEN;
    assert_words(LANG_RU, GENDER_MALE, (presence){0}, "");
    assert_words(LANG_EN, GENDER_MALE, (presence){.online = true}, "online now");
    assert_words(LANG_RU, GENDER_MALE, (presence){.online = true, .hour = hour}, "в сети");
    assert_words(LANG_EN, GENDER_FEMALE, (presence){.hour = hour}, "last seen within the hour");
    assert_words(LANG_EN, GENDER_FEMALE, (presence){.hour = hour - MS_HOUR}, "last seen today after 14:00");
    assert_words(LANG_EN, GENDER_FEMALE, (presence){.hour = day - MS_HOUR}, "last seen yesterday after 23:00");
    assert_words(LANG_EN, GENDER_FEMALE, (presence){.hour = day - 2 * MS_DAY}, "last seen on 4 August");
    assert_words(LANG_EN, GENDER_FEMALE, (presence){.hour = day - 40 * MS_DAY}, "last seen long ago");
    assert_words(LANG_RU, GENDER_FEMALE, (presence){.hour = hour}, "была в сети в течение часа");
    assert_words(LANG_RU, GENDER_UNKNOWN, (presence){.hour = day - 40 * MS_DAY}, "давно не в сети");
    for (int g = 0; g < 3; g++) {
        static const struct { int hour; const char *words; } hours[] = {
            {0, "0 часов"}, {1, "1 час"}, {2, "2 часа"}, {5, "5 часов"}, {11, "11 часов"}, {14, "14 часов"}};
        char wanted[120];
        for (size_t i = 0; i < sizeof hours / sizeof *hours; i++) {
            (void)snprintf(wanted, sizeof wanted, "%s сегодня в %s", was[g], hours[i].words);
            assert_words(LANG_RU, (gender)g, (presence){.hour = day + hours[i].hour * MS_HOUR}, wanted);
        }
        (void)snprintf(wanted, sizeof wanted, "%s вчера в 21 час", was[g]);
        assert_words(LANG_RU, (gender)g, (presence){.hour = day - 3 * MS_HOUR}, wanted);
        (void)snprintf(wanted, sizeof wanted, "%s 4 августа", was[g]);
        assert_words(LANG_RU, (gender)g, (presence){.hour = day - 2 * MS_DAY}, wanted);
    }
}

#define TESTS                                                                                                                      \
    TEST(a_member_is_online_for_five_minutes_after_a_request), TEST(nothing_finer_than_the_hour_is_known_afterwards),              \
        TEST(an_hour_is_stored_once_however_many_ask), TEST(time_that_runs_back_is_borne),                                         \
        TEST(after_a_restart_the_stored_hour_is_what_is_known), TEST(each_level_lets_in_whom_it_names),                            \
        TEST(new_members_show_it_to_friends), TEST(lists_let_in_and_keep_out), TEST(whoever_hides_sees_nobody),                    \
        TEST(the_blocked_and_the_suspended_are_not_to_be_seen), TEST(whoever_shows_it_to_nobody_has_no_hour_stored),               \
        TEST(friends_who_are_online_come_in_pages_without_gaps), TEST(it_is_said_in_words_with_the_right_gender_and_plural)

int main(void)
{
    setenv("TZ", "UTC", 1);
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("presence on SQLite", tests, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("presence on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
