/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Comments: who may write and read them, how pages go on, what stays behind. What random operations find is in tests/model/. */
#include "base/testing.h"
#include "feature/comment/comment.h"
#include "support/world.h"

#define L(x) ((long long)(x))

static world *w;

static int open_sqlite(void **state) { (void)state; return (w = world_open(DB_SQLITE)) ? 0 : -1; }
static int open_postgres(void **state) { (void)state; return (w = world_open(DB_POSTGRES)) ? 0 : -1; }
static int close_world(void **state) { (void)state; world_close(w); return 0; }

static int64_t a_post(int64_t owner, int64_t audience)
{
    int64_t ordinal;
    ctx *c = world_act(w, owner);
    assert_int_equal(wall_add(c, owner, STR("What do you think?"), audience, &ordinal), OK);
    world_done(c);
    return ordinal;
}

static rc_code try_comment(int64_t author, int64_t owner, int64_t post, int64_t parent, int64_t *number)
{
    ctx *c = world_act(w, author);
    c->now = w->now += 1000;
    return world_ends(c, comment_add(c, owner, post, parent, STR("Words"), number));
}

static int64_t say(int64_t author, int64_t owner, int64_t post, int64_t parent)
{
    int64_t number;
    assert_int_equal(try_comment(author, owner, post, parent, &number), OK);
    return number;
}

static rc_code acting(int64_t viewer, rc (*act)(ctx *, int64_t, int64_t), int64_t owner, int64_t number)
{
    ctx *c = world_act(w, viewer);
    return world_ends(c, act(c, owner, number));
}

static rc like(ctx *c, int64_t owner, int64_t number) { return comment_like(c, owner, number, true); }
static rc unlike(ctx *c, int64_t owner, int64_t number) { return comment_like(c, owner, number, false); }

static rc_code seen(int64_t viewer, int64_t owner, int64_t number)
{
    comment_row k;
    wall_post p;
    ctx *c = world_ctx(w, viewer);
    rc_code code = comment_get(c, owner, number, &k, &p);
    world_done(c);
    return code;
}

typedef rc (*pager)(ctx *, const wall_post *, comment_place, comment_page *);

/* All pages from the newest on, as one list from the oldest on; -1 when the post is not open. */
static int listed(int64_t viewer, int64_t owner, int64_t post, pager pages, int64_t *out, int most, int *count)
{
    wall_post p;
    comment_place below = COMMENTS_NEWEST;
    int64_t back[600];
    int len = 0;
    ctx *c = world_ctx(w, viewer);
    if (wall_get(c, owner, post, &p) != OK) return world_done(c), -1;
    *count = 0;
    do {
        comment_page page;
        assert_int_equal(pages(c, &p, below, &page), OK);
        assert_true(page.rows.len <= COMMENTS_PAGE);
        for (size_t i = page.rows.len; i-- > 0;) back[len++] = page.rows.items[i].ordinal;
        below = page.earlier;
        ++*count;
    } while (below.id);
    world_done(c);
    for (int i = 0; i < len && i < most; i++) out[i] = back[len - 1 - i];
    return len;
}

static int64_t counted(int64_t owner, int64_t post)
{
    return world_int(w->db, -1, "SELECT comments FROM post WHERE bucket = %lld AND owner = %lld AND ordinal = %lld", L(bucket_of(owner)),
                     L(owner), L(post));
}

/* ---- who may ---- */

static void the_owner_of_the_wall_says_who_comments(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), pal = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER), n;
    world_befriend(w, me, pal);
    int64_t post = a_post(me, LEVEL_EVERYONE);
    say(other, me, post, 0);
    world_setting(w, me, PRIVACY_COMMENT, LEVEL_FRIENDS);
    assert_int_equal(try_comment(other, me, post, 0, &n), E_DENIED);
    say(pal, me, post, 0);
    world_setting(w, me, PRIVACY_COMMENT, LEVEL_NOBODY);
    assert_int_equal(try_comment(pal, me, post, 0, &n), E_DENIED);
    say(me, me, post, 0);
    assert_int_equal(counted(me, post), 3);
    int64_t closed = a_post(me, LEVEL_FRIENDS);
    world_setting(w, me, PRIVACY_COMMENT, LEVEL_EVERYONE);
    assert_int_equal(try_comment(other, me, closed, 0, &n), E_NOT_FOUND); /* who does not see it does not learn of it */
    assert_int_equal(counted(me, closed), 0);
}

