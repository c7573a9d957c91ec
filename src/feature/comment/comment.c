/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/comment/comment.h"

#include "base/ids.h"

#define SWEEP_SLICE 50
#define SWEEP_PAUSE_MS (10 * INT64_C(60000))

/* ---- reading ---- */

/* Not judged. */
static rc comment_read(ctx *c, int64_t owner, int64_t number, comment_row *out)
{
    rc_code found = sql_comment_by_ordinal(c->db, c->arena, bucket_of(owner), owner, number, out);
    return found == E_NOT_FOUND ? fail(c, E_NOT_FOUND, MSG(L_NONE), "no such comment") : found;
}

rc comment_get(ctx *c, int64_t owner, int64_t number, comment_row *out, wall_post *post)
{
    bool may;
    TRY(comment_read(c, owner, number, out));
    TRY(wall_get_by_id(c, out->post, post));
    TRY(privacy_see_author(c, out->author, &may));
    if (!may) return fail(c, E_NOT_FOUND, MSG(L_NONE), "its author hides from this viewer");
    if (out->deleted_at) return fail(c, E_GONE, MSG(L_comment_gone), "deleted");
    return OK;
}

rc comment_post(ctx *c, int64_t owner, int64_t number, wall_post *out)
{
    comment_row k;
    TRY(comment_read(c, owner, number, &k));
    return wall_get_by_id(c, k.post, out);
}

bool comment_may_edit(const ctx *c, const comment_row *k)
{
    return c->viewer.num && k->author == c->viewer.num && c->now - id_time(k->id) < COMMENT_EDIT_MS;
}

bool comment_may_delete(const ctx *c, const comment_row *k)
{
    return c->viewer.num && (k->author == c->viewer.num || k->owner == c->viewer.num);
}

rc comment_may_add(ctx *c, const wall_post *p, bool *may)
{
    *may = c->viewer.num != 0;
    return *may && c->viewer.num != p->owner ? privacy_may(c, p->owner, PRIVACY_COMMENT, may) : OK;
}

/* ---- lists ---- */

typedef rc (*slice_of)(ctx *c, const wall_post *p, comment_place below, comment_row_list *out);

static rc slice_in_order(ctx *c, const wall_post *p, comment_place below, comment_row_list *out)
{
    return sql_comment_in_order(c->db, c->arena, bucket_of(p->owner), p->id, below.id, COMMENTS_PAGE + 1, out);
}

static rc slice_in_threads(ctx *c, const wall_post *p, comment_place below, comment_row_list *out)
{
    return sql_comment_in_threads(c->db, c->arena, bucket_of(p->owner), p->id, below.root, below.id, COMMENTS_PAGE + 1, out);
}

static void turn_round(comment_row_list *l)
{
    for (size_t i = 0; i < l->len / 2; i++) {
        comment_row first = l->items[i];
        l->items[i] = l->items[l->len - 1 - i];
        l->items[l->len - 1 - i] = first;
    }
}

/* Looks for one more than the page holds: so earlier ones are promised only when there is one, unless COMMENTS_SCAN_MAX were looked at
 * in vain. */
static rc page_of(ctx *c, const wall_post *p, slice_of slice, comment_place below, comment_page *out)
{
    *out = (comment_page){.rows = {ARENA_ARRAY(c->arena, comment_row, COMMENTS_PAGE + 1), 0}};
    comment_row_list part = {.len = COMMENTS_PAGE + 1};
    size_t scanned = 0;
    for (; scanned < COMMENTS_SCAN_MAX && out->rows.len <= COMMENTS_PAGE && part.len > COMMENTS_PAGE; scanned += part.len) {
        TRY(slice(c, p, below, &part));
        for (size_t i = 0; i < part.len && out->rows.len <= COMMENTS_PAGE; i++) {
            bool may;
            const comment_row *k = &part.items[i];
            below = (comment_place){k->root, k->id};
            TRY(privacy_see_author(c, k->author, &may));
            if (may) out->rows.items[out->rows.len++] = *k;
        }
    }
    if (out->rows.len > COMMENTS_PAGE) {
        const comment_row *first = &out->rows.items[--out->rows.len - 1];
        out->earlier = (comment_place){first->root, first->id};
    } else if (part.len > COMMENTS_PAGE) {
        out->earlier = below;
    }
    turn_round(&out->rows);
    return OK;
}

