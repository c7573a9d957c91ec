/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From posts to HTML. A post is a kept fragment (everything that is the same for a class of viewers) followed by its acts,
 * which differ for each viewer. A page whose fragments are kept asks the database nothing: versions, likes and what the
 * viewer likes come from the graph. Words are read, for all posts of the page at once, when a fragment is missing. */
#include "base/clock.h"
#include "base/ids.h"
#include "base/utf8.h"
#include "feature/photo/photo_web.h"
#include "feature/wall/text.h"
#include "feature/poll/poll_web.h"
#include "feature/wall/wall_web.h"
#include "page/fragment.h"
#include "quiet_pages.tpl.h"
#include "wall_posts.tpl.h"

#define POSTS_MAX 64
#define SHAPE_WHOLE 4
#define SHAPE_GUEST 16

typedef struct posts_batch {
    view *v;
    const int64_t *ids;
    size_t len;
    wall_post_list words; /* loaded when first needed */
    bool loaded;
    bool whole; /* long posts are not folded */
    bool kept;  /* each with a button that drops it from the bookmarks */
    poll_list polls;
    wall_post_list originals; /* what reposts among them pass on, as far as it is open to the viewer */
    uint32_t day;
} posts_batch;

/* NULL when the snapshot does not have the post, or has it for another audience than it was judged by. */
static rc words_of(posts_batch *b, const ring_post *p, const wall_post **found)
{
    ctx *c = b->v->r->c;
    if (!b->loaded) TRY(sql_wall_by_ids(c->db, c->arena, b->ids, b->len, &b->words));
    b->loaded = true;
    *found = NULL;
    for (size_t i = 0; i < b->words.len; i++)
        if (b->words.items[i].id == p->id && b->words.items[i].audience == p->audience) *found = &b->words.items[i];
    return OK;
}

/* Viewers for whom a post's head is the same. */
static uint16_t shape_of(const view *v, const ring_post *p, bool whole)
{
    int64_t me = v->r->c->page_of ? 0 : v->who.num; /* whoever looks as somebody else acts on nothing */
    bool author = me && p->author == me, owner = me && p->owner == me;
    bool fresh = v->r->c->now - id_time(p->id) < POST_EDIT_MS;
    return (uint16_t)(FRAGMENT_POST | (author ? (fresh ? 3 : 2) : owner ? 1 : 0) | (whole ? SHAPE_WHOLE : 0) | (me ? 0 : SHAPE_GUEST));
}

static void render_head(const posts_batch *b, const wall_post *words, const member_card *author, const member_card *owner, out *o)
{
    ctx *c = b->v->r->c;
    post_head head = {.author = person_of(c->arena, author), .owner = person_of(c->arena, owner), .ordinal = words->ordinal,
                      .time = id_time(words->id), .edited_at = words->edited_at, .audience = words->audience,
                      .elsewhere = words->owner != words->author, .warning = words->warning, .pinned = words->pinned > 0, .guest = c->viewer.num == 0 || c->page_of,
                      .may_edit = wall_may_edit(c, words), .may_choose = wall_may_choose(c, words),
                      .may_delete = wall_may_delete(c, words)};
    if (words->text.len) head.text = b->whole ? text_html(c->arena, words->text) : text_html_folded(c->arena, words->text, &head.folded);
    tpl_post_open(o, b->v, &head);
}

rc wall_put_original(view *v, out *o, const wall_post *p)
{
    ctx *c = v->r->c;
    post_head head = {.ordinal = p->ordinal, .time = id_time(p->id), .elsewhere = p->owner != p->author, .warning = p->warning};
    TRY(view_person(c, p->author, &head.author));
    TRY(view_person(c, p->owner, &head.owner));
    head.text = text_html_folded(c->arena, p->text, &head.folded);
    tpl_original_open(o, v, &head);
    if (p->photos) TRY(photo_put(v, o, p->id, (uint32_t)p->version));
    tpl_original_close(o, v, &head);
    return OK;
}

