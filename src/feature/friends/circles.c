/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/friends/circles.h"

#include "base/ids.h"
#include "circles.sql.h"
#include "db/change.h"
#include "graph/audience.h"
#include "graph/graph.h"

static rc no_circle(ctx *c) { return fail(c, E_NOT_FOUND, MSG(L_friends_circle_none), "no such circle"); }

rc circle_create(ctx *c, str title, int64_t *ordinal)
{
    int64_t me = c->viewer.num, bucket = bucket_of(me);
    circles_count_row have;
    circle_next_row next;
    TRY(sql_circles_count(c->db, c->arena, bucket, me, &have));
    if (have.circles >= CIRCLES_MAX) return fail(c, E_LIMIT, msg_n(L_friends_circles_full, CIRCLES_MAX), "circles are full");
    TRY(sql_circle_next(c->db, c->arena, bucket, me, &next));
    TRY(sql_circle_insert(c->db, bucket, me, next.ordinal, title));
    *ordinal = next.ordinal;
    return change_emit(c, CHANGE_PRIVACY, me, 0); /* memory knows which circles there are */
}

rc circle_rename(ctx *c, int64_t ordinal, str title)
{
    int64_t me = c->viewer.num, changed;
    TRY(sql_circle_set_title(c->db, title, bucket_of(me), me, ordinal, &changed));
    return changed ? change_emit(c, CHANGE_PRIVACY, me, 0) : no_circle(c);
}

static rc expect_circle(ctx *c, int64_t ordinal)
{
    bool there;
    TRY(graph_circle_is(c, c->viewer.num, ordinal, &there));
    return there ? OK : no_circle(c);
}

/* One more than fits is enough to know that they do not. */
static rc keep_out_by_name(ctx *c, int64_t ordinal)
{
    int64_t me = c->viewer.num;
    circle_people_row_list people;
    TRY(sql_circle_people(c->db, c->arena, bucket_of(me), me, ordinal, 0, AUDIENCE_LIST_MAX + 1, &people));
    num_list nums = {ARENA_ARRAY(c->arena, uint32_t, people.len ? people.len : 1), people.len};
    for (size_t i = 0; i < people.len; i++) nums.items[i] = (uint32_t)people.items[i].other;
    rc_code done = audience_forget_circle(c, me, ordinal, &nums);
    if (done != E_LIMIT) return done;
    return fail(c, E_LIMIT, msg_n(L_friends_circle_delete_many, AUDIENCE_LIST_MAX), "too many for a list of exceptions");
}

rc circle_delete(ctx *c, int64_t ordinal)
{
    int64_t me = c->viewer.num, dropped;
    rc_code there = expect_circle(c, ordinal);
    if (there != OK) return there == E_NOT_FOUND ? OK : there;
    TRY(keep_out_by_name(c, ordinal));
    TRY(sql_circle_drop(c->db, bucket_of(me), me, ordinal, &dropped));
    return dropped ? change_emit(c, CHANGE_PRIVACY, me, 0) : OK;
}

/* Keeps the counter, and tells memory when anybody came or went. */
static rc count_members(ctx *c, int64_t ordinal, int64_t by)
{
    int64_t me = c->viewer.num, changed;
    TRY(sql_circle_members_move(c->db, by, bucket_of(me), me, ordinal, &changed));
    if (!changed) return no_circle(c);
    return by ? change_emit(c, CHANGE_PRIVACY, me, 0) : OK;
}

rc circle_add(ctx *c, int64_t ordinal, const int64_t *nums, size_t len)
{
    int64_t me = c->viewer.num, added = 0;
    TRY(expect_circle(c, ordinal)); /* before the members, whose rows refer to it */
    for (size_t i = 0; i < len; i++) {
        unsigned bits;
        int64_t one;
        TRY(graph_edge(c, me, nums[i], &bits));
        if (!(bits & EDGE_FRIEND)) continue;
        TRY(sql_circle_put(c->db, bucket_of(me), me, ordinal, nums[i], &one));
        added += one;
    }
    return count_members(c, ordinal, added);
}

rc circle_remove(ctx *c, int64_t ordinal, const int64_t *nums, size_t len)
{
    int64_t me = c->viewer.num, taken = 0;
    for (size_t i = 0; i < len; i++) {
        int64_t one;
        TRY(sql_circle_take(c->db, bucket_of(me), me, ordinal, nums[i], &one));
        taken += one;
    }
    return count_members(c, ordinal, -taken);
}

rc circles_mine(ctx *c, circle_line_list *out)
{
    return graph_circles(c, c->viewer.num, out);
}

rc circle_mine(ctx *c, int64_t ordinal, circle_line *out)
{
    circle_line_list all;
    TRY(circles_mine(c, &all));
    for (size_t i = 0; i < all.len; i++)
        if (all.items[i].ordinal == ordinal) return *out = all.items[i], OK;
    return no_circle(c);
}
