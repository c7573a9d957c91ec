/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "db/sqlite_wal.h"

#include <pthread.h>
#include <time.h>

#define SLICE_PAGES 32
#define BUSY_STEP_US 250

#define WRITER_MS 5000 /* somebody outside the lane: a second process, an operator's shell */
#define READERS_MS 200 /* a checkpoint that waits for readers stops the lane, so it must not wait long */

/* ---- waiting ---- */

static int wait_at_most(int ms, int times)
{
    if (times >= ms * (1000 / BUSY_STEP_US)) return 0;
    (void)nanosleep(&(struct timespec){.tv_nsec = BUSY_STEP_US * 1000}, NULL);
    return 1;
}

static int wait_for_a_writer(void *unused, int times)
{
    (void)unused;
    return wait_at_most(WRITER_MS, times);
}

static int wait_for_readers(void *unused, int times)
{
    (void)unused;
    return wait_at_most(READERS_MS, times);
}

void sqlite_wal_wait(sqlite3 *h) { sqlite3_busy_handler(h, wait_for_a_writer, NULL); }

/* ---- slices ---- */

/* The file's own methods, and the same with another xWrite. All files of a process come from one VFS, so one pair serves. */
static const sqlite3_io_methods *plain;
static sqlite3_io_methods paced;
static _Thread_local unsigned pages;
static _Thread_local bool hurry; /* the lane waits: all at once is over sooner */
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

static int paced_write(sqlite3_file *file, const void *from, int len, sqlite3_int64 at)
{
    int got = plain->xWrite(file, from, len, at);
    if (got != SQLITE_OK || hurry || ++pages < SLICE_PAGES) return got;
    pages = 0;
    return plain->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

static void pace(sqlite3 *h)
{
    sqlite3_file *file = NULL;
    if (sqlite3_file_control(h, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file || !file->pMethods) return;
    pthread_mutex_lock(&making);
    if (!plain) {
        plain = file->pMethods;
        paced = *plain;
        paced.xWrite = paced_write;
    }
    if (file->pMethods == plain) file->pMethods = &paced;
    pthread_mutex_unlock(&making);
}

/* ---- moving ---- */

int sqlite_wal_move(sqlite3 *h, bool restart, int *frames)
{
    int there = 0, done;
    pace(h);
    hurry = restart;
    if (restart) sqlite3_busy_handler(h, wait_for_readers, NULL);
    int got = sqlite3_wal_checkpoint_v2(h, "main", restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, &there, &done);
    if (restart) sqlite_wal_wait(h);
    if (there > 0) *frames = there;
    return got;
}