/* Judged for each viewer: so it stands outside of what is kept. */
static rc put_original_of(posts_batch *b, const ring_post *p, out *o)
{
    if (!p->original) return OK;
    for (size_t i = 0; i < b->originals.len; i++)
        if (b->originals.items[i].id == p->original) return wall_put_original(b->v, o, &b->originals.items[i]);
    tpl_original_hidden(o, b->v);
    return OK;
}

static rc load_polls(posts_batch *b, const ring_post *posts)
{
    int64_t ids[POSTS_MAX];
    size_t len = 0;
    for (size_t i = 0; i < b->len; i++)
        if (posts[i].poll) ids[len++] = posts[i].id;
    return poll_read(b->v->r->c, ids, len, &b->polls);
}

static void put_poll_of(posts_batch *b, const ring_post *p, out *o)
{
    for (size_t i = 0; i < b->polls.len; i++)
        if (b->polls.items[i].row.post == p->id) poll_put(b->v, o, p->owner, p->ordinal, &b->polls.items[i]);
}

static rc load_originals(posts_batch *b, const ring_post *posts)
{
    int64_t ids[POSTS_MAX];
    size_t len = 0;
    for (size_t i = 0; i < b->len; i++) {
        bool known = posts[i].original == 0;
        for (size_t k = 0; k < len && !known; k++) known = ids[k] == posts[i].original;
        if (!known) ids[len++] = posts[i].original;
    }
    return wall_originals(b->v->r->c, ids, len, &b->originals);
}

bool wall_may_repost(const ring_post *p)
{
    return p->original || p->audience == LEVEL_EVERYONE || p->audience == LEVEL_MEMBERS;
}

/* *there: false when the snapshot does not have the post; then nothing was written. */
static rc put_head(posts_batch *b, const ring_post *p, out *o, bool *there)
{
    view *v = b->v;
    const member_card *author, *owner;
    TRY(graph_member(v->r->c, p->author, &author));
    TRY(graph_member(v->r->c, p->owner, &owner));
    fragment_key key = {.id = p->id, .version = p->version, .day = b->day, .shape = shape_of(v, p, b->whole),
                        .people = (uint32_t)(author->version * 31 + owner->version), .lang = (uint16_t)v->lang};
    *there = fragment_write(v->r->fragments, &key, o);
    if (*there) return OK;
    const wall_post *words;
    TRY(words_of(b, p, &words));
    if (!words) return OK;
    *there = true;
    key.version = (uint32_t)words->version; /* memory and snapshot may be a moment apart */
    size_t before = o->len;
    render_head(b, words, author, owner, o);
    fragment_keep_since(v->r->fragments, &key, o, before);
    return OK;
}

/* Acts have few faces: as many likes, comments and reposts, liked or not. So they are kept as well, under these numbers as their versions. */
static fragment_key acts_key(const view *v, const ring_post *p, bool liked)
{
    int viewers = v->r->c->page_of ? 3 : v->who.num ? liked : 2;
    int shape = FRAGMENT_ACTS + viewers + (wall_may_repost(p) ? 4 : 0);
    return (fragment_key){.id = p->id, .version = p->likes, .people = p->comments, .day = p->reposts, .shape = (uint16_t)shape, .lang = (uint16_t)v->lang};
}

static void put_acts(const view *v, const ring_post *p, bool liked, out *o)
{
    bool guest = v->who.num == 0;
    fragment_key key = acts_key(v, p, liked);
    if (fragment_write(v->r->fragments, &key, o)) return;
    size_t before = o->len;
    post_acts acts = {.owner = p->owner, .ordinal = p->ordinal, .likes = p->likes, .comments = p->comments, .reposts = p->reposts,
                      .liked = liked, .guest = guest, .still = v->r->c->page_of != 0, .may_repost = wall_may_repost(p)};
    tpl_post_acts(o, v, &acts);
    fragment_keep_since(v->r->fragments, &key, o, before);
}

