/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where parts hang, and who may hang them there or take them out.
 *
 *   directory ─▶ chunk of 4,096 slots ─▶ slot (one cache line)
 *                                        ┌ parts[6]   person  edges  doors  ring  liked  sessions    atomic pointers
 *                        │               └ stamps[2]  the epoch of the last change; three share one
 *                        └▶ newest: the id of each ring's first post, side by side, because the news ask it of hundreds of
 *                           sources and go on with twenty; and beside them `here`, the minute of each member's latest request
 *
 * Reading is two loads: the chunk, the part. Nothing is locked, nothing is counted.
 *
 * Changing. A slot is written only under its stripe's mutex, by three kinds of hands:
 *   - graph_publish raises the stamp and takes the part out;
 *   - part_keep hangs a part where there is none, if the reader's epoch has reached the stamp;
 *   - evict takes out what nobody used since it last came by.
 * The mutex makes "look at the stamp, then hang" one step: without it a publish could pass between the two, and an old part
 * would hang behind a newer stamp. The graph's own epoch moves on only after all stamps of a publish stand. A reader that
 * has read the new epoch therefore began its snapshot after those commits; one that read the old epoch is refused by
 * exactly the slots that moved.
 *
 * Freeing is reclaim.c's: what is taken out here goes to part_retire.
 *
 * Evicting. Past the budget each fill moves a clock hand over a few hundred slots: a part that was used since the last round
 * loses its mark, one without a mark goes. So the cost is spread; memory may pass its budget by what is filled during two
 * rounds of the hand (at a million members some 4,000 parts). */
#include "graph/slots.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"

#define EVICT_SLOTS 512
#define AUDIENCE_PROBES 4
#define MALLOC_COST 16 /* bytes that the allocator adds, about */

/* Which stamp a part has. Two that share one are refused more often than they must be, never less; so a slot is one line. */
static const uint8_t stamp_of[PART_KINDS] = {
    [PART_PERSON] = 0, [PART_LIKED] = 0, [PART_SESSIONS] = 0, [PART_EDGES] = 1, [PART_DOORS] = 1, [PART_RING] = 1};

/* ---- slots ---- */

static stripe *stripe_of(graph *g, int64_t num) { return &g->stripes[(uint64_t)num % STRIPES]; }

/* NULL for a number whose chunk nobody has needed yet. */
static chunk *chunk_find(graph *g, int64_t num)
{
    if (num <= 0 || num > INT32_MAX) return NULL;
    return atomic_load_explicit(&g->chunks[num / CHUNK_SLOTS], memory_order_acquire);
}

static slot *slot_find(graph *g, int64_t num)
{
    chunk *k = chunk_find(g, num);
    return k ? &k->slots[num % CHUNK_SLOTS] : NULL;
}

static slot *slot_make(graph *g, int64_t num)
{
    slot *s = slot_find(g, num);
    if (s || num <= 0 || num > INT32_MAX) return s;
    uint32_t number = (uint32_t)(num / CHUNK_SLOTS);
    graph_lock(&g->growing);
    if (!atomic_load(&g->chunks[number])) {
        if (g->made_len == g->made_cap) {
            g->made_cap = g->made_cap ? g->made_cap * 2 : 64;
            g->made = realloc(g->made, g->made_cap * sizeof *g->made);
            if (!g->made) die("out of memory");
        }
        g->made[g->made_len++] = number;
        atomic_store_explicit(&g->chunks[number], line_alloc(sizeof(chunk)), memory_order_release);
    }
    graph_unlock(&g->growing);
    return slot_find(g, num);
}

/* May memory be asked, and filled? */
static graph *memory_of(const ctx *c) { return c->writing ? NULL : c->graph; }

static void mark_used(part *p)
{
    /* Looked at first: writing each time would pull the line from core to core. */
    if (!atomic_load_explicit(&p->used, memory_order_relaxed)) atomic_store_explicit(&p->used, 1, memory_order_relaxed);
}

part *part_get(ctx *c, int64_t num, part_kind kind)
{
    graph *g = memory_of(c);
    slot *s = g ? slot_find(g, num) : NULL;
    part *p = s ? atomic_load(&s->parts[kind]) : NULL;
    if (!p) return NULL;
    mark_used(p);
    return p;
}