static void an_answer_belongs_to_the_same_post_and_to_what_is_there(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER), n;
    int64_t post = a_post(me, LEVEL_EVERYONE), second = a_post(me, LEVEL_EVERYONE);
    int64_t first = say(me, me, post, 0), reply = say(other, me, post, first), deeper = say(me, me, post, reply);
    comment_row k;
    wall_post p;
    ctx *c = world_ctx(w, me);
    assert_int_equal(comment_get(c, me, deeper, &k, &p), OK);
    assert_int_equal(k.parent, reply);
    assert_int_equal(k.answers, other);
    assert_int_equal(p.ordinal, post);
    int64_t root = k.root;
    assert_int_equal(comment_get(c, me, first, &k, &p), OK);
    assert_int_equal(root, k.id);
    world_done(c);
    assert_int_equal(try_comment(me, me, second, first, &n), E_CONFLICT);
    assert_int_equal(try_comment(me, me, post, second, &n), E_CONFLICT); /* the number of a post */
    assert_int_equal(acting(me, comment_delete, me, reply), OK);
    assert_int_equal(try_comment(me, me, post, reply, &n), E_CONFLICT);
}

static void who_blocks_or_is_suspended_takes_their_words_along(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), shy = world_member(w, ROLE_MEMBER), reader = world_member(w, ROLE_MEMBER);
    int64_t staff = world_member(w, ROLE_STAFF), n, all[8];
    int pages, post_ = (int)a_post(me, LEVEL_EVERYONE);
    int64_t post = post_, hers = say(shy, me, post, 0), mine = say(me, me, post, 0);
    world_edge(w, shy, reader, EDGE_BLOCKS, EDGE_BLOCKED);
    assert_int_equal(seen(reader, me, hers), E_NOT_FOUND);
    assert_int_equal(seen(0, me, hers), OK);
    assert_int_equal(listed(reader, me, post, comment_page_in_order, all, 8, &pages), 1);
    assert_int_equal(all[0], mine);
    assert_int_equal(try_comment(reader, me, post, hers, &n), E_CONFLICT);
    assert_int_equal(acting(reader, like, me, hers), E_NOT_FOUND);
    world_state(w, shy, MEMBER_SUSPENDED);
    assert_int_equal(seen(0, me, hers), E_NOT_FOUND);
    assert_int_equal(seen(staff, me, hers), OK);
    assert_int_equal(listed(me, me, post, comment_page_in_threads, all, 8, &pages), 1);
    assert_int_equal(counted(me, post), 2); /* the number is of what stands there, whoever reads it */
}

/* ---- pages ---- */

static void pages_reach_every_comment_once_in_both_orders(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), shy = world_member(w, ROLE_MEMBER), reader = world_member(w, ROLE_MEMBER);
    int64_t post = a_post(me, LEVEL_EVERYONE), numbers[3 * COMMENTS_PAGE], all[600];
    int many = 2 * COMMENTS_PAGE + 1, pages;
    for (int i = 0; i < many; i++) numbers[i] = say(i % 4 == 3 ? shy : me, me, post, i % 3 ? numbers[i - i % 3] : 0);
    assert_int_equal(listed(reader, me, post, comment_page_in_order, all, 600, &pages), many);
    assert_int_equal(pages, 3);
    for (int i = 0; i < many; i++) assert_int_equal(all[i], numbers[i]);
    assert_int_equal(listed(reader, me, post, comment_page_in_threads, all, 600, &pages), many);
    for (int i = 0; i < many; i++) assert_int_equal(all[i], numbers[i]); /* threads were written one after the other */
    say(me, me, post, numbers[0]);
    assert_int_equal(listed(reader, me, post, comment_page_in_threads, all, 600, &pages), many + 1);
    assert_int_equal(all[3], numbers[many - 1] + 1); /* the answer stands in its thread */
    world_edge(w, shy, reader, EDGE_BLOCKS, EDGE_BLOCKED);
    assert_int_equal(listed(reader, me, post, comment_page_in_order, all, 600, &pages), many + 1 - many / 4);
}

static void a_page_that_looked_at_enough_is_short_and_goes_on(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), shy = world_member(w, ROLE_MEMBER), reader = world_member(w, ROLE_MEMBER), all[4];
    int64_t post = a_post(me, LEVEL_EVERYONE), first = say(me, me, post, 0);
    int pages;
    world_begin(w);
    for (int i = 1; i <= COMMENTS_SCAN_MAX + 100; i++)
        world_sql(w, "INSERT INTO comment (bucket, id, owner, ordinal, post, root, author, text) SELECT k.bucket, k.id + %d, k.owner,"
                     " k.ordinal + %d, k.post, k.id + %d, %lld, 'x' FROM comment k WHERE k.bucket = %lld AND k.owner = %lld AND k.ordinal = %lld",
                  i, i, i, L(shy), L(bucket_of(me)), L(me), L(first));
    world_end(w);
    world_edge(w, shy, reader, EDGE_BLOCKS, EDGE_BLOCKED);
    assert_int_equal(listed(reader, me, post, comment_page_in_order, all, 4, &pages), 1);
    assert_int_equal(all[0], first);
    assert_true(pages > 1);
}

