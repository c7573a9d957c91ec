/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Privacy against an oracle. The oracle is the rule of privacy.h written down once more, as plainly and slowly as possible,
 * over the tables: it shares no code with what it checks. A random town changes between rounds; each round asks many random
 * questions of memory and of an act, and both must say what the oracle says. */
#include "base/testing.h"

#include "graph/privacy.h"
#include "support/world.h"

#define PEOPLE 14
#define AUDIENCES_MAX 400
#define CASES_A_ROUND 200
#define ROUNDS 100
#define ROUNDS_POSTGRES 10

static world *w;
static dice die_ = {2026};
static int64_t people[PEOPLE], circles[PEOPLE]; /* circles: how many each has */
static struct { int64_t owner, stored; } audiences[AUDIENCES_MAX];
static size_t audiences_len;

/* ================ the oracle ================ */

typedef struct verdict { rc_code code; bool may; } verdict;

#define L(v) ((long long)(v))

static bool oracle_in_circle(db *d, int64_t owner, int64_t circle, int64_t other)
{
    return world_int(d, 0, "SELECT count(*) FROM circle_member WHERE owner = %lld AND ordinal = %lld AND other = %lld", L(owner),
                     L(circle), L(other)) > 0;
}

static bool oracle_blocked(db *d, int64_t by, int64_t whom)
{
    return world_int(d, 0, "SELECT count(*) FROM edge WHERE owner = %lld AND other = %lld AND (bits & 64) > 0", L(by), L(whom)) > 0;
}

static bool oracle_friends(db *d, int64_t a, int64_t b)
{
    return world_int(d, 0, "SELECT count(*) FROM edge WHERE owner = %lld AND other = %lld AND (bits & 4) > 0", L(a), L(b)) > 0;
}

static bool oracle_share_a_friend(db *d, int64_t a, int64_t b)
{
    return world_int(d, 0,
                     "SELECT count(*) FROM edge x, edge y WHERE x.owner = %lld AND y.owner = %lld AND x.other = y.other"
                     " AND (x.bits & 4) > 0 AND (y.bits & 4) > 0",
                     L(a), L(b)) > 0;
}

/* The spec as text, "4" for a number that leads nowhere. */
static void oracle_spec(db *d, int64_t stored, char *spec, size_t size)
{
    const char *sql = "SELECT id, spec FROM audience";
    const db_query q = {.slot = -1, .name = "spec", .sql = {sql, sql}};
    db_cursor cur;
    (void)snprintf(spec, size, stored >= 0 && stored <= 4 ? "%lld" : "4", L(stored));
    if (stored <= 7) return;
    for (db_start(d, &q, NULL, &cur); db_next(&cur);)
        if (db_int(&cur, 0) == stored) (void)snprintf(spec, size, "%.*s", STR_ARG(db_text(&cur, 1, w->arena)));
    assert_int_equal(db_finish(&cur, NULL), OK);
}

/* Is the viewer named by a list with this sign? */
static bool oracle_listed(db *d, const char *spec, char sign, int64_t viewer, int64_t owner)
{
    for (const char *at = spec + 1; *at;) {
        char *end;
        long long num = strtoll(at + 2, &end, 10);
        if (*at == sign && at[1] == 'm' && num == viewer) return true;
        if (*at == '-' && sign == '-' && at[1] == 'c' &&
            !world_int(d, 0, "SELECT count(*) FROM circle WHERE owner = %lld AND ordinal = %lld", L(owner), num))
            return true;
        if (*at == sign && at[1] == 'c' && oracle_in_circle(d, owner, num, viewer) &&
            (sign == '-' || oracle_friends(d, viewer, owner)))
            return true;
        at = end;
    }
    return false;
}

static bool oracle_judge(db *d, int64_t viewer, int64_t owner, int64_t stored)
{
    char spec[512];
    oracle_spec(d, stored, spec, sizeof spec);
    if (viewer == 0) return spec[0] == '0' && !strchr(spec, '-');
    if (viewer == owner) return true;
    if (oracle_listed(d, spec, '-', viewer, owner)) return false;
    if (oracle_blocked(d, owner, viewer)) return false;
    if (oracle_listed(d, spec, '+', viewer, owner)) return true;
    if (spec[0] == '0' || spec[0] == '1') return true;
    if (spec[0] == '2') return oracle_friends(d, viewer, owner) || oracle_share_a_friend(d, viewer, owner);
    if (spec[0] == '3') return oracle_friends(d, viewer, owner);
    return false;
}

static bool oracle_setting(db *d, int64_t viewer, int64_t owner, int item)
{
    static const int64_t defaults[] = {4, 0, 0, 3, 1, 3, 0, 3, 1, 1};
    int64_t stored = world_int(d, defaults[item], "SELECT audience FROM privacy WHERE owner = %lld AND item = %d", L(owner), item);
    return oracle_judge(d, viewer, owner, stored);
}

