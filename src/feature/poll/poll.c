/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/poll/poll.h"

#include "base/clock.h"
#include "base/ids.h"

rc poll_add(ctx *c, int64_t owner, int64_t ordinal, const poll_draft *draft)
{
    wall_post p;
    int64_t bucket = bucket_of(owner);
    TRY(wall_get(c, owner, ordinal, &p));
    if (p.author != c->viewer.num) return fail(c, E_DENIED, MSG(L_wall_not_author), "not the author");
    TRY(wall_with_poll(c, owner, p.id));
    TRY(sql_poll_insert(c->db, bucket, p.id, draft->question, draft->anonymous, draft->several, draft->changes,
                        draft->days ? c->now + draft->days * MS_DAY : 0));
    for (size_t i = 0; i < draft->len; i++) TRY(sql_poll_answer_insert(c->db, bucket, p.id, (int64_t)i + 1, draft->answers[i]));
    return OK;
}

static bool is_over(const ctx *c, const poll_row *q) { return q->ends_at > 0 && c->now >= q->ends_at; }

rc poll_read(ctx *c, const int64_t *posts, size_t len, poll_list *out)
{
    poll_row_list rows = {0};
    poll_answer_list answers = {0};
    poll_choice_list mine = {0};
    *out = (poll_list){0};
    if (!len) return OK;
    TRY(sql_poll_of(c->db, c->arena, posts, len, &rows));
    if (!rows.len) return OK;
    TRY(sql_poll_answers_of(c->db, c->arena, posts, len, &answers));
    if (c->viewer.num && !c->page_of) TRY(sql_poll_choices_of(c->db, c->arena, posts, len, c->viewer.num, &mine));
    *out = (poll_list){ARENA_ARRAY(c->arena, poll, rows.len), rows.len};
    for (size_t i = 0; i < rows.len; i++) {
        poll *q = &out->items[i];
        *q = (poll){.row = rows.items[i], .over = is_over(c, &rows.items[i])};
        for (size_t a = answers.len; a-- > 0;)
            if (answers.items[a].post == q->row.post) q->answers.items = &answers.items[a], q->answers.len++;
        for (size_t m = 0; m < mine.len; m++)
            if (mine.items[m].post == q->row.post) q->mine |= 1u << mine.items[m].answer;
    }
    return OK;
}

static rc poll_get(ctx *c, int64_t owner, int64_t ordinal, poll *out)
{
    wall_post p;
    poll_list found;
    TRY(wall_get(c, owner, ordinal, &p));
    TRY(poll_read(c, &p.id, 1, &found));
    if (!found.len) return fail(c, E_NOT_FOUND, MSG(L_NONE), "no poll there");
    *out = found.items[0];
    return OK;
}

static rc count(ctx *c, int64_t owner, const poll *q, unsigned answers, int by)
{
    int64_t bucket = bucket_of(owner);
    for (size_t i = 1; i <= q->answers.len; i++)
        if (answers >> i & 1u) TRY(sql_poll_count_answer(c->db, by, bucket, q->row.post, (int64_t)i));
    return sql_poll_count_voters(c->db, by, bucket, q->row.post);
}

rc poll_choose(ctx *c, int64_t owner, int64_t ordinal, unsigned answers)
{
    poll q = {0};
    TRY(poll_get(c, owner, ordinal, &q));
    if (answers && answers == q.mine) return OK;
    if (q.over) return fail(c, E_CONFLICT, MSG(L_poll_is_over), "past its end");
    if (q.mine) return fail(c, E_CONFLICT, MSG(L_poll_chosen), "chosen already");
    bool none = answers == 0 || (answers & 1u) || answers >> (q.answers.len + 1) != 0, more = (answers & (answers - 1)) != 0;
    if (none || (more && !q.row.several)) return fail(c, E_INVALID, MSG(L_poll_choose_one), "no such choice");
    for (size_t i = 1; i <= q.answers.len; i++)
        if (answers >> i & 1u) TRY(sql_poll_vote_insert(c->db, bucket_of(owner), q.row.post, c->viewer.num, (int64_t)i));
    return count(c, owner, &q, answers, 1);
}

rc poll_take_back(ctx *c, int64_t owner, int64_t ordinal)
{
    poll q = {0};
    TRY(poll_get(c, owner, ordinal, &q));
    if (!q.mine) return OK;
    if (q.over) return fail(c, E_CONFLICT, MSG(L_poll_is_over), "past its end");
    if (!q.row.changes) return fail(c, E_CONFLICT, MSG(L_poll_stays), "choices stay");
    TRY(sql_poll_vote_delete(c->db, bucket_of(owner), q.row.post, c->viewer.num));
    return count(c, owner, &q, q.mine, -1);
}

rc poll_who(ctx *c, const wall_post *p, int64_t answer, int64_t after, poll_voter_list *out, int64_t *next)
{
    poll_list found;
    *out = (poll_voter_list){ARENA_ARRAY(c->arena, poll_voter, LIKES_PAGE + 1), 0};
    *next = 0;
    TRY(poll_read(c, &p->id, 1, &found));
    if (!found.len) return fail(c, E_NOT_FOUND, MSG(L_NONE), "no poll there");
    if (found.items[0].row.anonymous) return fail(c, E_DENIED, MSG(L_poll_is_anonymous), "anonymous");
    for (size_t scanned = 0; scanned < LIKES_SCAN_MAX && out->len <= LIKES_PAGE;) {
        poll_voter_list slice;
        TRY(sql_poll_voters(c->db, c->arena, bucket_of(p->owner), p->id, answer, after, LIKES_PAGE, &slice));
        for (size_t i = 0; i < slice.len && out->len <= LIKES_PAGE; i++) {
            bool may;
            after = slice.items[i].member;
            TRY(privacy_may_meet(c, after, &may));
            if (may) out->items[out->len++] = slice.items[i];
        }
        scanned += slice.len;
        if (slice.len < LIKES_PAGE && out->len <= LIKES_PAGE) return OK;
    }
    if (out->len > LIKES_PAGE) out->len = LIKES_PAGE, after = out->items[LIKES_PAGE - 1].member;
    *next = after;
    return OK;
}

rc poll_forget(ctx *c, int64_t bucket, int64_t post)
{
    TRY(sql_poll_erase_votes(c->db, bucket, post));
    TRY(sql_poll_erase_answers(c->db, bucket, post));
    return sql_poll_erase(c->db, bucket, post);
}
