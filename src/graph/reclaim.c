/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* When a part is freed: readers take no locks and count nothing, so nobody says "I am done with this part". They only say
 * when they are inside.
 *
 *   era:       7          8            9
 *   reader A   ├── inside since 7 ─────────────┤
 *   reader B                ├ since 8 ┤
 *   part            taken out in 7, waits ───── ▶ freed when A has left; B came later and cannot have met it
 *
 * Each reader record says in which era its owner came in, 0 while outside. Parts that were taken out are marked with the era,
 * and the era moves on. They wait in limbo, in the order of eras, and are freed from the front while every reader is outside
 * or came in later. Whoever retires looks; nobody else has to.
 *
 * Four accesses are sequentially consistent for this: a reader writes its era, then loads parts; a writer takes a part out,
 * then looks at the readers. One of the two sees the other. A reader that stays inside for long only makes limbo longer. */
#include "graph/slots.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* ---- opening ---- */

void graph_lock(pthread_mutex_t *m)
{
    if (pthread_mutex_lock(m) != 0) die("a mutex of the graph is broken");
}

void graph_unlock(pthread_mutex_t *m)
{
    if (pthread_mutex_unlock(m) != 0) die("a mutex of the graph is broken");
}

void *line_alloc(size_t size)
{
    size_t whole = (size + LINE - 1) / LINE * LINE;
    void *p = aligned_alloc(LINE, whole);
    if (!p) die("out of memory: %zu bytes", whole);
    memset(p, 0, whole);
    return p;
}

graph *graph_open(size_t budget)
{
    graph *g = line_alloc(sizeof *g);
    g->chunks = calloc(CHUNKS, sizeof *g->chunks); /* untouched pages cost nothing */
    if (!g->chunks) die("out of memory");
    for (size_t i = 0; i < STRIPES; i++) pthread_mutex_init(&g->stripes[i].lock, NULL);
    pthread_mutex_init(&g->publishing, NULL);
    pthread_mutex_init(&g->limbo_lock, NULL);
    pthread_mutex_init(&g->growing, NULL);
    atomic_init(&g->era, 1);
    g->limbo_end = &g->limbo;
    g->budget = budget;
    return g;
}

static void free_chain(part *p)
{
    while (p) {
        part *next = p->next;
        free(p);
        p = next;
    }
}

void graph_close(graph *g)
{
    if (!g) return;
    if (g->readers) die("the graph is closed before its readers");
    for (size_t i = 0; i < g->made_len; i++) {
        chunk *k = atomic_load(&g->chunks[g->made[i]]);
        for (size_t s = 0; s < CHUNK_SLOTS; s++)
            for (int kind = 0; kind < PART_KINDS; kind++) free(atomic_load(&k->slots[s].parts[kind]));
        free(k);
    }
    for (size_t i = 0; i < AUDIENCES; i++) free(atomic_load(&g->audiences[i]));
    free_chain(g->limbo);
    for (size_t i = 0; i < STRIPES; i++) pthread_mutex_destroy(&g->stripes[i].lock);
    pthread_mutex_destroy(&g->publishing);
    pthread_mutex_destroy(&g->limbo_lock);
    pthread_mutex_destroy(&g->growing);
    free(g->made);
    free(g->chunks);
    free(g);
}

/* ---- readers ---- */

graph_reader *graph_reader_open(graph *g)
{
    graph_reader *r = line_alloc(sizeof *r);
    r->graph = g;
    graph_lock(&g->limbo_lock);
    r->next = g->readers;
    g->readers = r;
    graph_unlock(&g->limbo_lock);
    return r;
}

void graph_reader_close(graph_reader *r)
{
    if (!r) return;
    graph *g = r->graph;
    graph_lock(&g->limbo_lock);
    graph_reader **at = &g->readers;
    while (*at != r) at = &(*at)->next;
    *at = r->next;
    graph_unlock(&g->limbo_lock);
    free(r);
}

uint64_t graph_enter(graph_reader *r)
{
    atomic_store(&r->inside, atomic_load(&r->graph->era));
    return atomic_load(&r->graph->epoch);
}

void graph_leave(graph_reader *r) { atomic_store(&r->inside, 0); }

/* ---- freeing ---- */

static uint64_t oldest_era(const graph *g)
{
    uint64_t oldest = UINT64_MAX;
    for (graph_reader *r = g->readers; r; r = r->next) {
        uint64_t inside = atomic_load(&r->inside);
        if (inside && inside < oldest) oldest = inside;
    }
    return oldest;
}

void part_retire(graph *g, part *chain)
{
    if (!chain) return;
    graph_lock(&g->limbo_lock);
    uint64_t era = atomic_fetch_add(&g->era, 1);
    *g->limbo_end = chain;
    for (part *p = chain; p; p = p->next) {
        p->era = era;
        g->limbo_end = &p->next;
    }
    uint64_t oldest = oldest_era(g);
    part *dead = g->limbo, **end = &dead;
    while (*end && (*end)->era < oldest) end = &(*end)->next;
    g->limbo = *end;
    if (!g->limbo) g->limbo_end = &g->limbo;
    *end = NULL;
    graph_unlock(&g->limbo_lock);
    free_chain(dead);
}
