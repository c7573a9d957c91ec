/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Every state of two members, every act, from both sides, against a table written out by hand; then what goes with it: counters,
 * words, limits, blocks. */
#include "base/testing.h"
#include "feature/friends/friends.h"
#include "support/world.h"

#define L(x) ((long long)(x))

static world *w;

static int open_sqlite(void **state) { (void)state; return (w = world_open(DB_SQLITE)) ? 0 : -1; }
static int open_postgres(void **state) { (void)state; return (w = world_open(DB_POSTGRES)) ? 0 : -1; }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

/* ---- the table ----
 *
 * A state is named by what stands between me and them, then by who reads whom:
 *   M my request waits      N my request was declined      R theirs waits      D theirs was declined
 *   W mine was declined, and I withdrew it         X they withdrew the one that I declined
 *   F we are friends        B I block      C they block me
 *   I I follow              T they follow */
typedef enum pair_state {
    NIL, I, T, IT,
    M, MI, MT, MIT,
    N, NI, NT, NIT,
    R, RI, RT, RIT,
    D, DI, DT, DIT,
    W, WI, WT, WIT,
    X, XI, XT, XIT,
    F, FI, FT, FIT,
    B, C, BC, STATES
} pair_state;

#define ASK_I EDGE_ASK_OUT
#define ASK_T EDGE_ASK_IN
static const struct row {
    unsigned mine, theirs;
    pair_state mirror; /* the same, seen by them */
    pair_state next[ACT_COUNT];
} table[STATES] = {
    /*                                                                 add cancel accept decline reopen remove follow unfollow block unblock */
    [NIL] = {0, 0, NIL,                                               {MI,  NIL,  NIL,   NIL,    NIL,   NIL,   I,     NIL,     B,    NIL}},
    [I]   = {EDGE_OUT, EDGE_IN, T,                                    {MI,  I,    I,     I,      I,     I,     I,     NIL,     B,    I}},
    [T]   = {EDGE_IN, EDGE_OUT, I,                                    {MIT, T,    T,     T,      T,     T,     IT,    T,       B,    T}},
    [IT]  = {EDGE_OUT | EDGE_IN, EDGE_OUT | EDGE_IN, IT,              {MIT, IT,   IT,    IT,     IT,    IT,    IT,    T,       B,    IT}},

    [M]   = {ASK_I, ASK_T | EDGE_NEW, R,                              {M,   NIL,  M,     M,      M,     M,     MI,    M,       B,    M}},
    [MI]  = {ASK_I | EDGE_OUT, ASK_T | EDGE_NEW | EDGE_IN, RT,        {MI,  NIL,  MI,    MI,     MI,    MI,    MI,    M,       B,    MI}},
    [MT]  = {ASK_I | EDGE_IN, ASK_T | EDGE_NEW | EDGE_OUT, RI,        {MT,  T,    MT,    MT,     MT,    MT,    MIT,   MT,      B,    MT}},
    [MIT] = {ASK_I | EDGE_OUT | EDGE_IN, ASK_T | EDGE_NEW | EDGE_OUT | EDGE_IN, RIT,
                                                                      {MIT, T,    MIT,   MIT,    MIT,   MIT,   MIT,   MT,      B,    MIT}},

    [N]   = {ASK_I, ASK_T, D,                                         {N,   W,    N,     N,      N,     N,     NI,    N,       B,    N}},
    [NI]  = {ASK_I | EDGE_OUT, ASK_T | EDGE_IN, DT,                   {NI,  W,    NI,    NI,     NI,    NI,    NI,    N,       B,    NI}},
    [NT]  = {ASK_I | EDGE_IN, ASK_T | EDGE_OUT, DI,                   {NT,  WT,   NT,    NT,     NT,    NT,    NIT,   NT,      B,    NT}},
    [NIT] = {ASK_I | EDGE_OUT | EDGE_IN, ASK_T | EDGE_OUT | EDGE_IN, DIT,
                                                                      {NIT, WT,   NIT,   NIT,    NIT,   NIT,   NIT,   NT,      B,    NIT}},

    [R]   = {ASK_T | EDGE_NEW, ASK_I, M,                              {FIT, R,    FIT,   D,      R,     R,     RI,    R,       B,    R}},
    [RI]  = {ASK_T | EDGE_NEW | EDGE_OUT, ASK_I | EDGE_IN, MT,        {FIT, RI,   FIT,   DI,     RI,    RI,    RI,    R,       B,    RI}},
    [RT]  = {ASK_T | EDGE_NEW | EDGE_IN, ASK_I | EDGE_OUT, MI,        {FIT, RT,   FIT,   DT,     RT,    RT,    RIT,   RT,      B,    RT}},
    [RIT] = {ASK_T | EDGE_NEW | EDGE_OUT | EDGE_IN, ASK_I | EDGE_OUT | EDGE_IN, MIT,
                                                                      {FIT, RIT,  FIT,   DIT,    RIT,   RIT,   RIT,   RT,      B,    RIT}},

    [D]   = {ASK_T, ASK_I, N,                                         {FIT, D,    D,     D,      R,     D,     DI,    D,       B,    D}},
    [DI]  = {ASK_T | EDGE_OUT, ASK_I | EDGE_IN, NT,                   {FIT, DI,   DI,    DI,     RI,    DI,    DI,    D,       B,    DI}},
    [DT]  = {ASK_T | EDGE_IN, ASK_I | EDGE_OUT, NI,                   {FIT, DT,   DT,    DT,     RT,    DT,    DIT,   DT,      B,    DT}},
    [DIT] = {ASK_T | EDGE_OUT | EDGE_IN, ASK_I | EDGE_OUT | EDGE_IN, NIT,
                                                                      {FIT, DIT,  DIT,   DIT,    RIT,   DIT,   DIT,   DT,      B,    DIT}},

    /* Withdrawn after a decline: for me as if nothing had been; asking again does not ring. */
    [W]   = {0, ASK_T, X,                                             {NI,  W,    W,     W,      W,     W,     WI,    W,       B,    W}},
    [WI]  = {EDGE_OUT, ASK_T | EDGE_IN, XT,                           {NI,  WI,   WI,    WI,     WI,    WI,    WI,    W,       B,    WI}},
    [WT]  = {EDGE_IN, ASK_T | EDGE_OUT, XI,                           {NIT, WT,   WT,    WT,     WT,    WT,    WIT,   WT,      B,    WT}},
    [WIT] = {EDGE_OUT | EDGE_IN, ASK_T | EDGE_OUT | EDGE_IN, XIT,     {NIT, WIT,  WIT,   WIT,    WIT,   WIT,   WIT,   WT,      B,    WIT}},

    [X]   = {ASK_T, 0, W,                                             {MI,  X,    X,     X,      X,     X,     XI,    X,       B,    X}},
    [XI]  = {ASK_T | EDGE_OUT, EDGE_IN, WT,                           {MI,  XI,   XI,    XI,     XI,    XI,    XI,    X,       B,    XI}},
    [XT]  = {ASK_T | EDGE_IN, EDGE_OUT, WI,                           {MIT, XT,   XT,    XT,     XT,    XT,    XIT,   XT,      B,    XT}},
    [XIT] = {ASK_T | EDGE_OUT | EDGE_IN, EDGE_OUT | EDGE_IN, WIT,     {MIT, XIT,  XIT,   XIT,    XIT,   XIT,   XIT,   XT,      B,    XIT}},

    [F]   = {EDGE_FRIEND, EDGE_FRIEND, F,                             {F,   F,    F,     F,      F,     NIL,   FI,    F,       B,    F}},
    [FI]  = {EDGE_FRIEND | EDGE_OUT, EDGE_FRIEND | EDGE_IN, FT,       {FI,  FI,   FI,    FI,     FI,    NIL,   FI,    F,       B,    FI}},
    [FT]  = {EDGE_FRIEND | EDGE_IN, EDGE_FRIEND | EDGE_OUT, FI,       {FT,  FT,   FT,    FT,     FT,    T,     FIT,   FT,      B,    FT}},
    [FIT] = {EDGE_FRIEND | EDGE_OUT | EDGE_IN, EDGE_FRIEND | EDGE_OUT | EDGE_IN, FIT,
                                                                      {FIT, FIT,  FIT,   FIT,    FIT,   T,     FIT,   FT,      B,    FIT}},

    [B]   = {EDGE_BLOCKS, EDGE_BLOCKED, C,                            {B,   B,    B,     B,      B,     B,     B,     B,       B,    NIL}},
    [C]   = {EDGE_BLOCKED, EDGE_BLOCKS, B,                            {C,   C,    C,     C,      C,     C,     C,     C,       BC,   C}},
    [BC]  = {EDGE_BLOCKS | EDGE_BLOCKED, EDGE_BLOCKS | EDGE_BLOCKED, BC, {BC, BC, BC,    BC,     BC,    BC,    BC,    BC,      BC,   C}},
};

