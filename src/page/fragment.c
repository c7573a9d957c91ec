/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A set-associative table: a key may live in one of the four places of its set; the hand of a clock goes round each set, and
 * what was used since its last pass stays. Bounded by places and by bytes: past the budget nothing new is kept until old
 * places are overwritten. One mutex: on SQLite nobody else comes, on PostgreSQL the workers who read for one web thread do. */
#include "page/fragment.h"

#include <pthread.h>

#include "base/log.h"

#define WAYS 4
#define SETS_LEAST 64
#define USUAL_BYTES 1024 /* of a fragment: with smaller ones the places run out first, with larger ones the bytes */

typedef struct place {
    fragment_key key;
    char *bytes;
    uint32_t len;
    bool used;
} place;

typedef struct set {
    place ways[WAYS];
    unsigned hand;
} set;

struct fragment_cache {
    set *sets;
    size_t sets_len; /* a power of two, at least SETS_LEAST */
    size_t bytes, budget;
    pthread_mutex_t lock;
};

static bool same(const fragment_key *a, const fragment_key *b)
{
    return a->id == b->id && a->version == b->version && a->people == b->people && a->day == b->day &&
           a->shape == b->shape && a->lang == b->lang;
}

/* Only what tells things apart: versions of one thing share a set, so that the newer pushes out the older. */
static set *set_of(const fragment_cache *f, const fragment_key *key)
{
    uint64_t thing = (uint64_t)key->id ^ (uint64_t)key->shape << 56 ^ (uint64_t)key->lang << 48;
    return &f->sets[(size_t)(thing * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (f->sets_len - 1)];
}

fragment_cache *fragment_cache_open(size_t budget)
{
    fragment_cache *f = calloc(1, sizeof *f);
    if (!f) die("out of memory");
    f->sets_len = SETS_LEAST;
    while (f->sets_len * WAYS * USUAL_BYTES < budget) f->sets_len *= 2;
    if (!(f->sets = calloc(f->sets_len, sizeof *f->sets))) die("out of memory");
    f->budget = budget;
    pthread_mutex_init(&f->lock, NULL);
    return f;
}

void fragment_cache_close(fragment_cache *f)
{
    if (!f) return;
    for (size_t i = 0; i < f->sets_len; i++)
        for (size_t w = 0; w < WAYS; w++) free(f->sets[i].ways[w].bytes);
    free(f->sets);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

bool fragment_write(fragment_cache *f, const fragment_key *key, out *o)
{
    bool found = false;
    pthread_mutex_lock(&f->lock);
    set *s = set_of(f, key);
    for (size_t w = 0; w < WAYS && !found; w++) {
        place *p = &s->ways[w];
        if (!p->bytes || !same(&p->key, key)) continue;
        out_bytes(o, p->bytes, p->len);
        p->used = found = true;
    }
    pthread_mutex_unlock(&f->lock);
    return found;
}

static place *victim(set *s)
{
    for (;;) {
        place *p = &s->ways[s->hand];
        s->hand = (s->hand + 1) % WAYS;
        if (!p->bytes || !p->used) return p;
        p->used = false;
    }
}

void fragment_keep(fragment_cache *f, const fragment_key *key, str bytes)
{
    pthread_mutex_lock(&f->lock);
    place *p = victim(set_of(f, key));
    f->bytes -= p->len;
    free(p->bytes);
    *p = (place){0};
    if (bytes.len > 0 && f->bytes + bytes.len <= f->budget && (p->bytes = malloc(bytes.len))) {
        memcpy(p->bytes, bytes.ptr, bytes.len);
        *p = (place){.key = *key, .bytes = p->bytes, .len = (uint32_t)bytes.len};
        f->bytes += bytes.len;
    }
    pthread_mutex_unlock(&f->lock);
}

void fragment_keep_since(fragment_cache *f, const fragment_key *key, const out *o, size_t before)
{
    if (!o->failed) fragment_keep(f, key, (str){o->ptr + before, o->len - before});
}

void fragment_soon(const fragment_cache *f, const fragment_key *key)
{
    const char *from = (const char *)set_of(f, key);
    for (size_t line = 0; line < sizeof(set); line += 64) __builtin_prefetch(from + line);
}
