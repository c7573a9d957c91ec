/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Rings, and the news that are merged from them.
 *
 *   ring of 7:   | 991 | 870 | 412 |            the newest posts on the wall, newest first
 *   ring of 12:  | 985 | 984 | … | 301 | ⋯      not complete: what is older is read from the database
 *   ring of 40:  | 990 |
 *
 *        heap:  991(7)                 take the newest head, judge it, move that source to its next post, sift down;
 *              ╱      ╲                stop when the page is full or enough was looked at
 *         985(12)    990(40)
 *
 * Nothing is written for anybody when a member posts, so a celebrity costs no more than a hermit, and a deletion or a
 * changed setting is right on the next page. What it costs is one look at every followed wall, and memory that no cache
 * holds is slow to look at. Hence two kinds of heads:
 *
 *   read     the key is the id of the source's next post
 *   unread   the key is a promise: no post of this source is newer. It comes from slots.c's dense table of first posts, from
 *            the page's start, or from the last id of what was read so far.
 *
 * An unread head that comes to the top is read on (its ring, then the database below the ring), takes its true key and sinks
 * to where that belongs. Of hundreds of sources only those that come to the top are ever touched. A promise also holds
 * the other way round: a post that appears in a ring after its source was promised lower is above the promise, left out, and
 * waits for the next visit; so the page stays sorted whatever happens meanwhile.
 *
 * A ring holds what others wrote on the wall as well: a page of one wall is read from the same ring, and the merge steps over
 * them.
 *
 * Judging is remembered per source (door.h). A post in a ring may be newer than the reader's snapshot: it is judged like any
 * other, and whoever reads its text does not find it and leaves it out. */
#include <string.h>

#include "graph.sql.h"
#include "graph/door.h"
#include "graph/parts.h"

/* ---- rings ---- */

static rc ring_rows(ctx *c, int64_t owner, int64_t before, graph_ring_row_list *rows)
{
    /* One more than a ring holds tells whether it is complete. */
    return sql_graph_ring(c->db, c->arena, bucket_of(owner), owner, before, RING_POSTS + 1, rows);
}

static void ring_fill(ring_part *p, const graph_ring_row_list *rows, size_t len)
{
    p->len = (uint32_t)len;
    p->complete = len == rows->len;
    for (size_t i = 0; i < len; i++) {
        const graph_ring_row *row = &rows->items[i];
        p->items[i] = (ring_entry){row->id, row->audience, row->original, (uint32_t)row->author, (uint32_t)row->ordinal, (uint32_t)row->version,
                                   (uint32_t)row->likes, (uint32_t)row->comments, (uint32_t)row->reposts, row->poll != 0,
                                   (uint8_t)row->photos};
    }
}

static size_t ring_len(const graph_ring_row_list *rows) { return rows->len < RING_POSTS ? rows->len : RING_POSTS; }

static rc ring_fetch(ctx *c, int64_t owner, const ring_part **out)
{
    graph_ring_row_list rows;
    TRY(ring_rows(c, owner, INT64_MAX, &rows));
    size_t len = ring_len(&rows);
    ring_part *p = part_new(c, sizeof *p + len * sizeof(ring_entry));
    ring_fill(p, &rows, len);
    *out = (const ring_part *)part_keep(c, owner, PART_RING, &p->head);
    return OK;
}

static rc ring_of(ctx *c, int64_t owner, const ring_part **out)
{
    *out = (const ring_part *)part_get(c, owner, PART_RING);
    return *out ? OK : ring_fetch(c, owner, out);
}

/* The same shape for older posts: lives in the arena, hangs nowhere. */
static rc ring_below(ctx *c, int64_t owner, int64_t before, const ring_part **out)
{
    graph_ring_row_list rows;
    TRY(ring_rows(c, owner, before, &rows));
    size_t len = ring_len(&rows);
    ring_part *p = arena_alloc(c->arena, sizeof *p + len * sizeof(ring_entry));
    ring_fill(p, &rows, len);
    *out = p;
    return OK;
}

/* ---- the merge ---- */

#define SELF UINT32_MAX
#define AHEAD 16
#define SOON 24 /* sources whose parts are fetched ahead: about a page */

typedef struct head {
    int64_t key;
    uint32_t edge;   /* index in the viewer's edges, or SELF */
    uint32_t source; /* index in merge.sources; 0: nothing of it was read yet */
    bool unread;
} head;

/* A source that came to the top. */
typedef struct source {
    const ring_part *ring;
    size_t at; /* the next entry of ring */
    door door;
} source;