static bool is_shut(pair_state s) { return s == B || s == C || s == BC; }
static bool reaches_out(friend_act act) { return act == ACT_ADD || act == ACT_ACCEPT || act == ACT_FOLLOW; }

static void every_state_and_act_lead_where_the_table_says(void **state)
{
    (void)state;
    for (int s = 0; s < STATES; s++) {
        for (int act = 0; act < ACT_COUNT; act++) {
            const struct row *after = &table[table[s].next[act]];
            unsigned mine = table[s].mine, theirs = table[s].theirs;
            assert_int_equal(friends_next((friend_act)act, &mine, &theirs), table[s].next[act] != (pair_state)s);
            assert_int_equal(mine, after->mine);
            assert_int_equal(theirs, after->theirs);
        }
    }
}

static void the_table_sees_both_sides_of_each_state(void **state)
{
    (void)state;
    for (int s = 0; s < STATES; s++) {
        const struct row *mirror = &table[table[s].mirror];
        assert_int_equal(mirror->mirror, s);
        assert_int_equal(mirror->mine, table[s].theirs);
        assert_int_equal(mirror->theirs, table[s].mine);
    }
}

static void every_state_can_be_reached_from_nothing(void **state)
{
    (void)state;
    bool reached[STATES] = {[NIL] = true};
    for (bool more = true; more;) {
        more = false;
        for (int s = 0; s < STATES; s++) {
            for (int act = 0; reached[s] && act < ACT_COUNT; act++) {
                pair_state ways[] = {table[s].next[act], table[table[table[s].mirror].next[act]].mirror};
                for (size_t i = 0; i < 2; i++) {
                    more = more || !reached[ways[i]];
                    reached[ways[i]] = true;
                }
            }
        }
    }
    for (int s = 0; s < STATES; s++) assert_true(reached[s]);
}