static void a_comments_own_page_shows_its_neighbours(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), post = a_post(me, LEVEL_EVERYONE), first = say(me, me, post, 0), last = first;
    for (int i = 0; i < 2 * COMMENT_AROUND + 3; i++) last = say(me, me, post, first);
    say(me, me, post, 0); /* another thread */
    comment_row k;
    comment_row_list rows;
    wall_post p;
    bool before, after;
    ctx *c = world_ctx(w, me);
    assert_int_equal(comment_get(c, me, first, &k, &p), OK);
    assert_int_equal(comment_page_around(c, &p, &k, &rows, &before, &after), OK);
    assert_int_equal(rows.len, 1 + COMMENT_AROUND);
    assert_false(before);
    assert_true(after);
    assert_int_equal(comment_get(c, me, first + COMMENT_AROUND + 1, &k, &p), OK);
    assert_int_equal(comment_page_around(c, &p, &k, &rows, &before, &after), OK);
    assert_int_equal(rows.len, 1 + 2 * COMMENT_AROUND);
    assert_true(before);
    assert_int_equal(rows.items[COMMENT_AROUND].ordinal, k.ordinal);
    assert_int_equal(comment_get(c, me, last, &k, &p), OK);
    assert_int_equal(comment_page_around(c, &p, &k, &rows, &before, &after), OK);
    assert_false(after);
    world_done(c);
}

/* ---- changing and taking back ---- */

static void only_the_author_edits_and_only_for_a_day(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER), post = a_post(me, LEVEL_EVERYONE);
    int64_t number = say(other, me, post, 0), written = w->now;
    ctx *c = world_act(w, me);
    assert_int_equal(world_ends(c, comment_edit(c, me, number, 0, STR("Mine now"))), E_DENIED);
    c = world_act(w, other);
    c->now = written + COMMENT_EDIT_MS - 1;
    assert_int_equal(world_ends(c, comment_edit(c, me, number, 0, STR("Better words"))), OK);
    c = world_act(w, other);
    c->now = written + COMMENT_EDIT_MS - 1;
    assert_int_equal(world_ends(c, comment_edit(c, me, number, 0, STR("From an old window"))), E_CONFLICT);
    c = world_act(w, other);
    c->now = written + COMMENT_EDIT_MS;
    assert_int_equal(world_ends(c, comment_edit(c, me, number, 1, STR("Too late"))), E_DENIED);
}

static void what_is_ones_own_can_be_taken_back_from_behind_a_block(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), host = world_member(w, ROLE_MEMBER), other = world_member(w, ROLE_MEMBER);
    int64_t post = a_post(host, LEVEL_EVERYONE), mine = say(me, host, post, 0), theirs = say(other, host, post, 0);
    assert_int_equal(acting(me, like, host, theirs), OK);
    assert_int_equal(acting(me, like, host, theirs), OK); /* once */
    world_edge(w, host, me, EDGE_BLOCKS, EDGE_BLOCKED);
    assert_int_equal(seen(me, host, mine), E_NOT_FOUND);
    assert_int_equal(acting(me, unlike, host, theirs), OK);
    assert_int_equal(acting(me, unlike, host, theirs), E_NOT_FOUND);
    assert_int_equal(acting(me, comment_delete, host, theirs), E_NOT_FOUND);
    assert_int_equal(acting(me, comment_delete, host, mine), OK);
    assert_int_equal(acting(me, comment_delete, host, mine), OK);
    assert_int_equal(counted(host, post), 1);
    assert_int_equal(acting(me, comment_restore, host, mine), E_NOT_FOUND); /* as if it were new */
    assert_int_equal(acting(host, comment_restore, host, mine), E_NOT_FOUND);
    assert_int_equal(acting(other, comment_delete, host, mine), E_GONE);
    assert_int_equal(acting(host, comment_delete, host, theirs), OK);
    assert_int_equal(acting(other, comment_restore, host, theirs), E_NOT_FOUND);
    assert_int_equal(acting(host, comment_restore, host, theirs), OK);
    assert_int_equal(counted(host, post), 1);
}