void newest_soon(ctx *c, int64_t num)
{
    graph *g = memory_of(c);
    chunk *k = g ? chunk_find(g, num) : NULL;
    if (k) __builtin_prefetch(&k->newest[num % CHUNK_SLOTS]);
}

void slot_soon(ctx *c, int64_t num)
{
    graph *g = memory_of(c);
    slot *s = g ? slot_find(g, num) : NULL;
    if (s) __builtin_prefetch(s);
}

void parts_soon(ctx *c, int64_t num)
{
    graph *g = memory_of(c);
    slot *s = g ? slot_find(g, num) : NULL;
    for (int kind = 0; s && kind < PART_KINDS; kind++) {
        const char *p = (const char *)atomic_load_explicit(&s->parts[kind], memory_order_relaxed);
        if (!p || kind == PART_EDGES || kind > PART_RING) continue;
        __builtin_prefetch(p);
        __builtin_prefetch(p + LINE);
    }
}

int64_t ring_newest(ctx *c, int64_t num)
{
    graph *g = memory_of(c);
    chunk *k = g ? chunk_find(g, num) : NULL;
    return k ? atomic_load(&k->newest[num % CHUNK_SLOTS]) : RING_UNKNOWN;
}

/* The stripe is held. A ring's first post is noted when it is hung and forgotten when the wall changes. */
static void note_newest(graph *g, int64_t num, part_kind kind, const part *p)
{
    if (kind != PART_RING) return;
    const ring_part *ring = (const ring_part *)p;
    int64_t newest = !ring ? RING_UNKNOWN : ring->complete ? RING_EMPTY : ring->items[ring->len - 1].id;
    for (uint32_t i = 0; ring && i < ring->len; i++) {
        if (ring->items[i].author != num) continue;
        newest = ring->items[i].id;
        break;
    }
    atomic_store(&chunk_find(g, num)->newest[num % CHUNK_SLOTS], newest);
}

void *part_new(ctx *c, size_t size)
{
    if (size > UINT32_MAX) die("a part of %zu bytes", size);
    part *p = memory_of(c) ? malloc(size) : arena_alloc(c->arena, size);
    if (!p) die("out of memory: %zu bytes", size);
    *p = (part){.size = (uint32_t)size};
    return p;
}

static size_t part_cost(const part *p) { return p->size + MALLOC_COST; }

/* Puts NULL into a slot; the stripe is held. Returns the part with `chain` behind it. */
static part *take_out(graph *g, slot *s, part_kind kind, part *chain)
{
    part *p = atomic_exchange(&s->parts[kind], NULL);
    if (!p) return chain;
    atomic_fetch_sub(&g->bytes, part_cost(p));
    p->next = chain;
    return p;
}

static part *evict_slot(graph *g, int64_t num, slot *s, part *chain)
{
    stripe *held = stripe_of(g, num);
    graph_lock(&held->lock);
    for (int kind = 0; kind < PART_KINDS; kind++) {
        part *p = atomic_load(&s->parts[kind]);
        if (!p || atomic_exchange_explicit(&p->used, 0, memory_order_relaxed)) continue;
        chain = take_out(g, s, (part_kind)kind, chain);
        held->drops++;
    }
    graph_unlock(&held->lock);
    return chain;
}

static bool slot_empty(slot *s)
{
    for (int kind = 0; kind < PART_KINDS; kind++)
        if (atomic_load_explicit(&s->parts[kind], memory_order_relaxed)) return false;
    return true;
}

/* The hand's slot; then the hand moves on. `growing` is held. */
static int64_t hand_next(graph *g)
{
    if (g->hand_chunk >= g->made_len) g->hand_chunk = 0;
    int64_t num = (int64_t)g->made[g->hand_chunk] * CHUNK_SLOTS + g->hand_slot;
    if (++g->hand_slot == CHUNK_SLOTS) {
        g->hand_slot = 0;
        g->hand_chunk++;
    }
    return num;
}

