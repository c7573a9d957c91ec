/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/wall/wall.h"

#include "base/ids.h"
#include "db/change.h"
#include "feature/poll/poll.h"
#include "feature/tag/tag.h"

#define SWEEP_SLICE 50
#define COUNTS_PAGE 200
#define COPIES_SLICE 50

/* ---- reading ---- */

static rc may_see(ctx *c, const wall_post *p, bool *may)
{
    return privacy_see_post(c, p->owner, p->author, p->audience, may);
}

/* Not judged. */
static rc post_read(ctx *c, int64_t owner, int64_t ordinal, wall_post *out)
{
    rc_code found = sql_wall_by_ordinal(c->db, c->arena, bucket_of(owner), owner, ordinal, out);
    return found == E_NOT_FOUND ? fail(c, E_NOT_FOUND, MSG(L_NONE), "no such post") : found;
}

static rc judged(ctx *c, const wall_post *p)
{
    bool may;
    TRY(may_see(c, p, &may));
    /* Whether it is there, deleted or hidden is nobody's business who could not see it. */
    if (!may) return fail(c, E_NOT_FOUND, MSG(L_NONE), "not for this viewer");
    if (p->deleted_at) return fail(c, E_GONE, MSG(L_wall_gone), "deleted");
    return OK;
}

rc wall_get(ctx *c, int64_t owner, int64_t ordinal, wall_post *out)
{
    TRY(post_read(c, owner, ordinal, out));
    return judged(c, out);
}

rc wall_get_by_id(ctx *c, int64_t id, wall_post *out)
{
    rc_code found = sql_wall_by_id(c->db, c->arena, id_bucket(id), id, out);
    if (found == E_NOT_FOUND) return fail(c, E_NOT_FOUND, MSG(L_NONE), "no such post");
    TRY(found);
    return judged(c, out);
}

rc wall_page(ctx *c, int64_t owner, int64_t before, bool owners_only, news_page *out)
{
    TRY(privacy_check(c, owner, PRIVACY_WALL));
    return graph_wall(c, owner, before, owners_only, WALL_PAGE, out);
}

rc wall_id(ctx *c, int64_t owner, int64_t ordinal, int64_t *id)
{
    wall_post p;
    TRY(post_read(c, owner, ordinal, &p));
    *id = p.id;
    return OK;
}

rc wall_pins(ctx *c, int64_t owner, news_page *out)
{
    wall_post_list pins;
    *out = (news_page){.items = ARENA_ARRAY(c->arena, ring_post, PINS_MAX)};
    TRY(sql_wall_pinned(c->db, c->arena, bucket_of(owner), owner, PINS_MAX, &pins));
    for (size_t i = 0; i < pins.len; i++) {
        bool may;
        TRY(may_see(c, &pins.items[i], &may));
        if (may) out->items[out->len++] = wall_ring_post(&pins.items[i]);
    }
    return OK;
}

rc wall_count(ctx *c, int64_t owner, int64_t *n)
{
    *n = 0;
    bool wall;
    TRY(privacy_may(c, owner, PRIVACY_WALL, &wall));
    if (!wall) return OK;
    int64_t last = -1;
    for (wall_audience_count_list counts = {.len = COUNTS_PAGE}; counts.len == COUNTS_PAGE;) {
        TRY(sql_wall_counts(c->db, c->arena, bucket_of(owner), owner, last, COUNTS_PAGE, &counts));
        for (size_t i = 0; i < counts.len; i++) {
            bool may;
            last = counts.items[i].audience;
            TRY(privacy_see_post(c, owner, owner, last, &may));
            if (may) *n += counts.items[i].posts;
        }
    }
    return OK;
}

rc wall_originals(ctx *c, const int64_t *ids, size_t len, wall_post_list *out)
{
    wall_post_list all = {0};
    if (len) TRY(sql_wall_by_ids(c->db, c->arena, ids, len, &all));
    *out = (wall_post_list){.items = all.items};
    for (size_t i = 0; i < all.len; i++) {
        bool may;
        TRY(may_see(c, &all.items[i], &may));
        if (may) out->items[out->len++] = all.items[i];
    }
    return OK;
}

ring_post wall_ring_post(const wall_post *p)
{
    return (ring_post){.id = p->id, .audience = p->audience, .original = p->original, .owner = (uint32_t)p->owner,
                       .author = (uint32_t)p->author, .ordinal = (uint32_t)p->ordinal, .version = (uint32_t)p->version,
                       .likes = (uint32_t)p->likes, .comments = (uint32_t)p->comments, .reposts = (uint32_t)p->reposts, .poll = p->poll != 0,
                       .photos = (uint8_t)p->photos};
}