static rc_code oracle_state(db *d, int64_t viewer, int64_t member)
{
    int64_t state = world_int(d, -1, "SELECT state FROM member WHERE num = %lld", L(member));
    bool staff = world_int(d, 0, "SELECT role FROM member WHERE num = %lld", L(viewer)) >= 2;
    if (state == -1) return E_NOT_FOUND;
    if (state == 2 || (state == 1 && !staff)) return E_GONE;
    return OK;
}

/* Of a suspended member nobody sees it; else both must let in the other: to the page, and to when they are here. */
static rc_code oracle_presence(db *d, int64_t viewer, int64_t owner)
{
    if (world_int(d, 0, "SELECT state FROM member WHERE num = %lld", L(owner))) return E_GONE;
    if (!oracle_setting(d, viewer, owner, 1) || !oracle_setting(d, viewer, owner, 7)) return E_DENIED;
    if (viewer == 0) return OK;
    return oracle_setting(d, owner, viewer, 1) && oracle_setting(d, owner, viewer, 7) ? OK : E_DENIED;
}

static rc_code oracle_check(db *d, int64_t viewer, int64_t owner, int item)
{
    rc_code state = oracle_state(d, viewer, owner);
    if (state != OK) return state;
    if ((item == 2 || item == 3 || item == 4 || item == 8 || item == 9) && !oracle_setting(d, viewer, owner, 1)) return E_DENIED;
    if (item == 7) return oracle_presence(d, viewer, owner);
    return oracle_setting(d, viewer, owner, item) ? OK : E_DENIED;
}

static bool oracle_see_post(db *d, int64_t viewer, int64_t owner, int64_t author, int64_t stored)
{
    if (oracle_check(d, viewer, owner, 2) != OK) return false;
    if (author != owner && oracle_state(d, viewer, author) != OK) return false;
    if (oracle_blocked(d, author, viewer)) return false;
    return (viewer != 0 && viewer == author) || oracle_judge(d, viewer, owner, stored);
}

/* ================ the town ================ */

static size_t any(size_t below) { return dice_below(&die_, below); }
static int64_t anybody(void) { return people[any(PEOPLE)]; }

/* A canonical spec with random lists: an ascending walk over members or circles. */
static void random_spec(char *spec, size_t size, int64_t owner)
{
    size_t who = (size_t)(owner - people[0]), len = (size_t)snprintf(spec, size, "%d", (int)any(5));
    for (int list = 0; list < 4; list++) {
        bool members = list % 2 == 0;
        size_t most = any(2) ? 0 : members ? PEOPLE : (size_t)circles[who] + 1;
        for (size_t i = 0; i < most; i++)
            if (any(2) && any(most) < 3)
                len += (size_t)snprintf(spec + len, size - len, "%c%c%lld", list < 2 ? '+' : '-', members ? 'm' : 'c',
                                        members ? L(people[i]) : L(i + 1));
    }
}

/* Mostly the owner's own; sometimes a foreign one, a reserved level, or a number that leads nowhere. */
static int64_t random_audience(int64_t owner)
{
    size_t kind = any(10);
    if (kind < 3) return (int64_t)any(5);
    if (kind == 3) return any(2) ? (int64_t)any(8) : INT64_C(1) << 40;
    for (int tries = 0; tries < 20 && audiences_len; tries++) {
        size_t i = any(audiences_len);
        if (audiences[i].owner == owner || kind == 4) return audiences[i].stored;
    }
    return LEVEL_FRIENDS;
}

static void change_audiences(int64_t owner)
{
    char spec[256];
    random_spec(spec, sizeof spec, owner);
    if (audiences_len == AUDIENCES_MAX) return;
    int64_t stored = world_audience(w, owner, spec);
    audiences[audiences_len].owner = owner;
    audiences[audiences_len++].stored = stored;
}

static void change_edges(int64_t a, int64_t b)
{
    static const unsigned kinds[][2] = {{0, 0},
                                        {EDGE_OUT, EDGE_IN},
                                        {EDGE_OUT | EDGE_ASK_OUT, EDGE_IN | EDGE_ASK_IN | EDGE_NEW},
                                        {EDGE_BLOCKS, EDGE_BLOCKED},
                                        {EDGE_BLOCKS | EDGE_BLOCKED, EDGE_BLOCKS | EDGE_BLOCKED}};
    size_t kind = any(12);
    if (a == b) return;
    if (kind < 5) world_edge(w, a, b, kinds[kind][0], kinds[kind][1]);
    else world_befriend(w, a, b);
}

