/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "db/sqlite_fault.h"

#ifdef VECHE_TESTING
#define TEST_FCNTL_FAIL 7001 /* tests/support/vfs_powerloss.h: the next I/O of any file fails with this SQLite code */

static int always(void *unused)
{
    (void)unused;
    return 1;
}

int sqlite_step_into(sqlite3 *h, sqlite3_stmt *stmt, int wanted)
{
    if (wanted == SQLITE_INTERRUPT) {
        if (sqlite3_stmt_readonly(stmt)) return SQLITE_DONE;
        sqlite3_progress_handler(h, 1, always, NULL);
        int got = sqlite3_step(stmt);
        sqlite3_progress_handler(h, 0, NULL, NULL);
        return got;
    }
    int none = SQLITE_OK;
    sqlite3_db_release_memory(h);
    if (sqlite3_file_control(h, "main", TEST_FCNTL_FAIL, &wanted) != SQLITE_OK) return SQLITE_DONE;
    int got = sqlite3_step(stmt);
    sqlite3_file_control(h, "main", TEST_FCNTL_FAIL, &none);
    return got;
}
#endif
