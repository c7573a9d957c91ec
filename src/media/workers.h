/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* workers: the web process's side of the media processes. The supervisor starts them and hands over a channel to each; each does
 * one job. */
#ifndef VECHE_WORKERS_H
#define VECHE_WORKERS_H

#include "media/job.h"

typedef struct media_workers media_workers;

#define MEDIA_WAIT_MS 15000 /* for a process that is free */
#define MEDIA_JOB_MS 60000  /* for its answer; who computes all the time ends earlier (confine.h) */

/* `hangs` is called, on the thread that waited, for a process that must be ended. */
media_workers *media_workers_open(void (*hangs)(void *arg, int64_t number), void *arg);
void media_workers_close(media_workers *w);
/* A new process; the channel is the workers' from now on. From any thread. */
void media_workers_add(media_workers *w, int64_t number, int channel);
/* Does the job and waits for it; for slow threads. A process that died or hangs is the picture's fault, and nobody tries it again. */
media_picture media_run(media_workers *w, const media_job *job);

#endif
