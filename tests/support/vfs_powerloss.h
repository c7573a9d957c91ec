/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A file system for SQLite in tests, over the real one, that fails on order: it loses power, it fills up, it has I/O errors.
 *
 *                 xWrite, xTruncate                 xSync
 *   real file ◀───────┬──────────▶ pending (memory) ─────▶ synced (memory)
 *                     │
 *                     └ at I/O number k: every file becomes `synced` and what the plan leaves of `pending`,
 *                       and the process is gone (_exit)
 *
 * An operating system shows its programs what they wrote, and keeps in a power cut what was synced and any part of the rest. So
 * what is pending may be dropped, kept, or kept in part: each piece of 512 bytes for itself, later writes without earlier
 * ones. Bytes beside a write never change (SQLite assumes "powersafe overwrite"). A deletion is taken to be durable at once.
 *
 * A scenario runs in a child process that is forked for it; the parent looks at what is left. Files are known by their path,
 * and those whose path ends in "-shm" are removed by a cut. mmap is not offered: every access is seen. */
#ifndef VECHE_TEST_VFS_POWERLOSS_H
#define VECHE_TEST_VFS_POWERLOSS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum cut_mode { CUT_DROPS, CUT_KEEPS, CUT_SHUFFLES, CUT_MODES } cut_mode;

#define POWERLOSS_EXIT 42

/* Makes it the default VFS of this process. Once, before any database is opened; without a plan it changes nothing. */
void powerloss_register(void);

/* Power goes when write, truncate, sync or delete number `at` (from 1, counted from here) is asked for; 0: never. `skip_sync`:
 * the disk lies, xSync does nothing. */
void powerloss_plan(int64_t at, cut_mode mode, uint64_t seed, bool skip_sync);
/* Operations since the plan. */
int64_t powerloss_count(void);

/* Files may grow by this many bytes more, all together; then SQLITE_FULL. -1: no limit. */
void disk_room(int64_t bytes);

/* sqlite3_file_control(db, "main", 7001, &code): every I/O of any file fails with this SQLite code until it is SQLITE_OK again.
 * src/db/sqlite.c uses it for db_test_fail_at(). */

#endif
