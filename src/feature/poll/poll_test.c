/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Polls: who chooses what, how often, until when, and who is told. */
#include "base/clock.h"
#include "base/testing.h"
#include "feature/poll/poll.h"
#include "support/world.h"

static world *w;

static int open_sqlite(void **state) { (void)state; return (w = world_open(DB_SQLITE)) ? 0 : -1; }
static int open_postgres(void **state) { (void)state; return (w = world_open(DB_POSTGRES)) ? 0 : -1; }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

/* A post with a poll of three answers. */
static int64_t ask(int64_t owner, int64_t audience, poll_draft more)
{
    int64_t ordinal;
    more.question = STR("Which day?");
    for (; more.len < 3; more.len++) more.answers[more.len] = STR("A day");
    ctx *c = world_act(w, owner);
    c->now = w->now += 1000;
    assert_int_equal(wall_add(c, owner, STR("Let us meet"), audience, &ordinal), OK);
    assert_int_equal(poll_add(c, owner, ordinal, &more), OK);
    world_done(c);
    return ordinal;
}

static rc_code choose(int64_t viewer, int64_t owner, int64_t ordinal, unsigned answers)
{
    ctx *c = world_act(w, viewer);
    c->now = w->now;
    rc_code done = answers ? poll_choose(c, owner, ordinal, answers) : poll_take_back(c, owner, ordinal);
    if (done == OK) world_done(c);
    else world_undo(c);
    return done;
}

/* What the viewer sees; `votes` of each answer. */
static poll seen(int64_t viewer, int64_t owner, int64_t ordinal, int64_t votes[4])
{
    wall_post p;
    poll_list polls;
    ctx *c = world_ctx(w, viewer);
    c->now = w->now;
    assert_int_equal(wall_get(c, owner, ordinal, &p), OK);
    assert_true(p.poll == 1);
    assert_int_equal(poll_read(c, &p.id, 1, &polls), OK);
    assert_int_equal(polls.len, 1);
    poll q = polls.items[0];
    assert_int_equal(q.answers.len, 3);
    for (size_t i = 0; i < q.answers.len; i++) {
        assert_int_equal(q.answers.items[i].ordinal, i + 1);
        votes[i + 1] = q.answers.items[i].votes;
    }
    votes[0] = q.row.voters;
    world_done(c);
    return q;
}

#define ONE(n) (1u << (n))

static void a_member_chooses_once(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER), votes[4];
    int64_t post = ask(me, LEVEL_EVERYONE, (poll_draft){0}), closed = ask(me, LEVEL_FRIENDS, (poll_draft){0});
    assert_int_equal(choose(other, me, closed, ONE(1)), E_NOT_FOUND);
    assert_int_equal(choose(other, me, post, ONE(1) | ONE(2)), E_INVALID);
    assert_int_equal(choose(other, me, post, ONE(4)), E_INVALID);
    assert_int_equal(choose(other, me, post, ONE(0)), E_INVALID);
    assert_int_equal(choose(other, me, post, ONE(3)), OK);
    assert_int_equal(choose(other, me, post, ONE(3)), OK); /* the same once more */
    assert_int_equal(choose(other, me, post, ONE(1)), E_CONFLICT);
    assert_int_equal(choose(other, me, post, 0), E_CONFLICT); /* it stays */
    assert_int_equal(seen(other, me, post, votes).mine, ONE(3));
    assert_int_equal(seen(me, me, post, votes).mine, 0);
    assert_int_equal(votes[0], 1);
    assert_int_equal(votes[3], 1);
}

static void several_answers_and_another_mind_where_they_are_allowed(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER), votes[4];
    int64_t post = ask(me, LEVEL_EVERYONE, (poll_draft){.several = true, .changes = true});
    assert_int_equal(choose(other, me, post, ONE(1) | ONE(3)), OK);
    assert_int_equal(choose(me, me, post, ONE(3)), OK);
    (void)seen(other, me, post, votes);
    assert_int_equal(votes[0], 2);
    assert_int_equal(votes[1], 1);
    assert_int_equal(votes[3], 2);
    assert_int_equal(choose(other, me, post, 0), OK);
    assert_int_equal(choose(other, me, post, 0), OK);
    assert_int_equal(choose(other, me, post, ONE(2)), OK);
    (void)seen(0, me, post, votes);
    assert_int_equal(votes[0], 2);
    assert_int_equal(votes[1], 0);
    assert_int_equal(votes[2], 1);
    assert_int_equal(votes[3], 1);
}

static void nobody_chooses_after_the_end(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER), votes[4];
    int64_t post = ask(me, LEVEL_EVERYONE, (poll_draft){.changes = true, .days = 1}), began = w->now;
    w->now = began + MS_DAY - 1;
    assert_int_equal(choose(other, me, post, ONE(1)), OK);
    w->now = began + MS_DAY;
    assert_int_equal(choose(me, me, post, ONE(1)), E_CONFLICT);
    assert_int_equal(choose(other, me, post, 0), E_CONFLICT);
    assert_true(seen(0, me, post, votes).over);
}

static void of_an_anonymous_poll_nobody_is_told_who(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER), hidden = world_member(w, ROLE_MEMBER), next;
    int64_t open = ask(me, LEVEL_EVERYONE, (poll_draft){0}), secret = ask(me, LEVEL_EVERYONE, (poll_draft){.anonymous = true});
    for (int i = 0; i < 2; i++) {
        assert_int_equal(choose(i ? other : hidden, me, open, ONE(2)), OK);
        assert_int_equal(choose(i ? other : hidden, me, secret, ONE(2)), OK);
    }
    world_setting(w, hidden, PRIVACY_FOUND, LEVEL_NOBODY);
    wall_post p;
    poll_voter_list who;
    ctx *c = world_ctx(w, me);
    assert_int_equal(wall_get(c, me, open, &p), OK);
    assert_int_equal(poll_who(c, &p, 2, 0, &who, &next), OK);
    assert_int_equal(who.len, 1);
    assert_int_equal(who.items[0].member, other);
    assert_int_equal(wall_get(c, me, secret, &p), OK);
    assert_int_equal(poll_who(c, &p, 2, 0, &who, &next), E_DENIED);
    world_done(c);
}

static void a_poll_is_erased_with_its_post(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), post = ask(me, LEVEL_EVERYONE, (poll_draft){0});
    assert_int_equal(choose(me, me, post, ONE(1)), OK);
    ctx *c = world_act(w, me);
    c->now = w->now;
    assert_int_equal(wall_delete(c, me, post), OK);
    world_done(c);
    assert_int_equal(choose(me, me, post, ONE(1)), E_GONE);
    c = world_act(w, 0);
    c->now = w->now += POST_UNDO_MS + 1000;
    assert_int_equal(wall_sweep.run(c, STR("")), OK);
    world_done(c);
    const char *const tables[] = {"poll", "poll_answer", "poll_vote"};
    for (int i = 0; i < 3; i++)
        assert_int_equal(world_int(w->db, -1, "SELECT count(*) FROM %s WHERE bucket = %lld", tables[i], (long long)bucket_of(me)), 0);
}

#define TESTS                                                                                                                   \
    TEST(a_member_chooses_once), TEST(several_answers_and_another_mind_where_they_are_allowed), TEST(nobody_chooses_after_the_end), \
        TEST(of_an_anonymous_poll_nobody_is_told_who), TEST(a_poll_is_erased_with_its_post)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("polls on SQLite", tests, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("polls on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