static void evict(graph *g)
{
    if (atomic_load(&g->bytes) <= g->budget || pthread_mutex_trylock(&g->growing) != 0) return;
    part *chain = NULL;
    for (int step = 0; step < EVICT_SLOTS && atomic_load(&g->bytes) > g->budget; step++) {
        int64_t num = hand_next(g);
        slot *s = slot_find(g, num);
        if (s && !slot_empty(s)) chain = evict_slot(g, num, s, chain);
    }
    graph_unlock(&g->growing);
    part_retire(g, chain);
}

part *part_keep(ctx *c, int64_t num, part_kind kind, part *p)
{
    graph *g = memory_of(c);
    if (!g) return p;
    stripe *held = stripe_of(g, num);
    slot *s = slot_make(g, num);
    part *use = p;
    bool kept = false;
    graph_lock(&held->lock);
    /* Newer than our snapshot: what we read may be the old state. */
    if (s && atomic_load(&s->stamps[stamp_of[kind]]) <= c->epoch && atomic_load(&g->forgotten) <= c->epoch) {
        part *there = atomic_load(&s->parts[kind]);
        if (there) {
            use = there;
        } else {
            atomic_fetch_add(&g->bytes, part_cost(p));
            mark_used(p);
            atomic_store(&s->parts[kind], p);
            note_newest(g, num, kind, p);
            kept = true;
        }
    }
    held->fills++;
    held->refused += use == p && !kept;
    graph_unlock(&held->lock);
    /* A part that nobody else ever saw lives as long as this reader is inside, like one that was taken out. */
    if (!kept) {
        p->next = NULL;
        part_retire(g, p);
    }
    evict(g);
    return use;
}

/* ---- publishing ---- */

static part *publish_part(graph *g, int64_t num, part_kind kind, uint64_t epoch, part *chain)
{
    slot *s = slot_make(g, num);
    if (!s) return chain;
    stripe *held = stripe_of(g, num);
    graph_lock(&held->lock);
    atomic_store(&s->stamps[stamp_of[kind]], epoch);
    note_newest(g, num, kind, NULL);
    part *after = take_out(g, s, kind, chain);
    if (after != chain) held->drops++;
    graph_unlock(&held->lock);
    return after;
}

static bool part_of_change(change_kind kind, part_kind *out)
{
    switch (kind) {
    case CHANGE_MEMBER: *out = PART_PERSON; return true;
    case CHANGE_EDGES: *out = PART_EDGES; return true;
    case CHANGE_PRIVACY: *out = PART_DOORS; return true;
    case CHANGE_WALL: *out = PART_RING; return true;
    case CHANGE_LIKED: *out = PART_LIKED; return true;
    case CHANGE_SESSIONS:
    case CHANGE_NOTICES: *out = PART_SESSIONS; return true;
    case CHANGE_SITE: return false;
    }
    return false; /* a newer server's kind: nothing that this one keeps */
}

void graph_publish(void *graph_, const change *changes)
{
    graph *g = graph_;
    if (!changes) return;
    part *chain = NULL;
    graph_lock(&g->publishing);
    uint64_t epoch = atomic_load(&g->epoch) + 1;
    for (const change *at = changes; at; at = at->next) {
        part_kind kind;
        if (part_of_change(at->kind, &kind)) chain = publish_part(g, at->a, kind, epoch, chain);
    }
    atomic_store(&g->epoch, epoch);
    graph_unlock(&g->publishing);
    part_retire(g, chain);
}

/* The stamp comes first: what is hung from now on was read after it. */
void graph_forget(graph *g)
{
    part *chain = NULL;
    graph_lock(&g->publishing);
    uint64_t epoch = atomic_load(&g->epoch) + 1;
    atomic_store(&g->forgotten, epoch);
    graph_lock(&g->growing);
    for (size_t i = 0; i < g->made_len; i++)
        for (int64_t num = (int64_t)g->made[i] * CHUNK_SLOTS, end = num + CHUNK_SLOTS; num < end; num++) {
            slot *s = slot_find(g, num);
            stripe *held = stripe_of(g, num);
            if (!s) continue; /* nobody has the number 0 */
            graph_lock(&held->lock);
            for (int kind = 0; kind < PART_KINDS; kind++) {
                chain = take_out(g, s, (part_kind)kind, chain);
                note_newest(g, num, (part_kind)kind, NULL);
            }
            graph_unlock(&held->lock);
        }
    graph_unlock(&g->growing);
    atomic_store(&g->epoch, epoch);
    graph_unlock(&g->publishing);
    part_retire(g, chain);
}