/* Takes of a slice of copies, in its order, those that stand and that the viewer may see. */
static rc take_copies(ctx *c, const wall_copies_row_list *slice, int64_t *before, news_page *out)
{
    int64_t ids[COPIES_SLICE];
    wall_post_list open;
    for (size_t i = 0; i < slice->len; i++) ids[i] = slice->items[i].copy;
    TRY(wall_originals(c, ids, slice->len, &open));
    for (size_t i = 0; i < slice->len && out->len <= WALL_PAGE; i++) {
        *before = ids[i];
        for (size_t k = 0; k < open.len; k++)
            if (open.items[k].id == ids[i]) out->items[out->len++] = wall_ring_post(&open.items[k]);
    }
    return OK;
}

rc wall_reposts(ctx *c, const wall_post *p, int64_t before, news_page *out)
{
    *out = (news_page){.items = ARENA_ARRAY(c->arena, ring_post, WALL_PAGE + 1)};
    wall_copies_row_list slice = {.len = COPIES_SLICE};
    for (size_t scanned = 0; scanned < NEWS_SCAN_MAX && out->len <= WALL_PAGE && slice.len == COPIES_SLICE; scanned += slice.len) {
        TRY(sql_wall_copies(c->db, c->arena, bucket_of(p->owner), p->id, before, COPIES_SLICE, &slice));
        TRY(take_copies(c, &slice, &before, out));
    }
    if (out->len > WALL_PAGE) out->next = out->items[--out->len - 1].id;
    else if (slice.len == COPIES_SLICE) out->next = before;
    return OK;
}

rc wall_wordings(ctx *c, const wall_post *p, wall_wording_list *out)
{
    wall_wording_list all;
    TRY(sql_wall_history(c->db, c->arena, bucket_of(p->owner), p->id, &all));
    *out = (wall_wording_list){.items = all.items};
    for (size_t i = 0; i < all.len; i++) {
        bool may;
        TRY(privacy_see_post(c, p->owner, p->author, all.items[i].audience, &may));
        if (may) out->items[out->len++] = all.items[i];
    }
    return OK;
}