typedef struct merge {
    ctx *c;
    const edges_part *edges;
    head *heap;
    size_t heap_len;
    source *sources; /* the first is not used */
    uint32_t sources_len, sources_cap;
} merge;

static int64_t owner_of(const merge *m, const head *h)
{
    return h->edge == SELF ? m->c->viewer.num : m->edges->items[h->edge].other;
}

static void sift_down(merge *m, size_t at)
{
    head *h = m->heap, moving = h[at];
    for (size_t child; (child = 2 * at + 1) < m->heap_len; at = child) {
        if (child + 1 < m->heap_len && h[child + 1].key > h[child].key) child++;
        if (h[child].key <= moving.key) break;
        h[at] = h[child];
    }
    h[at] = moving;
}

static void merge_promise(merge *m, int64_t num, uint32_t edge, int64_t before)
{
    int64_t newest = ring_newest(m->c, num);
    if (newest == RING_EMPTY) return;
    bool known = newest != RING_UNKNOWN && newest < before;
    m->heap[m->heap_len++] = (head){.key = known ? newest : before - 1, .edge = edge, .unread = true};
}

/* Is this one a source of the part of the news that was asked for? */
static rc merge_wants(merge *m, news_choice which, edge e, bool *yes)
{
    *yes = (e.bits & (EDGE_OUT | EDGE_BLOCKS)) == EDGE_OUT;
    if (which.kind == NEWS_FRIENDS) *yes = *yes && (e.bits & EDGE_FRIEND);
    if (which.kind == NEWS_FOLLOWED) *yes = *yes && !(e.bits & EDGE_FRIEND);
    if (which.kind != NEWS_CIRCLE || !*yes) return OK;
    return graph_in_circle(m->c, m->c->viewer.num, which.circle, e.other, yes);
}

/* Everybody whom the viewer follows, and the viewer. */
static rc merge_start(merge *m, news_choice which, int64_t before)
{
    ctx *c = m->c;
    TRY(edges_of(c, c->viewer.num, &m->edges));
    m->heap = ARENA_ARRAY(c->arena, head, m->edges->len + 1);
    if (which.kind == NEWS_ALL) merge_promise(m, c->viewer.num, SELF, before);
    for (uint32_t i = 0; i < m->edges->len; i++) {
        if (i + AHEAD < m->edges->len) newest_soon(c, m->edges->items[i + AHEAD].other);
        bool wanted;
        TRY(merge_wants(m, which, m->edges->items[i], &wanted));
        if (wanted) merge_promise(m, m->edges->items[i].other, i, before);
    }
    for (size_t i = m->heap_len / 2; i-- > 0;) sift_down(m, i);
    /* What stands near the top of the heap is needed next: let the processor fetch it all at once. */
    size_t soon = m->heap_len < SOON ? m->heap_len : SOON;
    for (size_t i = 0; i < soon; i++) slot_soon(c, owner_of(m, &m->heap[i]));
    for (size_t i = 0; i < soon; i++) parts_soon(c, owner_of(m, &m->heap[i]));
    return OK;
}

/* The array of sources doubles: one allocation for many. */
static uint32_t source_new(merge *m)
{
    if (m->sources_len + 1 >= m->sources_cap) {
        uint32_t cap = m->sources_cap ? m->sources_cap * 2 : 2 * SOON;
        source *more = ARENA_ARRAY(m->c->arena, source, cap);
        if (m->sources_len) memcpy(more, m->sources, (m->sources_len + 1) * sizeof *more);
        m->sources = more;
        m->sources_cap = cap;
    }
    return ++m->sources_len;
}

/* Reads on below the promise: the ring first, then pages of older posts. */
static rc source_read(merge *m, head *h)
{
    int64_t num = owner_of(m, h);
    bool first = h->source == 0;
    if (first) h->source = source_new(m);
    source *s = &m->sources[h->source];
    s->at = 0;
    if (!first) return ring_below(m->c, num, h->key + 1, &s->ring);
    TRY(ring_of(m->c, num, &s->ring));
    while (s->at < s->ring->len && s->ring->items[s->at].id > h->key) s->at++;
    return OK;
}