static void change_circle(int64_t owner)
{
    size_t who = (size_t)(owner - people[0]);
    int64_t members[PEOPLE];
    size_t len = 0;
    for (size_t i = 0; i < PEOPLE; i++)
        if (any(3) == 0) members[len++] = people[i];
    if (circles[who] < 3) {
        circles[who] = world_circle(w, owner, members, len);
        return;
    }
    long long ordinal = L(1 + any(3));
    world_sql(w, "DELETE FROM circle_member WHERE bucket = %lld AND owner = %lld AND ordinal = %lld", L(bucket_of(owner)), L(owner),
              ordinal);
    if (any(6) == 0) { /* gone for good, and a new one in its place: nothing that kept it out may open */
        world_sql(w, "DELETE FROM circle WHERE bucket = %lld AND owner = %lld AND ordinal = %lld", L(bucket_of(owner)), L(owner), ordinal);
        circles[who] = world_circle(w, owner, members, len);
        return;
    }
    world_sql(w, "INSERT INTO circle (bucket, owner, ordinal, title) VALUES (%lld, %lld, %lld, 'again') ON CONFLICT DO NOTHING",
              L(bucket_of(owner)), L(owner), ordinal);
    for (size_t i = 0; i < len; i++)
        world_sql(w, "INSERT INTO circle_member (bucket, owner, ordinal, other) VALUES (%lld, %lld, %lld, %lld)", L(bucket_of(owner)),
                  L(owner), ordinal, L(members[i]));
    world_told(w, CHANGE_PRIVACY, owner, 0);
}

static void change_setting(int64_t owner)
{
    int item = 1 + (int)any(PRIVACY_ITEMS - 1);
    world_setting(w, owner, item, random_audience(owner));
}

static void change_state(int64_t member)
{
    static const int states[] = {MEMBER_ACTIVE, MEMBER_ACTIVE, MEMBER_ACTIVE, MEMBER_SUSPENDED, MEMBER_GONE};
    world_state(w, member, states[any(5)]);
}

static void change_town(size_t changes)
{
    world_begin(w);
    for (size_t i = 0; i < changes; i++) {
        int64_t who = anybody();
        switch (any(8)) {
        case 0: change_audiences(who); break;
        case 1: change_circle(who); break;
        case 2: change_setting(who); break;
        case 3: change_state(who); break;
        default: change_edges(who, anybody());
        }
    }
    world_end(w);
}

static int town_open(db_engine engine)
{
    audiences_len = 0;
    memset(circles, 0, sizeof circles);
    if (!(w = world_open(engine))) return -1;
    for (size_t i = 0; i < PEOPLE; i++) people[i] = world_member(w, i == 0 ? ROLE_STAFF : i == 1 ? ROLE_OWNER : ROLE_MEMBER);
    change_town(150);
    return 0;
}

static int open_sqlite(void **state) { (void)state; return town_open(DB_SQLITE); }
static int open_postgres(void **state) { (void)state; return town_open(DB_POSTGRES); }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

/* ================ the questions ================ */

typedef struct question { int64_t viewer, owner, author, stored; int item; } question;

static question random_question(void)
{
    /* One after the other: in one initializer each compiler would roll the dice in an order of its own. */
    question q = {0};
    q.viewer = any(10) ? anybody() : 0;
    q.owner = any(60) ? anybody() : people[0] + 5000;
    q.item = 1 + (int)any(PRIVACY_ITEMS - 1);
    q.author = any(2) ? q.owner : any(40) ? anybody() : people[0] + 5001;
    q.stored = random_audience(q.owner);
    return q;
}

static void view_as(ctx *c, int64_t viewer)
{
    c->viewer = (struct viewer){.num = viewer, .role = viewer ? ROLE_MEMBER : ROLE_GUEST};
    if (viewer == people[0]) c->viewer.role = ROLE_STAFF;
    if (viewer == people[1]) c->viewer.role = ROLE_OWNER;
}

static bool answers(ctx *c, question q, rc_code check, bool see)
{
    bool may, post;
    view_as(c, q.viewer);
    rc_code code = privacy_check(c, q.owner, (privacy_item)q.item);
    assert_int_equal(privacy_may(c, q.owner, (privacy_item)q.item, &may), OK);
    assert_int_equal(privacy_see_post(c, q.owner, q.author, q.stored, &post), OK);
    if (code == check && may == (check == OK) && post == see) return true;
    char spec[512];
    oracle_spec(w->db, q.stored, spec, sizeof spec);
    print_error("%s: viewer %lld owner %lld author %lld item %d audience %lld = %s: check %d (%d) may %d see %d (%d)\n",
                c->writing ? "act" : "memory", L(q.viewer), L(q.owner), L(q.author), q.item, L(q.stored), spec, code, check, may, post,
                see);
    return false;
}