/* ---- the same in the database ---- */

static int64_t ask_int(int64_t num, const char *column)
{
    return world_int(w->db, -1, "SELECT %s FROM member WHERE bucket = %lld AND num = %lld", column, L(bucket_of(num)), L(num));
}

static int64_t half(int64_t owner, int64_t other, const char *column)
{
    return world_int(w->db, 0, "SELECT %s FROM edge WHERE bucket = %lld AND owner = %lld AND other = %lld", column,
                     L(bucket_of(owner)), L(owner), L(other));
}

/* Counters as they must be for a member who has nobody but this one other. */
static void put_counters(int64_t num, unsigned bits)
{
    world_sql(w, "UPDATE member SET friends = %d, followers = %d, requests = %d, follows = %d, asked = %d, blocks = %d"
                 " WHERE bucket = %lld AND num = %lld",
              (bits & EDGE_FRIEND) != 0, (bits & (EDGE_IN | EDGE_FRIEND)) == EDGE_IN, (bits & EDGE_NEW) != 0,
              (bits & (EDGE_OUT | EDGE_FRIEND)) == EDGE_OUT, (bits & EDGE_ASK_OUT) != 0, (bits & EDGE_BLOCKS) != 0, L(bucket_of(num)),
              L(num));
}

static void expect_half(int64_t owner, int64_t other, unsigned bits)
{
    assert_int_equal(half(owner, other, "bits"), bits);
    assert_int_equal(half(owner, other, "near"), (bits & EDGE_NEAR_MASK) != 0);
    assert_int_equal(ask_int(owner, "friends"), (bits & EDGE_FRIEND) != 0);
    assert_int_equal(ask_int(owner, "followers"), (bits & (EDGE_IN | EDGE_FRIEND)) == EDGE_IN);
    assert_int_equal(ask_int(owner, "requests"), (bits & EDGE_NEW) != 0);
    assert_int_equal(ask_int(owner, "follows"), (bits & (EDGE_OUT | EDGE_FRIEND)) == EDGE_OUT);
    assert_int_equal(ask_int(owner, "asked"), (bits & EDGE_ASK_OUT) != 0);
    assert_int_equal(ask_int(owner, "blocks"), (bits & EDGE_BLOCKS) != 0);
    ctx *c = world_ctx(w, owner);
    unsigned remembered;
    assert_int_equal(graph_edge(c, owner, other, &remembered), OK);
    assert_int_equal(remembered, bits & EDGE_NEAR_MASK);
    world_done(c);
}