const quiet_filter *wall_filter(ctx *c, const quiet *q, int64_t author, str words)
{
    if (!q->filters_len || author == c->viewer.num) return NULL;
    return quiet_says(q, text_fold(c->arena, text_typed(c->arena, words)), c->now);
}

/* The filter that speaks about the post: not about one that the reader has opened by its address. Only for readers with filters
 * are the words read; what others are shown is the same fragment. */
static rc filter_of(posts_batch *b, const quiet *q, const ring_post *p, const quiet_filter **found)
{
    const wall_post *words;
    ctx *c = b->v->r->c;
    *found = NULL;
    if (!q->filters_len || b->whole || p->author == c->viewer.num) return OK;
    TRY(words_of(b, p, &words));
    if (words) *found = wall_filter(c, q, p->author, words->text);
    return OK;
}

static rc put_one(posts_batch *b, const ring_post *p, bool liked, const quiet_filter *filter, out *o)
{
    bool there = false;
    if (filter) tpl_quiet_folded_open(o, b->v, filter->words); /* its words have been read: the post is there */
    TRY(put_head(b, p, o, &there));
    if (!there) return OK;
    if (p->photos) TRY(photo_put(b->v, o, p->id, p->version));
    put_poll_of(b, p, o);
    TRY(put_original_of(b, p, o));
    put_acts(b->v, p, liked, o);
    if (b->kept) tpl_post_kept(o, b->v, p->owner, p->ordinal);
    tpl_post_close(o, b->v, NULL);
    if (filter) tpl_quiet_folded_close(o, b->v, filter->words);
    return OK;
}

static uint32_t day_of(int64_t now)
{
    civil t = clock_local(now);
    return (uint32_t)((t.year * 12 + t.month) * 31 + t.day);
}

/* No cache of the processor holds what all posts of a page need: fetched one after the other it takes longer than everything else
 * that is done for them, so it is all asked for before any of it is used. */
static void fetch_soon(const view *v, const ring_post *posts, size_t len, const bool *liked, bool whole)
{
    for (size_t i = 0; i < len; i++) {
        fragment_key head = {.id = posts[i].id, .shape = shape_of(v, &posts[i], whole), .lang = (uint16_t)v->lang};
        fragment_key acts = acts_key(v, &posts[i], liked[i]);
        fragment_soon(v->r->fragments, &head);
        fragment_soon(v->r->fragments, &acts);
    }
}

static rc put_posts(view *v, out *o, const ring_post *posts, size_t len, bool whole, bool kept)
{
    ctx *c = v->r->c;
    int64_t ids[POSTS_MAX];
    if (len > POSTS_MAX) len = POSTS_MAX;
    if (len == 0) return OK;
    for (size_t i = 0; i < len; i++) ids[i] = posts[i].id;
    bool liked[POSTS_MAX];
    TRY(graph_liked(c, ids, len, liked));
    fetch_soon(v, posts, len, liked, whole);
    posts_batch b = {.v = v, .ids = ids, .len = len, .whole = whole, .kept = kept, .day = day_of(c->now)};
    const quiet *q;
    int64_t left_out = 0;
    TRY(graph_quiet(c, &q));
    TRY(load_originals(&b, posts));
    TRY(load_polls(&b, posts));
    for (size_t i = 0; i < len; i++) {
        const quiet_filter *filter;
        TRY(filter_of(&b, q, &posts[i], &filter));
        if (filter && !filter->warns) left_out++;
        else TRY(put_one(&b, &posts[i], liked[i], filter, o));
    }
    if (left_out) tpl_quiet_left_out(o, v, left_out);
    return OK;
}

rc wall_put_posts(view *v, out *o, const ring_post *posts, size_t len)
{
    return put_posts(v, o, posts, len, false, false);
}

rc wall_put_kept(view *v, out *o, const ring_post *posts, size_t len)
{
    return put_posts(v, o, posts, len, false, true);
}

rc wall_put_post(view *v, out *o, const ring_post *p)
{
    return put_posts(v, o, p, 1, true, false);
}