/* The head of the source on top has moved: sift it to where it belongs now, or take it out. */
static void merge_again(merge *m)
{
    head *h = &m->heap[0];
    source *s = &m->sources[h->source];
    const ring_part *r = s->ring;
    while (s->at < r->len && r->items[s->at].author != owner_of(m, h)) s->at++; /* what others wrote there is no news */
    if (s->at < r->len) {
        h->key = r->items[s->at].id;
        h->unread = false;
    } else if (!r->complete) {
        /* All of the ring may stand above the promise; an incomplete ring is full. */
        int64_t below = r->items[r->len - 1].id - 1;
        if (below < h->key) h->key = below;
        h->unread = true;
    } else {
        m->heap[0] = m->heap[--m->heap_len];
    }
    if (m->heap_len) sift_down(m, 0);
}

/* Reads until a post is on top, or nothing is left. */
static rc merge_settle(merge *m)
{
    while (m->heap_len && m->heap[0].unread) {
        TRY(source_read(m, &m->heap[0]));
        merge_again(m);
    }
    return OK;
}

static ring_post post_of(uint32_t owner, const ring_entry *e)
{
    return (ring_post){e->id, e->audience, e->original, owner, e->author, e->ordinal, e->version, e->likes, e->comments, e->reposts, e->poll, e->photos};
}

static rc merge_judge(merge *m, const head *h, int64_t audience, bool *may)
{
    door *d = &m->sources[h->source].door;
    if (!d->known) TRY(door_try(m->c, owner_of(m, h), h->edge == SELF ? 0 : m->edges->items[h->edge].bits, d));
    return door_see(d, audience, may);
}

/* Takes the newest post off the heap, and into the page if the viewer may see it. */
static rc merge_take(merge *m, news_page *out, int64_t *id)
{
    head *h = &m->heap[0];
    source *s = &m->sources[h->source];
    ring_entry e = s->ring->items[s->at++];
    uint32_t num = (uint32_t)owner_of(m, h);
    bool may;
    TRY(merge_judge(m, h, e.audience, &may));
    if (may) out->items[out->len++] = post_of(num, &e);
    *id = e.id;
    merge_again(m);
    return OK;
}

rc graph_news(ctx *c, int64_t before, size_t want, news_page *out)
{
    return graph_news_of(c, (news_choice){.kind = NEWS_ALL}, before, want, out);
}

rc graph_news_of(ctx *c, news_choice which, int64_t before, size_t want, news_page *out)
{
    *out = (news_page){0};
    if (!c->viewer.num || !want || before < 1) return OK; /* ids are positive */
    merge m = {.c = c};
    TRY(merge_start(&m, which, before));
    TRY(merge_settle(&m));
    out->items = ARENA_ARRAY(c->arena, ring_post, want < NEWS_SCAN_MAX ? want : NEWS_SCAN_MAX);
    int64_t last = 0;
    for (size_t seen = 0; m.heap_len && out->len < want && seen < NEWS_SCAN_MAX; seen++) {
        TRY(merge_take(&m, out, &last));
        /* A full page needs no more reading: that the heap is not empty says that there may be more. */
        if (out->len < want) TRY(merge_settle(&m));
    }
    out->next = m.heap_len ? last : 0;
    return OK;
}

/* ---- one wall ---- */

/* Takes of one run of entries what the viewer may see; stops past a full page. */
static rc wall_take(ctx *c, const ring_part *r, int64_t owner, int64_t *before, bool owners_only, size_t want, news_page *out)
{
    for (size_t i = 0; i < r->len && out->len <= want; i++) {
        const ring_entry *e = &r->items[i];
        if (e->id >= *before) continue;
        *before = e->id;
        if (owners_only && e->author != owner) continue;
        bool may;
        TRY(privacy_see_post(c, owner, e->author, e->audience, &may));
        if (may) out->items[out->len++] = post_of((uint32_t)owner, e);
    }
    return OK;
}

rc graph_wall(ctx *c, int64_t owner, int64_t before, bool owners_only, size_t want, news_page *out)
{
    *out = (news_page){.items = ARENA_ARRAY(c->arena, ring_post, want + 1)};
    if (before < 1) return OK;
    const ring_part *r;
    TRY(ring_of(c, owner, &r));
    /* One more than is shown, so that a page that says "older" has something older to show. */
    TRY(wall_take(c, r, owner, &before, owners_only, want, out));
    for (size_t seen = r->len; out->len <= want && !r->complete && seen < NEWS_SCAN_MAX; seen += r->len) {
        TRY(ring_below(c, owner, before, &r));
        TRY(wall_take(c, r, owner, &before, owners_only, want, out));
    }
    if (out->len > want) out->next = out->items[--out->len - 1].id;
    else if (!r->complete) out->next = before;
    return OK;
}