static rc_code doing(int64_t me, friend_act act, int64_t other, const char *words)
{
    ctx *c = world_act(w, me);
    rc_code done = friends_do(c, act, other, str_of(words));
    if (done == OK) world_done(c);
    else world_undo(c);
    return done;
}

/* The pair is put into state s as `me` sees it, and `me` acts. */
static void act_in_state(int64_t me, int64_t other, pair_state s, friend_act act)
{
    world_edge(w, me, other, table[s].mine, table[s].theirs);
    put_counters(me, table[s].mine);
    put_counters(other, table[s].theirs);
    const struct row *after = &table[table[s].next[act]];
    assert_int_equal(doing(me, act, other, ""), is_shut(s) && reaches_out(act) ? E_DENIED : OK);
    expect_half(me, other, after->mine);
    expect_half(other, me, after->theirs);
}

static void halves_counters_and_memory_follow_the_table_from_both_sides(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    for (int s = 0; s < STATES; s++) {
        for (int act = 0; act < ACT_COUNT; act++) {
            act_in_state(a, b, (pair_state)s, (friend_act)act);
            act_in_state(b, a, table[s].mirror, (friend_act)act);
        }
    }
}

static void an_act_done_twice_is_done_once(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    /* The states are as A sees them. */
    static const struct { friend_act act; bool by_b; pair_state after; } story[] = {
        {ACT_ADD, false, MI}, {ACT_DECLINE, true, NI}, {ACT_REOPEN, true, MI}, {ACT_ACCEPT, true, FIT}, {ACT_UNFOLLOW, true, FI},
        {ACT_REMOVE, true, I}, {ACT_BLOCK, true, C}, {ACT_UNBLOCK, true, NIL}};
    for (size_t i = 0; i < sizeof story / sizeof *story; i++) {
        for (int time = 0; time < 2; time++) {
            rc_code done = story[i].by_b ? doing(b, story[i].act, a, "") : doing(a, story[i].act, b, "");
            assert_int_equal(done, OK);
            expect_half(a, b, table[story[i].after].mine);
            expect_half(b, a, table[story[i].after].theirs);
        }
    }
}

static void a_silent_follower_leaves_the_memory_of_whom_they_follow_alone(void **state)
{
    (void)state;
    int64_t fan = world_member(w, ROLE_MEMBER), star = world_member(w, ROLE_MEMBER);
    ctx *c = world_act(w, fan);
    assert_int_equal(friends_do(c, ACT_FOLLOW, star, STR("")), OK);
    assert_non_null(c->changes);
    assert_int_equal(c->changes->a, fan);
    assert_null(c->changes->next);
    world_done(c);
}

/* ---- words ---- */

static void expect_words(int64_t owner, int64_t other, const char *words)
{
    assert_int_equal(half(owner, other, "bits") != 0, true);
    int64_t same = world_int(w->db, -1, "SELECT CASE WHEN message = '%s' THEN 1 ELSE 0 END FROM edge"
                             " WHERE bucket = %lld AND owner = %lld AND other = %lld", words, L(bucket_of(owner)), L(owner), L(other));
    assert_int_equal(same, 1);
}

static void words_stay_as_long_as_the_request_does(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    assert_int_equal(doing(a, ACT_ADD, b, "from the choir"), OK);
    expect_words(b, a, "from the choir");
    expect_words(a, b, "");
    assert_int_equal(doing(a, ACT_ADD, b, "and again"), OK);
    assert_int_equal(doing(b, ACT_FOLLOW, a, ""), OK);
    expect_words(b, a, "from the choir");
    assert_int_equal(doing(b, ACT_DECLINE, a, ""), OK);
    assert_int_equal(doing(b, ACT_REOPEN, a, ""), OK);
    expect_words(b, a, "from the choir");
    assert_int_equal(doing(b, ACT_ACCEPT, a, ""), OK);
    expect_words(b, a, "");
}

static void words_of_a_withdrawn_request_are_gone(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    assert_int_equal(doing(b, ACT_FOLLOW, a, ""), OK);
    assert_int_equal(doing(a, ACT_ADD, b, "from the choir"), OK);
    assert_int_equal(doing(a, ACT_CANCEL, b, ""), OK);
    expect_words(b, a, "");
}

