/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "media/workers.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

#define IDLE_MAX 16

typedef struct worker {
    int64_t number;
    int channel;
} worker;

struct media_workers {
    pthread_mutex_t lock;
    pthread_cond_t came;
    worker idle[IDLE_MAX];
    int count;
    void (*hangs)(void *arg, int64_t number);
    void *arg;
};

media_workers *media_workers_open(void (*hangs)(void *arg, int64_t number), void *arg)
{
    media_workers *w = calloc(1, sizeof *w);
    if (!w) die("out of memory");
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->came, NULL);
    w->hangs = hangs;
    w->arg = arg;
    return w;
}

void media_workers_close(media_workers *w)
{
    if (!w) return;
    for (int i = 0; i < w->count; i++) close(w->idle[i].channel);
    pthread_cond_destroy(&w->came);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

void media_workers_add(media_workers *w, int64_t number, int channel)
{
    pthread_mutex_lock(&w->lock);
    bool room = w->count < IDLE_MAX;
    if (room) w->idle[w->count++] = (worker){number, channel};
    pthread_cond_signal(&w->came);
    pthread_mutex_unlock(&w->lock);
    if (!room) close(channel);
}

static bool take(media_workers *w, worker *out)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += MEDIA_WAIT_MS / 1000;
    pthread_mutex_lock(&w->lock);
    while (w->count == 0 && pthread_cond_timedwait(&w->came, &w->lock, &end) != ETIMEDOUT) continue;
    bool got = w->count > 0;
    if (got) *out = w->idle[--w->count];
    pthread_mutex_unlock(&w->lock);
    return got;
}

/* One that has died while it waited takes no job: that is nobody's fault, and the next one is asked. */
static bool give(media_workers *w, const frame *job, worker *out)
{
    while (take(w, out)) {
        if (frame_send(out->channel, job)) return true;
        close(out->channel);
    }
    return false;
}

media_picture media_run(media_workers *w, const media_job *job)
{
    frame f;
    worker one;
    media_picture p = {.result = MEDIA_AWAY};
    media_job_write(job, &f);
    if (!give(w, &f, &one)) return p;
    switch (frame_receive(one.channel, MEDIA_JOB_MS, &f)) {
    case FRAME_CAME:
        if (!media_picture_read(&f, job->plan, &p)) log_error("media process %lld gave no possible answer", (long long)one.number);
        frame_close_fds(&f);
        break;
    case FRAME_LATE:
        p.result = MEDIA_HUNG;
        w->hangs(w->arg, one.number);
        break;
    case FRAME_ENDED: p.result = MEDIA_DIED; break;
    }
    close(one.channel);
    return p;
}
