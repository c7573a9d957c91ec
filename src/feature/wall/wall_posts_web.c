/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From posts to HTML. A post is a kept fragment (everything that is the same for a class of viewers) followed by its acts,
 * which differ for each viewer. A page whose fragments are kept asks the database nothing: versions, likes and what the
 * viewer likes come from the graph. Words are read, for all posts of the page at once, when a fragment is missing. */
#include "base/clock.h"
#include "base/ids.h"
#include "base/utf8.h"
#include "feature/wall/text.h"
#include "feature/wall/wall_web.h"
#include "graph/quiet.h"
#include "page/fragment.h"
#include "quiet_pages.tpl.h"
#include "wall_posts.tpl.h"

#define POSTS_MAX 64
#define SHAPE_WHOLE 4
#define SHAPE_ACTS 8 /* shapes below are those of shape_of */

typedef struct posts_batch {
    view *v;
    const int64_t *ids;
    size_t len;
    wall_post_list words; /* loaded when first needed */
    bool loaded;
    bool whole; /* long posts are not folded */
    uint32_t day;
} posts_batch;

ring_post wall_ring_post(const wall_post *p)
{
    return (ring_post){.id = p->id, .audience = p->audience, .owner = (uint32_t)p->owner, .author = (uint32_t)p->author,
                       .ordinal = (uint32_t)p->ordinal, .version = (uint32_t)p->version, .likes = (uint32_t)p->likes};
}

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
    return (uint16_t)((author ? (fresh ? 3 : 2) : owner ? 1 : 0) | (whole ? SHAPE_WHOLE : 0));
}

static void render_head(const posts_batch *b, const wall_post *words, const member_card *author, const member_card *owner, out *o)
{
    ctx *c = b->v->r->c;
    post_head head = {.author = person_of(c->arena, author), .owner = person_of(c->arena, owner), .ordinal = words->ordinal,
                      .time = id_time(words->id), .edited_at = words->edited_at, .audience = words->audience,
                      .elsewhere = words->owner != words->author,
                      .may_edit = wall_may_edit(c, words), .may_choose = wall_may_choose(c, words),
                      .may_delete = wall_may_delete(c, words)};
    head.text = b->whole ? text_html(c->arena, words->text) : text_html_folded(c->arena, words->text, &head.folded);
    tpl_post_open(o, b->v, &head);
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
    if (!o->failed) fragment_keep(v->r->fragments, &key, (str){o->ptr + before, o->len - before});
    return OK;
}

/* Acts have few faces: as many likes, liked or not. So they are kept as well, under the likes as their version. */
static void put_acts(const view *v, const ring_post *p, bool liked, out *o)
{
    bool guest = v->who.num == 0, still = v->r->c->page_of != 0;
    fragment_key key = {.id = p->id, .version = p->likes, .shape = (uint16_t)(SHAPE_ACTS + (still ? 3 : guest ? 2 : liked)), .lang = (uint16_t)v->lang};
    if (fragment_write(v->r->fragments, &key, o)) return;
    size_t before = o->len;
    post_acts acts = {.owner = p->owner, .ordinal = p->ordinal, .likes = p->likes, .liked = liked, .guest = guest, .still = still};
    tpl_post_acts(o, v, &acts);
    if (!o->failed) fragment_keep(v->r->fragments, &key, (str){o->ptr + before, o->len - before});
}

/* The filter of the reader's own that speaks about the post, if any: never about their own words, nor about a post that they have
 * opened by its address. Only for readers with filters are the words read; what others are shown is the same fragment. */
static rc filter_of(posts_batch *b, const quiet *q, const ring_post *p, const quiet_filter **found)
{
    const wall_post *words;
    ctx *c = b->v->r->c;
    *found = NULL;
    if (!q->filters_len || b->whole || p->author == c->viewer.num) return OK;
    TRY(words_of(b, p, &words));
    if (words) *found = quiet_says(q, text_fold(c->arena, text_typed(c->arena, words->text)), c->now);
    return OK;
}

static rc put_one(posts_batch *b, const ring_post *p, bool liked, const quiet_filter *filter, out *o)
{
    bool there;
    if (filter) tpl_quiet_folded_open(o, b->v, filter->words); /* its words have been read: the post is there */
    TRY(put_head(b, p, o, &there));
    if (!there) return OK;
    put_acts(b->v, p, liked, o);
    tpl_post_close(o, b->v, NULL);
    if (filter) tpl_quiet_folded_close(o, b->v, filter->words);
    return OK;
}

static uint32_t day_of(int64_t now)
{
    civil t = clock_local(now);
    return (uint32_t)((t.year * 12 + t.month) * 31 + t.day);
}

static rc put_posts(view *v, out *o, const ring_post *posts, size_t len, bool whole)
{
    ctx *c = v->r->c;
    int64_t ids[POSTS_MAX];
    if (len > POSTS_MAX) len = POSTS_MAX;
    if (len == 0) return OK;
    for (size_t i = 0; i < len; i++) ids[i] = posts[i].id;
    bool liked[POSTS_MAX];
    TRY(graph_liked(c, ids, len, liked));
    posts_batch b = {.v = v, .ids = ids, .len = len, .whole = whole, .day = day_of(c->now)};
    const quiet *q;
    int64_t left_out = 0;
    TRY(graph_quiet(c, &q));
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
    return put_posts(v, o, posts, len, false);
}

rc wall_put_post(view *v, out *o, const ring_post *p)
{
    return put_posts(v, o, p, 1, true);
}