rc comment_page_in_order(ctx *c, const wall_post *p, comment_place below, comment_page *out)
{
    return page_of(c, p, slice_in_order, below, out);
}

rc comment_page_in_threads(ctx *c, const wall_post *p, comment_place below, comment_page *out)
{
    return page_of(c, p, slice_in_threads, below, out);
}

static rc take_open(ctx *c, const comment_row_list *from, comment_row_list *out)
{
    for (size_t i = 0; i < from->len && i < COMMENT_AROUND; i++) {
        bool may;
        TRY(privacy_see_author(c, from->items[i].author, &may));
        if (may) out->items[out->len++] = from->items[i];
    }
    return OK;
}

rc comment_page_around(ctx *c, const wall_post *p, const comment_row *k, comment_row_list *out, bool *more_before, bool *more_after)
{
    int64_t bucket = bucket_of(p->owner);
    comment_row_list before, after;
    *out = (comment_row_list){ARENA_ARRAY(c->arena, comment_row, 2 * COMMENT_AROUND + 1), 0};
    TRY(sql_comment_in_threads(c->db, c->arena, bucket, p->id, k->root, k->id, COMMENT_AROUND + 1, &before));
    while (before.len && before.items[before.len - 1].root != k->root) before.len--; /* threads before this one */
    TRY(sql_comment_later(c->db, c->arena, bucket, p->id, k->root, k->id, COMMENT_AROUND + 1, &after));
    *more_before = before.len > COMMENT_AROUND;
    *more_after = after.len > COMMENT_AROUND;
    TRY(take_open(c, &before, out));
    turn_round(out);
    out->items[out->len++] = *k;
    return take_open(c, &after, out);
}

rc comment_head(ctx *c, int64_t root, comment_row *out, bool *there)
{
    *there = false;
    rc_code found = sql_comment_by_id(c->db, c->arena, id_bucket(root), root, out);
    if (found == E_NOT_FOUND) return OK;
    TRY(found);
    return out->deleted_at ? OK : privacy_see_author(c, out->author, there);
}

rc comment_liked(ctx *c, const comment_row_list *rows, bool *liked)
{
    for (size_t i = 0; i < rows->len; i++) liked[i] = false;
    if (!c->viewer.num || !rows->len) return OK;
    int64_t *ids = ARENA_ARRAY(c->arena, int64_t, rows->len);
    for (size_t i = 0; i < rows->len; i++) ids[i] = rows->items[i].id;
    comment_liked_of_row_list likes;
    TRY(sql_comment_liked_of(c->db, c->arena, ids, rows->len, c->viewer.num, &likes));
    for (size_t l = 0; l < likes.len; l++)
        for (size_t i = 0; i < rows->len; i++) liked[i] = liked[i] || ids[i] == likes.items[l].comment;
    return OK;
}

