/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "http/pool.h"

#include <pthread.h>
#include <stdbool.h>

#include "base/log.h"

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    pool_job *first, **last;
    int queued, queue_max, threads;
    bool closing;
    pthread_t *ids;
};

static pool_job *pool_take(pool *p)
{
    pthread_mutex_lock(&p->lock);
    while (!p->first && !p->closing) pthread_cond_wait(&p->filled, &p->lock);
    pool_job *job = p->first;
    if (job) {
        p->first = job->next;
        if (!p->first) p->last = &p->first;
        p->queued--;
    }
    pthread_mutex_unlock(&p->lock);
    return job;
}

static void *pool_main(void *arg)
{
    pool *p = arg;
    for (pool_job *job; (job = pool_take(p));) job->run(job);
    return NULL;
}

pool *pool_open(int threads, int queue_max)
{
    pool *p = calloc(1, sizeof *p);
    if (!p) die("out of memory");
    p->ids = calloc((size_t)threads, sizeof *p->ids);
    if (!p->ids) die("out of memory");
    p->last = &p->first;
    p->queue_max = queue_max;
    p->threads = threads;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->filled, NULL);
    for (int i = 0; i < threads; i++)
        if (pthread_create(&p->ids[i], NULL, pool_main, p) != 0) die("cannot start a thread");
    return p;
}

void pool_close(pool *p)
{
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->closing = true;
    pthread_cond_broadcast(&p->filled);
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < p->threads; i++) pthread_join(p->ids[i], NULL);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->filled);
    free(p->ids);
    free(p);
}

rc pool_submit(pool *p, pool_job *job)
{
    pthread_mutex_lock(&p->lock);
    bool room = p->queued < p->queue_max && !p->closing;
    if (room) {
        job->next = NULL;
        *p->last = job;
        p->last = &job->next;
        p->queued++;
        pthread_cond_signal(&p->filled);
    }
    pthread_mutex_unlock(&p->lock);
    return room ? OK : E_BUSY;
}
