/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "db/sqlite_pace.h"

#include <pthread.h>

#define SLICE_PAGES 32

/* The file's own methods, and the same with another xWrite. All files of a process come from one VFS, so one pair serves. */
static const sqlite3_io_methods *plain;
static sqlite3_io_methods paced;
static _Thread_local unsigned pages;
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

static int paced_write(sqlite3_file *file, const void *from, int len, sqlite3_int64 at)
{
    int got = plain->xWrite(file, from, len, at);
    if (got != SQLITE_OK || ++pages < SLICE_PAGES) return got;
    pages = 0;
    return plain->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

void sqlite_pace(sqlite3 *h)
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