/* ---- interned audiences ---- */

/* Fibonacci hashing: ids that differ only in their upper bits spread as well. */
static size_t audience_home(int64_t id)
{
    return (size_t)(((uint64_t)id * UINT64_C(0x9E3779B97F4A7C15)) >> 50) % AUDIENCES;
}

const audience_part *audience_cached(ctx *c, int64_t id)
{
    graph *g = memory_of(c);
    for (size_t i = 0; g && i < AUDIENCE_PROBES; i++) {
        const audience_part *p = (const audience_part *)atomic_load(&g->audiences[(audience_home(id) + i) % AUDIENCES]);
        if (p && p->id == id) return p;
    }
    return NULL;
}

const audience_part *audience_keep(ctx *c, audience_part *p)
{
    graph *g = memory_of(c);
    if (!g) return p;
    /* The first empty place near its home, else the home itself: the table is bounded, so somebody has to go. */
    size_t home = audience_home(p->id), place = home;
    graph_lock(&g->growing);
    for (size_t i = 0; i < AUDIENCE_PROBES; i++) {
        size_t at = (home + i) % AUDIENCES;
        if (atomic_load(&g->audiences[at])) continue;
        place = at;
        break;
    }
    part *old = atomic_exchange(&g->audiences[place], &p->head);
    graph_unlock(&g->growing);
    if (old) old->next = NULL;
    part_retire(g, old);
    return p;
}

/* ---- who is here ---- */

#define HERE_OWED UINT32_C(0x80000000) /* the hour of this minute waits to be stored */
#define HERE_MINUTE (HERE_OWED - 1)
#define MINUTES_AN_HOUR UINT32_C(60)

static _Atomic uint32_t *here_of(const ctx *c, int64_t num)
{
    chunk *k = c->graph ? chunk_find(c->graph, num) : NULL;
    return k ? &k->here[num % CHUNK_SLOTS] : NULL;
}

bool graph_here(ctx *c, int64_t num)
{
    uint32_t minute = (uint32_t)(c->now / MS_MINUTE) & HERE_MINUTE;
    if (!c->graph || !slot_make(c->graph, num)) return false;
    _Atomic uint32_t *here = here_of(c, num);
    uint32_t was = atomic_load_explicit(here, memory_order_relaxed), then = was & HERE_MINUTE;
    /* A request that began in the minute before may come a little later: it changes nothing. */
    if (then == minute || then == minute + 1) return false;
    if (!atomic_compare_exchange_strong(here, &was, minute)) return false; /* another request of the same member was faster */
    return (was & HERE_OWED) || then / MINUTES_AN_HOUR != minute / MINUTES_AN_HOUR;
}

void graph_here_again(ctx *c, int64_t num)
{
    _Atomic uint32_t *here = here_of(c, num);
    if (here) atomic_fetch_or(here, HERE_OWED);
}

int64_t graph_here_last(const ctx *c, int64_t num)
{
    _Atomic uint32_t *here = here_of(c, num);
    return here ? (int64_t)(atomic_load_explicit(here, memory_order_relaxed) & HERE_MINUTE) * MS_MINUTE : 0;
}

graph_stats graph_stats_get(graph *g)
{
    graph_stats s = {.bytes = atomic_load(&g->bytes)};
    for (size_t i = 0; i < STRIPES; i++) {
        stripe *held = &g->stripes[i];
        graph_lock(&held->lock);
        s.fills += held->fills;
        s.refused += held->refused;
        s.drops += held->drops;
        graph_unlock(&held->lock);
    }
    graph_lock(&g->growing);
    s.slots = g->made_len * CHUNK_SLOTS;
    graph_unlock(&g->growing);
    return s;
}