static void memory_and_acts_say_what_the_oracle_says(void **state)
{
    (void)state;
    size_t cases = 0, open = 0, seen = 0, rounds = w->engine == DB_SQLITE ? ROUNDS : ROUNDS_POSTGRES;
    for (size_t round = 0; round < rounds; round++) {
        change_town(1 + any(6));
        ctx *read = world_ctx(w, 0), *act = world_act(w, 0);
        for (int i = 0; i < CASES_A_ROUND; i++, cases++) {
            question q = random_question();
            rc_code check = oracle_check(act->db, q.viewer, q.owner, q.item);
            bool see = oracle_see_post(act->db, q.viewer, q.owner, q.author, q.stored);
            bool memory = answers(read, q, check, see);
            assert_true(answers(act, q, check, see) && memory);
            open += check == OK;
            seen += see;
        }
        world_undo(act);
        world_done(read);
    }
    print_message("%zu cases: %zu settings open, %zu posts seen\n", cases, open, seen);
    /* A test that only ever hears "no" proves little. */
    assert_true(open > cases / 5 && open < cases * 4 / 5);
    assert_true(seen > cases / 10 && seen < cases * 4 / 5);
}

static bool may_read_wall(ctx *c, int64_t owner)
{
    bool may;
    assert_int_equal(privacy_may(c, owner, PRIVACY_WALL, &may), OK);
    return may;
}

/* A request whose snapshot is older than a block fills memory after the block was published. */
static void a_late_fill_from_an_old_snapshot_opens_nothing_for_others(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    world_befriend(w, a, b);
    world_setting(w, b, PRIVACY_WALL, LEVEL_FRIENDS);
    for (int which = 0; which < 3; which++) {
        uint64_t refused = graph_stats_get(w->graph).refused;
        ctx *old = world_ctx(w, a);
        if (which == 0) world_edge(w, b, a, EDGE_BLOCKS, EDGE_BLOCKED);
        if (which == 1) world_setting(w, b, PRIVACY_WALL, LEVEL_NOBODY);
        if (which == 2) world_state(w, b, MEMBER_SUSPENDED);
        assert_true(may_read_wall(old, b)); /* right for its snapshot, and forgotten with it */
        assert_true(graph_stats_get(w->graph).refused > refused);
        ctx *fresh = world_ctx(w, a);
        assert_false(may_read_wall(fresh, b));
        assert_false(may_read_wall(old, b)); /* memory is newer now: better sooner than never */
        world_done(fresh);
        world_done(old);
        world_befriend(w, a, b);
        world_setting(w, b, PRIVACY_WALL, LEVEL_FRIENDS);
        world_state(w, b, MEMBER_ACTIVE);
    }
}

/* The commit is there, its publish is not: nobody was answered yet, memory may still be old. The publish ends that. */
static void between_commit_and_publish_a_fill_is_new_or_is_taken_out(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    world_befriend(w, a, b);
    ctx *old = world_ctx(w, a);
    w->silent = true;
    world_edge(w, b, a, EDGE_BLOCKS, EDGE_BLOCKED);
    w->silent = false;
    assert_true(may_read_wall(old, b)); /* hangs: no stamp forbids it yet */
    world_told(w, CHANGE_EDGES, a, 0);
    world_told(w, CHANGE_EDGES, b, 0);
    ctx *fresh = world_ctx(w, a);
    assert_false(may_read_wall(fresh, b));
    world_done(fresh);
    world_done(old);
}

static void an_act_judges_what_it_has_just_written(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    ctx *read = world_ctx(w, a);
    assert_true(may_read_wall(read, b));
    ctx *act = world_act(w, a);
    world_sql(w, "INSERT INTO privacy (bucket, owner, item, audience) VALUES (%lld, %lld, 2, 4)", L(bucket_of(b)), L(b));
    assert_false(may_read_wall(act, b));
    assert_true(may_read_wall(read, b));
    world_undo(act);
    world_done(read);
}

static void a_refusal_carries_a_sentence_for_the_member(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    world_setting(w, b, PRIVACY_WALL, LEVEL_NOBODY);
    ctx *c = world_ctx(w, a);
    assert_int_equal(privacy_check(c, b, PRIVACY_WALL), E_DENIED);
    assert_int_equal(c->err.sentence.key, L_graph_closed_wall);
    assert_int_equal(privacy_check(c, 2000000000, PRIVACY_WALL), E_NOT_FOUND);
    assert_int_equal(c->err.sentence.key, L_graph_no_member);
    world_done(c);
}

#define TESTS                                                                                                           \
    TEST(memory_and_acts_say_what_the_oracle_says), TEST(a_late_fill_from_an_old_snapshot_opens_nothing_for_others),    \
        TEST(between_commit_and_publish_a_fill_is_new_or_is_taken_out), TEST(an_act_judges_what_it_has_just_written),   \
        TEST(a_refusal_carries_a_sentence_for_the_member)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("privacy on SQLite", tests, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("privacy on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