static void the_moment_of_a_friendship_does_not_tell_who_stopped_reading(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    assert_int_equal(doing(a, ACT_ADD, b, ""), OK);
    assert_int_equal(doing(b, ACT_ACCEPT, a, ""), OK);
    int64_t since = half(a, b, "at");
    w->now += 1000;
    assert_int_equal(doing(b, ACT_UNFOLLOW, a, ""), OK);
    assert_int_equal(half(a, b, "at"), since);
}

/* ---- refusals ---- */

static enum lang_key refusal(int64_t me, friend_act act, int64_t other, rc_code expected)
{
    ctx *c = world_act(w, me);
    assert_int_equal(friends_do(c, act, other, STR("")), expected);
    enum lang_key sentence = c->err.sentence.key;
    world_undo(c);
    return sentence;
}

static void oneself_and_nobody_are_refused_with_a_sentence(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER);
    for (int act = 0; act < ACT_COUNT; act++) {
        assert_int_equal(refusal(a, (friend_act)act, a, E_INVALID), L_friends_self);
        assert_int_equal(refusal(a, (friend_act)act, 2000000000, E_NOT_FOUND), L_graph_no_member);
    }
}

static void a_block_is_told_apart_from_having_blocked(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    assert_int_equal(doing(a, ACT_BLOCK, b, ""), OK);
    assert_int_equal(refusal(a, ACT_ADD, b, E_DENIED), L_friends_you_block);
    assert_int_equal(refusal(b, ACT_FOLLOW, a, E_DENIED), L_friends_blocks_you);
}

static void whoever_was_suspended_can_be_left_but_not_reached(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    assert_int_equal(doing(b, ACT_ADD, a, ""), OK);
    world_state(w, b, MEMBER_SUSPENDED);
    assert_int_equal(refusal(a, ACT_ACCEPT, b, E_DENIED), L_friends_not_there);
    assert_int_equal(refusal(a, ACT_ADD, b, E_DENIED), L_friends_not_there);
    assert_int_equal(refusal(a, ACT_FOLLOW, b, E_DENIED), L_friends_not_there);
    assert_int_equal(doing(a, ACT_DECLINE, b, ""), OK);
    assert_int_equal(doing(a, ACT_BLOCK, b, ""), OK);
    assert_int_equal(doing(a, ACT_UNBLOCK, b, ""), OK);
}

static void a_closed_page_can_still_be_asked(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    world_setting(w, b, PRIVACY_PROFILE, LEVEL_NOBODY);
    assert_int_equal(doing(a, ACT_ADD, b, ""), OK);
    expect_half(b, a, table[MI].theirs);
}

static void put_friends(int64_t num, int count)
{
    world_sql(w, "UPDATE member SET friends = %d WHERE bucket = %lld AND num = %lld", count, L(bucket_of(num)), L(num));
}

static void a_full_list_takes_nobody_on_either_side(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    put_friends(a, FRIENDS_MAX);
    assert_int_equal(doing(a, ACT_ADD, b, ""), OK); /* asking is not yet being friends */
    assert_int_equal(refusal(b, ACT_ACCEPT, a, E_LIMIT), L_friends_full_there);
    put_friends(a, 0);
    put_friends(b, FRIENDS_MAX);
    assert_int_equal(refusal(b, ACT_ACCEPT, a, E_LIMIT), L_friends_full);
    assert_int_equal(refusal(b, ACT_ADD, a, E_LIMIT), L_friends_full);
    put_friends(b, FRIENDS_MAX - 1);
    assert_int_equal(doing(b, ACT_ACCEPT, a, ""), OK);
    assert_int_equal(ask_int(b, "friends"), FRIENDS_MAX);
}

