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

/* One job on one process. FRAME_UNREAD: it had died before it looked at the job. */
static frame_got ask(media_workers *w, const worker *one, const media_job *job, media_picture *p)
{
    frame f;
    media_job_write(job, &f);
    frame_got got = frame_send(one->channel, &f) ? frame_receive(one->channel, MEDIA_JOB_MS, &f) : FRAME_UNREAD;
    switch (got) {
    case FRAME_CAME:
        if (!media_picture_read(&f, job->plan, p)) log_error("media process %lld gave no possible answer", (long long)one->number);
        frame_close_fds(&f);
        break;
    case FRAME_LATE:
        p->result = MEDIA_HUNG;
        w->hangs(w->arg, one->number);
        break;
    case FRAME_ENDED: p->result = MEDIA_DIED; break;
    case FRAME_UNREAD: break;
    }
    close(one->channel);
    return got;
}

/* That a process died while it waited is no picture's fault: the next one is asked. */
media_picture media_run(media_workers *w, const media_job *job)
{
    worker one;
    media_picture p = {.result = MEDIA_AWAY};
    while (take(w, &one))
        if (ask(w, &one, job, &p) != FRAME_UNREAD) break;
    return p;
}