static void whoever_may_not_comment_any_more_cannot_bring_theirs_back(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), host = world_member(w, ROLE_MEMBER), post = a_post(host, LEVEL_EVERYONE);
    int64_t mine = say(me, host, post, 0);
    assert_int_equal(acting(me, comment_delete, host, mine), OK);
    world_setting(w, host, PRIVACY_COMMENT, LEVEL_FRIENDS);
    assert_int_equal(acting(me, comment_restore, host, mine), E_DENIED);
    world_setting(w, host, PRIVACY_COMMENT, LEVEL_MEMBERS);
    ctx *c = world_act(w, me);
    c->now = w->now += COMMENT_UNDO_MS + 1000;
    assert_int_equal(world_ends(c, comment_restore(c, host, mine)), E_GONE);
}

static void run_sweeps(void)
{
    for (int i = 0; i < 4; i++) {
        ctx *c = world_act(w, 0);
        c->now = w->now;
        assert_int_equal(wall_sweep.run(c, STR("")), OK);
        assert_int_equal(comment_sweep.run(c, STR("")), OK);
        world_done(c);
    }
}

static void words_are_erased_a_day_after_they_or_their_post_were_deleted(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), post = a_post(me, LEVEL_EVERYONE), kept = a_post(me, LEVEL_EVERYONE);
    for (int i = 0; i < 60; i++) say(me, me, post, 0); /* more than a slice */
    int64_t one = say(me, me, kept, 0), other = say(me, me, kept, 0);
    assert_int_equal(acting(me, like, me, one), OK);
    assert_int_equal(acting(me, comment_delete, me, one), OK);
    assert_int_equal(acting(me, wall_delete, me, post), OK);
    run_sweeps();
    const char *left = "SELECT count(*) FROM comment WHERE bucket = %lld AND owner = %lld AND text <> ''";
    assert_int_equal(world_int(w->db, -1, left, L(bucket_of(me)), L(me)), 62);
    w->now += COMMENT_UNDO_MS + 1000;
    run_sweeps();
    assert_int_equal(world_int(w->db, -1, left, L(bucket_of(me)), L(me)), 1);
    assert_int_equal(world_int(w->db, -1, "SELECT count(*) FROM comment_like WHERE member = %lld", L(me)), 0);
    assert_int_equal(counted(me, post), 0);
    assert_int_equal(seen(me, me, one), E_GONE);
    assert_int_equal(seen(me, me, other), OK);
}

static void who_does_not_show_themselves_is_not_among_those_who_like_it(void **state)
{
    (void)state;
    int64_t me = world_member(w, ROLE_MEMBER), hidden = world_member(w, ROLE_MEMBER), open = world_member(w, ROLE_MEMBER), next;
    int64_t post = a_post(me, LEVEL_EVERYONE), number = say(me, me, post, 0);
    assert_int_equal(acting(hidden, like, me, number), OK);
    assert_int_equal(acting(open, like, me, number), OK);
    world_setting(w, hidden, PRIVACY_FOUND, LEVEL_NOBODY);
    comment_row k;
    wall_post p;
    comment_liker_list likers;
    ctx *c = world_ctx(w, me);
    assert_int_equal(comment_get(c, me, number, &k, &p), OK);
    assert_int_equal(k.likes, 2);
    assert_int_equal(comment_likes(c, &k, 0, &likers, &next), OK);
    assert_int_equal(likers.len, 1);
    assert_int_equal(likers.items[0].member, open);
    world_done(c);
}

#define TESTS                                                                                                                   \
    TEST(the_owner_of_the_wall_says_who_comments), TEST(an_answer_belongs_to_the_same_post_and_to_what_is_there),               \
        TEST(who_blocks_or_is_suspended_takes_their_words_along), TEST(pages_reach_every_comment_once_in_both_orders),          \
        TEST(a_page_that_looked_at_enough_is_short_and_goes_on), TEST(a_comments_own_page_shows_its_neighbours),                \
        TEST(only_the_author_edits_and_only_for_a_day), TEST(what_is_ones_own_can_be_taken_back_from_behind_a_block),           \
        TEST(whoever_may_not_comment_any_more_cannot_bring_theirs_back),                                                        \
        TEST(words_are_erased_a_day_after_they_or_their_post_were_deleted),                                                     \
        TEST(who_does_not_show_themselves_is_not_among_those_who_like_it)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    int failed = cmocka_run_group_tests_name("comments on SQLite", tests, open_sqlite, close_world);
    if (getenv("VECHE_TEST_PG")) failed += cmocka_run_group_tests_name("comments on PostgreSQL", tests, open_postgres, close_world);
    return failed;
}