/* Looks for one more than the page holds: so a next page is promised only when somebody is on it. */
rc wall_likes(ctx *c, const wall_post *p, int64_t after, wall_liker_list *out, int64_t *next)
{
    *out = (wall_liker_list){ARENA_ARRAY(c->arena, wall_liker, LIKES_PAGE + 1), 0};
    *next = 0;
    for (size_t scanned = 0; scanned < LIKES_SCAN_MAX && out->len <= LIKES_PAGE;) {
        wall_liker_list slice;
        TRY(sql_wall_likers(c->db, c->arena, bucket_of(p->owner), p->id, after, LIKES_PAGE, &slice));
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

bool wall_may_edit(const ctx *c, const wall_post *p)
{
    return c->viewer.num && !c->page_of && p->author == c->viewer.num && c->now - id_time(p->id) < POST_EDIT_MS;
}

bool wall_may_choose(const ctx *c, const wall_post *p)
{
    return c->viewer.num && !c->page_of && p->author == c->viewer.num && p->owner == p->author;
}

bool wall_may_delete(const ctx *c, const wall_post *p)
{
    return c->viewer.num && !c->page_of && (p->author == c->viewer.num || p->owner == c->viewer.num);
}

/* ---- writing ---- */

/* The counts speak of the owner's own posts only. */
static rc count_post(ctx *c, int64_t owner, int64_t author, int64_t audience, bool one_more)
{
    if (owner != author) return OK;
    return one_more ? sql_wall_count_add(c->db, bucket_of(owner), owner, audience)
                    : sql_wall_count_sub(c->db, bucket_of(owner), owner, audience);
}

rc wall_number(ctx *c, int64_t owner, int64_t *number)
{
    wall_next_ordinal_row next;
    rc_code found = sql_wall_next_ordinal(c->db, c->arena, bucket_of(owner), owner, &next);
    if (found == E_NOT_FOUND) return fail(c, E_NOT_FOUND, MSG(L_NONE), "no such wall");
    TRY(found);
    *number = next.ordinal;
    return OK;
}

rc wall_with_poll(ctx *c, int64_t owner, int64_t post)
{
    TRY(sql_wall_set_poll(c->db, bucket_of(owner), post));
    return change_emit(c, CHANGE_WALL, owner, post);
}

rc wall_commented(ctx *c, int64_t owner, int64_t post, int by)
{
    TRY(sql_wall_comments_add(c->db, by, bucket_of(owner), post));
    return change_emit(c, CHANGE_WALL, owner, post);
}

rc wall_tell_named(ctx *c, const text_mention_list *named, int64_t but, notice_of what, int64_t owner, int64_t author, int64_t audience)
{
    for (size_t i = 0; i < named->len; i++)
        if (named->items[i] != but) TRY(notice_tell_reader(c, named->items[i], what, owner, author, audience));
    return OK;
}

/* Whoever is named and may read it; the owner of the wall in any case. */
static rc tell(ctx *c, str stored, int64_t post, int64_t owner, int64_t audience)
{
    text_mention_list named;
    text_mentions(stored, &named);
    TRY(wall_tell_named(c, &named, owner, (notice_of){NOTICE_MENTION, post, post, 0}, owner, c->viewer.num, audience));
    return notice_tell(c, owner, (notice_of){NOTICE_WALL, post, post, 0});
}

static rc insert(ctx *c, int64_t owner, str text, int64_t audience, int64_t original, size_t photos, int64_t *ordinal, int64_t *id)
{
    int64_t author = c->viewer.num, bucket = bucket_of(owner);
    str stored;
    TRY(text_store(c, text, &stored));
    TRY(wall_number(c, owner, ordinal));
    *id = id_next(c->ids, bucket, c->now);
    TRY(sql_wall_insert(c->db, bucket, *id, owner, *ordinal, author, audience, stored, original, (int64_t)photos));
    TRY(tag_write(c, bucket, *id, stored));
    TRY(count_post(c, owner, author, audience, true));
    TRY(tell(c, stored, *id, owner, audience));
    return change_emit(c, CHANGE_WALL, owner, *id);
}

rc wall_add(ctx *c, int64_t owner, str text, int64_t audience, int64_t *ordinal)
{
    return wall_add_with(c, owner, text, audience, NULL, 0, ordinal);
}

rc wall_add_with(ctx *c, int64_t owner, str text, int64_t audience, const photo_new *photos, size_t len, int64_t *ordinal)
{
    int64_t id;
    if (owner != c->viewer.num) {
        TRY(privacy_check(c, owner, PRIVACY_POST));
        audience = LEVEL_EVERYONE; /* the owner's rules for the wall stand above */
    }
    TRY(insert(c, owner, text, audience, 0, len, ordinal, &id));
    return photo_attach(c, owner, id, photos, len);
}

rc wall_repost_of(ctx *c, int64_t owner, int64_t ordinal, wall_post *out)
{
    TRY(wall_get(c, owner, ordinal, out));
    if (out->original) TRY(wall_get_by_id(c, out->original, out));
    if (out->audience == LEVEL_EVERYONE || out->audience == LEVEL_MEMBERS) return OK;
    return fail(c, E_DENIED, MSG(L_wall_not_for_reposts), "for some people only");
}

/* What is changed with a repost lies with two owners, and the lower bucket comes first: so this is called before and after the
 * change on the repost's own wall, and counts in one of the two. */
static rc count_repost(ctx *c, int64_t own_bucket, int64_t original, int by, bool before)
{
    wall_post p;
    if (!original || (id_bucket(original) < own_bucket) != before) return OK;
    TRY(sql_wall_by_id(c->db, c->arena, id_bucket(original), original, &p));
    TRY(sql_wall_reposts_add(c->db, by, id_bucket(original), original));
    return change_emit(c, CHANGE_WALL, p.owner, original);
}

rc wall_repost(ctx *c, int64_t owner, int64_t ordinal, str text, int64_t audience, int64_t *number)
{
    wall_post p;
    int64_t me = c->viewer.num, id;
    TRY(wall_repost_of(c, owner, ordinal, &p));
    TRY(count_repost(c, bucket_of(me), p.id, 1, true));
    TRY(insert(c, me, text, audience, p.id, 0, number, &id));
    TRY(count_repost(c, bucket_of(me), p.id, 1, false));
    TRY(notice_tell(c, p.author, (notice_of){NOTICE_REPOST, p.id, id, 0}));
    return sql_wall_repost_insert(c->db, id_bucket(p.id), p.id, id);
}

rc wall_edit(ctx *c, int64_t owner, int64_t ordinal, int64_t version, str text)
{
    wall_post p;
    TRY(wall_get(c, owner, ordinal, &p));
    if (p.author != c->viewer.num) return fail(c, E_DENIED, MSG(L_wall_not_author), "not the author");
    if (!wall_may_edit(c, &p)) return fail(c, E_DENIED, MSG(L_wall_too_late), "past the time for edits");
    if (p.version != version) return fail(c, E_CONFLICT, MSG(L_wall_edited_meanwhile), "another version");
    str stored;
    TRY(text_store(c, text, &stored));
    if (str_eq(stored, p.text)) return OK;
    int64_t changed, bucket = bucket_of(owner);
    TRY(sql_wall_keep_history(c->db, bucket, p.id, p.version, p.edited_at ? p.edited_at : id_time(p.id), p.text,
                             p.audience));
    TRY(sql_wall_update_text(c->db, stored, c->now, bucket, p.id, p.version, &changed));
    if (changed == 0) return fail(c, E_CONFLICT, MSG(L_wall_edited_meanwhile), "lost the race");
    TRY(tag_write(c, bucket, p.id, stored));
    return change_emit(c, CHANGE_WALL, owner, p.id);
}

rc wall_warn(ctx *c, int64_t owner, int64_t ordinal, str warning)
{
    wall_post p;
    TRY(wall_get(c, owner, ordinal, &p));
    if (p.author != c->viewer.num) return fail(c, E_DENIED, MSG(L_wall_not_author), "not the author");
    if (!wall_may_edit(c, &p)) return fail(c, E_DENIED, MSG(L_wall_too_late), "past the time for edits");
    if (str_eq(p.warning, warning)) return OK;
    TRY(sql_wall_set_warning(c->db, warning, bucket_of(owner), p.id));
    return change_emit(c, CHANGE_WALL, owner, p.id);
}

rc wall_set_audience(ctx *c, int64_t owner, int64_t ordinal, int64_t audience)
{
    wall_post p;
    TRY(wall_get(c, owner, ordinal, &p));
    if (!wall_may_choose(c, &p)) return fail(c, E_DENIED, MSG(L_wall_not_author), "not the author");
    if (p.audience == audience) return OK;
    int64_t changed;
    TRY(sql_wall_set_audience(c->db, audience, bucket_of(owner), p.id, &changed));
    if (!changed) return fail(c, E_GONE, MSG(L_wall_gone), "lost the race");
    TRY(count_post(c, owner, owner, p.audience, false));
    TRY(count_post(c, owner, owner, audience, true));
    return change_emit(c, CHANGE_WALL, owner, p.id);
}

rc wall_delete(ctx *c, int64_t owner, int64_t ordinal)
{
    wall_post p;
    TRY(post_read(c, owner, ordinal, &p));
    bool mine = wall_may_delete(c, &p);
    if (mine && p.deleted_at && p.deleted_by == c->viewer.num) return OK;
    /* One's own words, and what stands on one's own wall, can be taken away even when a block hides them. */
    if (!mine || p.deleted_at) TRY(wall_get(c, owner, ordinal, &p));
    if (!mine) return fail(c, E_DENIED, MSG(L_wall_not_yours), "neither author nor owner");
    int64_t changed;
    TRY(count_repost(c, bucket_of(owner), p.original, -1, true));
    TRY(sql_wall_delete(c->db, c->now, c->viewer.num, bucket_of(owner), p.id, &changed));
    if (!changed) return fail(c, E_GONE, MSG(L_wall_gone), "lost the race");
    TRY(count_repost(c, bucket_of(owner), p.original, -1, false));
    TRY(count_post(c, owner, p.author, p.audience, false));
    return change_emit(c, CHANGE_WALL, owner, p.id);
}

rc wall_restore(ctx *c, int64_t owner, int64_t ordinal)
{
    wall_post p;
    TRY(post_read(c, owner, ordinal, &p));
    if (!p.deleted_at) return wall_get(c, owner, ordinal, &p);
    if (p.deleted_by != c->viewer.num) return fail(c, E_NOT_FOUND, MSG(L_NONE), "deleted by somebody else");
    if (c->now - p.deleted_at > POST_UNDO_MS) return fail(c, E_GONE, MSG(L_wall_gone), "past the time for undo");
    if (p.author == c->viewer.num && owner != p.author) TRY(privacy_check(c, owner, PRIVACY_POST)); /* as if it were new */
    int64_t changed;
    TRY(count_repost(c, bucket_of(owner), p.original, 1, true));
    TRY(sql_wall_restore(c->db, bucket_of(owner), p.id, c->viewer.num, &changed));
    if (!changed) return fail(c, E_GONE, MSG(L_wall_gone), "lost the race");
    TRY(count_repost(c, bucket_of(owner), p.original, 1, false));
    TRY(count_post(c, owner, p.author, p.audience, true));
    return change_emit(c, CHANGE_WALL, owner, p.id);
}

rc wall_pin(ctx *c, int64_t owner, int64_t ordinal, bool on)
{
    wall_post p;
    wall_post_list pins;
    int64_t changed;
    TRY(wall_get(c, owner, ordinal, &p));
    if (!wall_may_choose(c, &p)) return fail(c, E_DENIED, MSG(L_wall_not_author), "not the author's own wall");
    if ((p.pinned > 0) == on) return OK;
    TRY(sql_wall_pinned(c->db, c->arena, bucket_of(owner), owner, PINS_MAX, &pins));
    if (on && pins.len == PINS_MAX) return fail(c, E_LIMIT, msg_n(L_wall_pins_full, PINS_MAX), "pins are full");
    TRY(sql_wall_set_pinned(c->db, on ? c->now : 0, bucket_of(owner), p.id, &changed));
    return changed ? change_emit(c, CHANGE_WALL, owner, p.id) : fail(c, E_GONE, MSG(L_wall_gone), "lost the race");
}

/* Memory knows how many like a post and what its viewer likes: both are told. */
static rc liked(ctx *c, const wall_post *p, int by)
{
    TRY(sql_wall_likes_add(c->db, by, bucket_of(p->owner), p->id));
    TRY(change_emit(c, CHANGE_LIKED, c->viewer.num, p->id));
    return change_emit(c, CHANGE_WALL, p->owner, p->id);
}

static rc like(ctx *c, int64_t owner, int64_t ordinal)
{
    wall_post p;
    TRY(wall_get(c, owner, ordinal, &p));
    int64_t changed;
    TRY(sql_wall_like(c->db, bucket_of(owner), p.id, c->viewer.num, c->now, &changed));
    if (!changed) return OK;
    TRY(notice_tell(c, p.author, (notice_of){NOTICE_LIKE, p.id, p.id, 0}));
    return liked(c, &p, 1);
}

/* A like is its member's own: it can be taken back where they see nothing any more. Who has none there learns nothing. */
static rc unlike(ctx *c, int64_t owner, int64_t ordinal)
{
    wall_post p;
    TRY(post_read(c, owner, ordinal, &p));
    int64_t changed;
    TRY(sql_wall_unlike(c->db, bucket_of(owner), p.id, c->viewer.num, &changed));
    if (changed) TRY(notice_untell(c, p.author, NOTICE_LIKE, p.id));
    return changed ? liked(c, &p, -1) : wall_get(c, owner, ordinal, &p);
}

rc wall_like(ctx *c, int64_t owner, int64_t ordinal, bool on)
{
    return on ? like(c, owner, ordinal) : unlike(c, owner, ordinal);
}

#define SWEEP_PAUSE_MS (10 * INT64_C(60000))

static rc sweep_run(ctx *c, str payload)
{
    wall_erasable_list old;
    TRY(sql_wall_to_erase(c->db, c->arena, c->now - POST_UNDO_MS, SWEEP_SLICE, &old));
    for (size_t i = 0; i < old.len; i++) {
        const wall_erasable *p = &old.items[i];
        TRY(sql_wall_erase_history(c->db, p->bucket, p->id));
        TRY(sql_wall_erase_likes(c->db, p->bucket, p->id));
        TRY(tag_write(c, p->bucket, p->id, STR("")));
        TRY(poll_forget(c, p->bucket, p->id));
        TRY(sql_wall_repost_drop_all(c->db, p->bucket, p->id));
        if (p->original) TRY(sql_wall_repost_drop(c->db, id_bucket(p->original), p->original, p->id));
        TRY(photo_erase(c, p->bucket, p->id));
        TRY(sql_wall_erase(c->db, p->bucket, p->id));
    }
    return job_add(c, &wall_sweep, payload, old.len == SWEEP_SLICE ? 0 : c->now + SWEEP_PAUSE_MS);
}

const job_kind wall_sweep = {"wall_sweep", sweep_run, JOB_SLICE_MS, .repeats = true};