/* Like wall_likes. */
rc comment_likes(ctx *c, const comment_row *k, int64_t after, comment_liker_list *out, int64_t *next)
{
    *out = (comment_liker_list){ARENA_ARRAY(c->arena, comment_liker, LIKES_PAGE + 1), 0};
    *next = 0;
    for (size_t scanned = 0; scanned < LIKES_SCAN_MAX && out->len <= LIKES_PAGE;) {
        comment_liker_list slice;
        TRY(sql_comment_likers(c->db, c->arena, bucket_of(k->owner), k->id, after, LIKES_PAGE, &slice));
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

/* ---- writing ---- */

static rc may_comment(ctx *c, const wall_post *p)
{
    return c->viewer.num == p->owner ? OK : privacy_check(c, p->owner, PRIVACY_COMMENT);
}

/* The comment that is answered, of the same post. Whether it is deleted or hidden is one to whom it is not open. */
static rc parent_get(ctx *c, const wall_post *p, int64_t parent, comment_row *out)
{
    bool may = false;
    rc_code found = sql_comment_by_ordinal(c->db, c->arena, bucket_of(p->owner), p->owner, parent, out);
    if (found != OK && found != E_NOT_FOUND) return found;
    if (found == OK && out->post == p->id && !out->deleted_at) TRY(privacy_see_author(c, out->author, &may));
    return may ? OK : fail(c, E_CONFLICT, MSG(L_comment_parent_gone), "the comment that is answered is gone");
}

static bool is_named(const text_mention_list *named, int64_t num)
{
    for (size_t i = 0; i < named->len; i++)
        if (named->items[i] == num) return true;
    return false;
}

/* Each hears of a comment once: that it answers them, else that it names them, else that it stands under their post or on their wall. */
static rc tell(ctx *c, const wall_post *p, const comment_row *up, str stored, int64_t id)
{
    text_mention_list named;
    text_mentions(stored, &named);
    if (up->id) TRY(notice_tell_reader(c, up->author, (notice_of){NOTICE_ANSWER, up->id, p->id, id}, p->owner, p->author, p->audience));
    TRY(wall_tell_named(c, &named, up->author, (notice_of){NOTICE_MENTION, id, p->id, id}, p->owner, p->author, p->audience));
    int64_t theirs[2] = {p->author, p->owner};
    for (int i = 0; i < 1 + (p->owner != p->author); i++)
        if (theirs[i] != up->author && !is_named(&named, theirs[i]))
            TRY(notice_tell(c, theirs[i], (notice_of){NOTICE_COMMENT, p->id, p->id, id}));
    return OK;
}

rc comment_add(ctx *c, int64_t owner, int64_t post, int64_t parent, str text, int64_t *number)
{
    wall_post p;
    comment_row up = {0};
    str stored;
    TRY(wall_get(c, owner, post, &p));
    TRY(may_comment(c, &p));
    if (parent) TRY(parent_get(c, &p, parent, &up));
    TRY(text_store(c, text, &stored));
    TRY(wall_number(c, owner, number));
    int64_t bucket = bucket_of(owner), id = id_next(c->ids, bucket, c->now);
    TRY(sql_comment_insert(c->db, bucket, id, owner, *number, p.id, parent ? up.root : id, up.ordinal, up.author, c->viewer.num, stored));
    TRY(tell(c, &p, &up, stored, id));
    return wall_commented(c, owner, p.id, 1);
}

rc comment_edit(ctx *c, int64_t owner, int64_t number, int64_t version, str text)
{
    comment_row k;
    wall_post p;
    str stored;
    int64_t changed;
    TRY(comment_get(c, owner, number, &k, &p));
    if (k.author != c->viewer.num) return fail(c, E_DENIED, MSG(L_comment_not_author), "not the author");
    if (!comment_may_edit(c, &k)) return fail(c, E_DENIED, MSG(L_comment_too_late), "past the time for edits");
    if (k.version != version) return fail(c, E_CONFLICT, MSG(L_comment_edited_meanwhile), "another version");
    TRY(text_store(c, text, &stored));
    if (str_eq(stored, k.text)) return OK;
    TRY(sql_comment_update_text(c->db, stored, c->now, bucket_of(owner), k.id, k.version, &changed));
    return changed ? OK : fail(c, E_CONFLICT, MSG(L_comment_edited_meanwhile), "lost the race");
}

rc comment_delete(ctx *c, int64_t owner, int64_t number)
{
    comment_row k;
    wall_post p;
    int64_t changed;
    TRY(comment_read(c, owner, number, &k));
    bool mine = comment_may_delete(c, &k);
    if (mine && k.deleted_at && k.deleted_by == c->viewer.num) return OK;
    /* One's own words, and what stands on one's own wall, can be taken away even when a block hides them. */
    if (!mine || k.deleted_at) TRY(comment_get(c, owner, number, &k, &p));
    if (!mine) return fail(c, E_DENIED, MSG(L_comment_not_yours), "neither author nor owner");
    TRY(sql_comment_delete(c->db, c->now, c->viewer.num, bucket_of(owner), k.id, &changed));
    if (!changed) return fail(c, E_GONE, MSG(L_comment_gone), "lost the race");
    return wall_commented(c, owner, k.post, -1);
}

rc comment_restore(ctx *c, int64_t owner, int64_t number)
{
    comment_row k;
    wall_post p;
    int64_t changed;
    TRY(comment_read(c, owner, number, &k));
    if (!k.deleted_at) return comment_get(c, owner, number, &k, &p);
    if (k.deleted_by != c->viewer.num) return fail(c, E_NOT_FOUND, MSG(L_NONE), "deleted by somebody else");
    if (c->now - k.deleted_at > COMMENT_UNDO_MS) return fail(c, E_GONE, MSG(L_comment_gone), "past the time for undo");
    TRY(wall_get_by_id(c, k.post, &p));
    if (k.author == c->viewer.num) TRY(may_comment(c, &p)); /* as if it were new */
    TRY(sql_comment_restore(c->db, bucket_of(owner), k.id, c->viewer.num, &changed));
    if (!changed) return fail(c, E_GONE, MSG(L_comment_gone), "lost the race");
    return wall_commented(c, owner, k.post, 1);
}

static rc like(ctx *c, int64_t owner, int64_t number)
{
    comment_row k;
    wall_post p;
    int64_t changed;
    TRY(comment_get(c, owner, number, &k, &p));
    TRY(sql_comment_like(c->db, bucket_of(owner), k.id, c->viewer.num, c->now, &changed));
    if (!changed) return OK;
    TRY(notice_tell(c, k.author, (notice_of){NOTICE_LIKE_COMMENT, k.id, k.post, k.id}));
    return sql_comment_likes_add(c->db, 1, bucket_of(owner), k.id);
}

/* Who has no like there learns nothing. */
static rc unlike(ctx *c, int64_t owner, int64_t number)
{
    comment_row k;
    wall_post p;
    int64_t changed;
    TRY(comment_read(c, owner, number, &k));
    TRY(sql_comment_unlike(c->db, bucket_of(owner), k.id, c->viewer.num, &changed));
    if (changed) TRY(notice_untell(c, k.author, NOTICE_LIKE_COMMENT, k.id));
    return changed ? sql_comment_likes_add(c->db, -1, bucket_of(owner), k.id) : comment_get(c, owner, number, &k, &p);
}

rc comment_like(ctx *c, int64_t owner, int64_t number, bool on)
{
    return on ? like(c, owner, number) : unlike(c, owner, number);
}

/* ---- erasing ---- */

static rc erase(ctx *c, int64_t bucket, int64_t id)
{
    TRY(sql_comment_erase_likes(c->db, bucket, id));
    return sql_comment_erase(c->db, c->now, bucket, id);
}

/* What stood under a post goes with it: a slice of each. */
static rc erase_under(ctx *c, const comment_posts_erased_row *p, size_t *erased)
{
    comment_of_post_row_list rest;
    TRY(sql_comment_of_post(c->db, c->arena, p->bucket, p->id, SWEEP_SLICE, &rest));
    for (size_t i = 0; i < rest.len; i++) TRY(erase(c, p->bucket, rest.items[i].id));
    *erased += rest.len;
    return wall_commented(c, p->owner, p->id, -(int)rest.len);
}

static rc sweep_run(ctx *c, str payload)
{
    comment_erasable_list old;
    comment_posts_erased_row_list posts;
    size_t erased;
    TRY(sql_comment_to_erase(c->db, c->arena, c->now - COMMENT_UNDO_MS, SWEEP_SLICE, &old));
    for (size_t i = 0; i < old.len; i++) TRY(erase(c, old.items[i].bucket, old.items[i].id));
    erased = old.len;
    TRY(sql_comment_posts_erased(c->db, c->arena, SWEEP_SLICE, &posts));
    for (size_t i = 0; i < posts.len && erased < SWEEP_SLICE; i++) TRY(erase_under(c, &posts.items[i], &erased));
    return job_add(c, &comment_sweep, payload, erased >= SWEEP_SLICE ? 0 : c->now + SWEEP_PAUSE_MS);
}

const job_kind comment_sweep = {"comment_sweep", sweep_run, JOB_SLICE_MS, .repeats = true};
