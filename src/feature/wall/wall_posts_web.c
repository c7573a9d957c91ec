/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From posts to HTML. A post is a kept fragment (everything that is the same for a class of viewers) followed by its acts,
 * which differ for each viewer. One query asks for likes of all posts of the page; the words are read only for fragments that
 * nobody asked for lately. */
#include "base/clock.h"
#include "base/ids.h"
#include "feature/wall/text.h"
#include "feature/wall/wall_web.h"
#include "page/fragment.h"
#include "wall_posts.tpl.h"

#define POSTS_MAX 64

typedef struct posts_batch {
    view *v;
    const int64_t *ids;
    size_t len;
    wall_stats_row_list stats;
    wall_post_list words; /* loaded when first needed */
    bool loaded;
    uint32_t day;
} posts_batch;

ring_post wall_ring_post(const wall_post *p)
{
    return (ring_post){.id = p->id, .audience = p->audience, .owner = (uint32_t)p->owner, .author = (uint32_t)p->author,
                       .ordinal = (uint32_t)p->ordinal, .version = (uint32_t)p->version};
}

static const wall_stats_row *stats_of(const posts_batch *b, int64_t id)
{
    for (size_t i = 0; i < b->stats.len; i++)
        if (b->stats.items[i].id == id) return &b->stats.items[i];
    return NULL;
}

static rc words_of(posts_batch *b, int64_t id, const wall_post **found)
{
    ctx *c = b->v->r->c;
    if (!b->loaded) TRY(sql_wall_by_ids(c->db, c->arena, b->ids, b->len, &b->words));
    b->loaded = true;
    for (size_t i = 0; i < b->words.len; i++)
        if (b->words.items[i].id == id) return *found = &b->words.items[i], OK;
    return fail(c, E_INTERNAL, MSG(L_NONE), "a post vanished inside a snapshot");
}

/* Viewers for whom a post's head is the same. */
static uint16_t shape_of(const view *v, const ring_post *p)
{
    bool author = v->who.num && p->author == v->who.num, owner = v->who.num && p->owner == v->who.num;
    bool fresh = v->r->c->now - id_time(p->id) < POST_EDIT_MS;
    return (uint16_t)(author ? (fresh ? 3 : 2) : owner ? 1 : 0);
}

static rc render_head(posts_batch *b, const ring_post *p, const member_card *author, const member_card *owner, out *o)
{
    ctx *c = b->v->r->c;
    const wall_post *words = NULL;
    rc_code found = words_of(b, p->id, &words);
    if (!words) return found;
    post_head head = {.author = person_of(c->arena, author), .owner = person_of(c->arena, owner), .ordinal = words->ordinal,
                      .time = id_time(words->id), .edited_at = words->edited_at, .audience = words->audience,
                      .text = text_html(c->arena, words->text), .elsewhere = words->owner != words->author,
                      .may_edit = wall_may_edit(c, words), .may_delete = wall_may_delete(c, words)};
    tpl_post_open(o, b->v, &head);
    return OK;
}

static rc put_head(posts_batch *b, const ring_post *p, int64_t version, out *o)
{
    view *v = b->v;
    const member_card *author, *owner;
    TRY(graph_member(v->r->c, p->author, &author));
    TRY(graph_member(v->r->c, p->owner, &owner));
    fragment_key key = {.id = p->id, .version = (uint32_t)version, .day = b->day, .shape = shape_of(v, p),
                        .people = (uint32_t)(author->version * 31 + owner->version), .lang = (uint16_t)v->lang};
    if (fragment_write(v->r->fragments, &key, o)) return OK;
    size_t before = o->len;
    TRY(render_head(b, p, author, owner, o));
    if (!o->failed) fragment_keep(v->r->fragments, &key, (str){o->ptr + before, o->len - before});
    return OK;
}

static uint32_t day_of(int64_t now)
{
    civil t = clock_local(now);
    return (uint32_t)((t.year * 12 + t.month) * 31 + t.day);
}

rc wall_put_posts(view *v, out *o, const ring_post *posts, size_t len)
{
    ctx *c = v->r->c;
    int64_t ids[POSTS_MAX];
    if (len > POSTS_MAX) len = POSTS_MAX;
    if (len == 0) return OK;
    for (size_t i = 0; i < len; i++) ids[i] = posts[i].id;
    posts_batch b = {.v = v, .ids = ids, .len = len, .day = day_of(c->now)};
    TRY(sql_wall_stats(c->db, c->arena, v->who.num, ids, len, &b.stats));
    for (size_t i = 0; i < len; i++) {
        const wall_stats_row *s = stats_of(&b, posts[i].id);
        if (!s) continue;
        TRY(put_head(&b, &posts[i], s->version, o));
        post_acts acts = {.owner = posts[i].owner, .ordinal = posts[i].ordinal, .likes = s->likes, .liked = s->liked != 0,
                          .guest = v->who.num == 0};
        tpl_post_acts(o, v, &acts);
        tpl_post_close(o, v, NULL);
    }
    return OK;
}