static void what_one_makes_alone_has_a_limit_and_a_sentence(void **state)
{
    (void)state;
    static const struct { const char *column; int most; friend_act act, back; enum lang_key why; } limits[] = {
        {"follows", FOLLOWS_MAX, ACT_FOLLOW, ACT_UNFOLLOW, L_friends_follows_full},
        {"asked", ASKS_MAX, ACT_ADD, ACT_CANCEL, L_friends_asks_full},
        {"blocks", BLOCKS_MAX, ACT_BLOCK, ACT_UNBLOCK, L_friends_blocks_full}};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
        world_sql(w, "UPDATE member SET %s = %d WHERE num = %lld", limits[i].column, limits[i].most, L(a));
        assert_int_equal(refusal(a, limits[i].act, b, E_LIMIT), limits[i].why);
        world_sql(w, "UPDATE member SET %s = %d WHERE num = %lld", limits[i].column, limits[i].most - 1, L(a));
        assert_int_equal(doing(a, limits[i].act, b, ""), OK);
        assert_int_equal(ask_int(a, limits[i].column), limits[i].most);
        assert_int_equal(doing(a, limits[i].act, b, ""), OK); /* what is so already needs no room */
        assert_int_equal(doing(a, limits[i].back, b, ""), OK); /* letting go is always free */
        assert_int_equal(ask_int(a, limits[i].column), limits[i].most - 1);
    }
}

static void a_request_withdrawn_after_a_decline_does_not_ring_again(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    assert_int_equal(doing(a, ACT_ADD, b, "please"), OK);
    assert_int_equal(doing(b, ACT_DECLINE, a, ""), OK);
    assert_int_equal(doing(a, ACT_CANCEL, b, ""), OK);
    expect_half(a, b, 0);
    expect_words(b, a, "");
    assert_int_equal(doing(a, ACT_ADD, b, "please!"), OK);
    assert_int_equal(ask_int(b, "requests"), 0);
    assert_int_equal(doing(a, ACT_CANCEL, b, ""), OK);
    assert_int_equal(doing(b, ACT_ADD, a, ""), OK); /* nobody asks them any more: this is a request of their own */
    expect_half(a, b, table[RT].mine);
}

/* ---- an invitation that makes friends ---- */

static void befriend(int64_t a, int64_t b)
{
    ctx *c = world_act(w, 0);
    assert_int_equal(friends_befriend(c, a, b), OK);
    world_done(c);
}

static void an_invitation_makes_friends_once_whatever_stood_between(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    assert_int_equal(doing(b, ACT_ADD, a, "it is me"), OK);
    for (int time = 0; time < 2; time++) {
        befriend(a, b);
        expect_half(a, b, table[FIT].mine);
        expect_half(b, a, table[FIT].theirs);
        expect_words(a, b, "");
    }
}

static void an_invitation_does_nothing_against_a_block_a_limit_or_a_suspension(void **state)
{
    (void)state;
    int64_t a = world_member(w, ROLE_MEMBER), b = world_member(w, ROLE_MEMBER);
    assert_int_equal(doing(a, ACT_BLOCK, b, ""), OK);
    befriend(a, b);
    assert_int_equal(half(a, b, "bits"), EDGE_BLOCKS);
    assert_int_equal(doing(a, ACT_UNBLOCK, b, ""), OK);
    put_friends(a, FRIENDS_MAX);
    befriend(b, a);
    put_friends(a, 0);
    world_state(w, b, MEMBER_SUSPENDED);
    befriend(a, b);
    expect_half(a, b, 0);
}

#define TESTS                                                                                                                  \
    TEST(every_state_and_act_lead_where_the_table_says), TEST(the_table_sees_both_sides_of_each_state),                        \
        TEST(every_state_can_be_reached_from_nothing), TEST(halves_counters_and_memory_follow_the_table_from_both_sides),      \
        TEST(an_act_done_twice_is_done_once), TEST(a_silent_follower_leaves_the_memory_of_whom_they_follow_alone),             \
        TEST(words_stay_as_long_as_the_request_does), TEST(words_of_a_withdrawn_request_are_gone),                             \
        TEST(the_moment_of_a_friendship_does_not_tell_who_stopped_reading),                                                    \
        TEST(oneself_and_nobody_are_refused_with_a_sentence), TEST(a_block_is_told_apart_from_having_blocked),                 \
        TEST(whoever_was_suspended_can_be_left_but_not_reached), TEST(a_closed_page_can_still_be_asked),                       \
        TEST(a_full_list_takes_nobody_on_either_side), TEST(what_one_makes_alone_has_a_limit_and_a_sentence),                  \
        TEST(a_request_withdrawn_after_a_decline_does_not_ring_again),                                                         \
        TEST(an_invitation_makes_friends_once_whatever_stood_between),                                                         \
        TEST(an_invitation_does_nothing_against_a_block_a_limit_or_a_suspension)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("friends on SQLite", tests, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("friends on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
