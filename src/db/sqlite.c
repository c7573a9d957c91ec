/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The embedded engine.
 *
 * A connection prepares each query once, on first use, and keeps it in the array `cache` at the query's slot; BEGIN, COMMIT
 * and their like are prepared when it is opened, because the lane runs two of them around every act. A query that is
 * started while its slot is still running (a query inside the loop over its own rows) gets a statement of its own.
 *
 * Durability: WAL with synchronous=FULL, so COMMIT returns after the fsync. Nobody checkpoints inside a COMMIT
 * (wal_autocheckpoint=0): a thread of the lane does.
 *
 * SQLite rolls the whole transaction back by itself on some failures (an interrupt, a full disk, an I/O error). Whatever came
 * after would then commit statement by statement. `expected` remembers that a transaction was begun, and while it is set and
 * SQLite has none, every query is refused. */
#include "db/engine.h"
#include "db/sqlite_fault.h"
#include "db/sqlite_wal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/log.h"
#include "base/out.h"

#define CACHE_STEP 64
#define WAL_KEEP_BYTES "67108864"
#define WAL_FRAME_HEADER 24
#define INDEX_PAGES 16 /* for 4,096 frames each (sqlite.org/walformat.html §2) */
#define INDEX_PAGE_BYTES 32768

typedef enum fixed { BEGIN_READ, BEGIN_WRITE, COMMIT, ROLLBACK, SP_SET, SP_KEEP, SP_UNDO, FIXED_COUNT } fixed;

static const char *const fixed_sql[FIXED_COUNT] = {
    [BEGIN_READ] = "BEGIN",       [BEGIN_WRITE] = "BEGIN IMMEDIATE", [COMMIT] = "COMMIT",          [ROLLBACK] = "ROLLBACK",
    [SP_SET] = "SAVEPOINT act",   [SP_KEEP] = "RELEASE act",         [SP_UNDO] = "ROLLBACK TO act",
};

typedef struct kept {
    sqlite3_stmt *stmt;
    bool running;
} kept;

typedef struct sqlite {
    db base;
    sqlite3 *h;
    sqlite3_stmt *fixed[FIXED_COUNT];
    kept *cache;
    size_t cache_len;
    bool expected;
    int64_t page_size;
#ifdef VECHE_TESTING
    int fail_at;
    rc_code fail_kind;
    bool fail_kills;
#endif
} sqlite;

static sqlite *self(const db *d) { return (sqlite *)(uintptr_t)d; }

/* --- failures ------------------------------------------------------------------------------------------------------ */

/* SQLite calls a write beyond a quota an I/O error; for the member it is a full disk. A failed fsync stays what it is. */
static bool is_quota(sqlite3 *h, int extended)
{
    int os = sqlite3_system_errno(h);
    return extended == SQLITE_IOERR_WRITE && (os == EDQUOT || os == ENOSPC);
}

static rc code_of(sqlite3 *h, int failed)
{
    switch (failed & 0xFF) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return OK;
    case SQLITE_FULL: return E_FULL;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT: return E_BUSY;
    case SQLITE_CONSTRAINT: return E_CONFLICT;
    case SQLITE_IOERR: return is_quota(h, failed) ? E_FULL : E_INTERNAL;
    case SQLITE_NOMEM: die("SQLite is out of memory");
    default: return E_INTERNAL;
    }
}

static rc note_failure(sqlite *s, int failed, const char *doing)
{
    rc_code code = code_of(s->h, failed);
    if (code == OK) return OK;
    int extended = sqlite3_extended_errcode(s->h);
    /* A constraint's message names table and column, a syntax error quotes our own SQL: neither has a member's words. */
    db_note(&s->base, "SQLite %d: %s (%s)", extended, sqlite3_errmsg(s->h), doing);
    if (code == E_INTERNAL) log_error("%s", s->base.note);
    return code;
}

/* --- the one way to run a statement -------------------------------------------------------------------------------- */

#ifdef VECHE_TESTING
static int step_failing(sqlite *s, sqlite3_stmt *stmt)
{
    int wanted = s->fail_kind == E_FULL ? SQLITE_FULL : s->fail_kind == E_BUSY ? SQLITE_INTERRUPT : SQLITE_IOERR_WRITE;
    s->fail_at = 0;
    if (!s->fail_kills) return wanted;
    int got = sqlite_step_into(s->h, stmt, wanted);
    if (code_of(s->h, got) == s->fail_kind) wanted = got;
    sqlite3_reset(stmt);
    if (!sqlite3_get_autocommit(s->h)) sqlite3_exec(s->h, "ROLLBACK", NULL, NULL, NULL);
    return wanted;
}

static int step(sqlite *s, sqlite3_stmt *stmt)
{
    if (s->fail_at > 0 && --s->fail_at == 0) return step_failing(s, stmt);
    return sqlite3_step(stmt);
}

void db_test_fail_at(db *d, int nth, rc_code kind, bool kills_transaction)
{
    sqlite *s = self(d);
    s->fail_at = nth;
    s->fail_kind = kind;
    s->fail_kills = kills_transaction;
}

int db_test_left(const db *d) { return self(d)->fail_at; }
#else
static int step(sqlite *s, sqlite3_stmt *stmt)
{
    (void)s;
    return sqlite3_step(stmt);
}
#endif

static rc run_fixed(sqlite *s, fixed which)
{
    int got = step(s, s->fixed[which]);
    rc_code code = note_failure(s, got, fixed_sql[which]);
    sqlite3_reset(s->fixed[which]);
    return code;
}

/* --- queries ------------------------------------------------------------------------------------------------------- */

static void slot_grow(sqlite *s, size_t slot)
{
    size_t len = (slot / CACHE_STEP + 1) * CACHE_STEP;
    kept *more = realloc(s->cache, len * sizeof *more);
    if (!more) die("out of memory: %zu statements", len);
    memset(more + s->cache_len, 0, (len - s->cache_len) * sizeof *more);
    s->cache = more;
    s->cache_len = len;
}

static kept *slot_of(sqlite *s, const db_query *q)
{
    if (q->slot < 0) return NULL;
    size_t slot = (size_t)q->slot;
    if (slot >= s->cache_len) slot_grow(s, slot);
    return &s->cache[slot];
}

static int prepare(sqlite *s, const char *sql, bool keep, sqlite3_stmt **stmt)
{
    return sqlite3_prepare_v3(s->h, sql, -1, keep ? SQLITE_PREPARE_PERSISTENT : 0, stmt, NULL);
}

/* The slot's statement if it is free, else one for this time only. */
static int take_statement(sqlite *s, const db_query *q, sqlite3_stmt **stmt)
{
    kept *k = slot_of(s, q);
    if (!k || k->running) return prepare(s, q->sql[DB_SQLITE], false, stmt);
    if (!k->stmt) {
        int got = prepare(s, q->sql[DB_SQLITE], true, &k->stmt);
        if (got != SQLITE_OK) return got;
    }
    k->running = true;
    *stmt = k->stmt;
    return SQLITE_OK;
}

static void give_back(sqlite *s, const db_query *q, sqlite3_stmt *stmt)
{
    kept *k = slot_of(s, q);
    if (!k || k->stmt != stmt) {
        sqlite3_finalize(stmt);
        return;
    }
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt); /* the values were borrowed */
    k->running = false;
}

/* [1,2,3] */
static int bind_ids(sqlite3_stmt *stmt, int at, const db_value *v)
{
    size_t room = v->n * 21 + 2, len = 0; /* a sign, 19 digits, a comma */
    char *json = sqlite3_malloc64(room + 1);
    if (!json) die("SQLite is out of memory");
    json[len++] = '[';
    for (size_t i = 0; i < v->n; i++) {
        char digits[20];
        size_t n = 0;
        uint64_t rest = v->ids[i] < 0 ? 0 - (uint64_t)v->ids[i] : (uint64_t)v->ids[i];
        do digits[n++] = (char)('0' + rest % 10);
        while (rest /= 10);
        if (i) json[len++] = ',';
        if (v->ids[i] < 0) json[len++] = '-';
        while (n) json[len++] = digits[--n];
    }
    json[len++] = ']';
    return sqlite3_bind_text64(stmt, at, json, len, sqlite3_free, SQLITE_UTF8);
}

static int bind_one(sqlite3_stmt *stmt, int at, const db_value *v)
{
    const char *bytes = v->s.ptr ? v->s.ptr : "";
    if (v->null) return sqlite3_bind_null(stmt, at);
    switch (v->type) {
    case DB_NULL: return sqlite3_bind_null(stmt, at);
    case DB_INT: return sqlite3_bind_int64(stmt, at, v->i);
    case DB_REAL: return sqlite3_bind_double(stmt, at, v->real);
    case DB_TEXT: return sqlite3_bind_text64(stmt, at, bytes, v->s.len, SQLITE_STATIC, SQLITE_UTF8);
    case DB_BLOB: return sqlite3_bind_blob64(stmt, at, bytes, v->s.len, SQLITE_STATIC);
    case DB_IDS: return bind_ids(stmt, at, v);
    }
    return SQLITE_MISUSE;
}

static bool transaction_vanished(const sqlite *s)
{
    return s->expected && sqlite3_get_autocommit(s->h);
}

static void start(db *d, const db_query *q, const db_value *params, db_cursor *cur)
{
    sqlite *s = self(d);
    sqlite3_stmt *stmt = NULL;
    if (transaction_vanished(s)) {
        db_note(d, "the transaction is gone (%s)", q->name);
        cur->code = E_BUSY;
        return;
    }
    int got = take_statement(s, q, &stmt);
    cur->handle = stmt;
    for (int i = 0; i < q->params && got == SQLITE_OK; i++) got = bind_one(stmt, i + 1, &params[i]);
    cur->code = note_failure(s, got, q->name);
}

static bool next(db_cursor *cur)
{
    sqlite *s = self(cur->db);
    if (cur->rows) return false;
    int got = step(s, cur->handle);
    if (got == SQLITE_ROW) {
        cur->row++;
        return true;
    }
    cur->rows = 1; /* SQLite does not tell how many: here it says "at the end", where another step would begin anew */
    cur->code = note_failure(s, got, cur->query->name);
    return false;
}

static rc finish(db_cursor *cur, int64_t *changed)
{
    sqlite *s = self(cur->db);
    if (cur->query->writes)
        while (cur->code == OK && next(cur)) {}
    if (changed && cur->code == OK && cur->query->writes) *changed = sqlite3_changes64(s->h);
    if (cur->handle) give_back(s, cur->query, cur->handle);
    cur->handle = NULL;
    return cur->code;
}

static bool is_null(const db_cursor *cur, int column) { return sqlite3_column_type(cur->handle, column) == SQLITE_NULL; }
static int64_t get_int(const db_cursor *cur, int column) { return sqlite3_column_int64(cur->handle, column); }
static double get_real(const db_cursor *cur, int column) { return sqlite3_column_double(cur->handle, column); }

/* SQLite returns NULL for an empty blob; for us it is empty, not absent. */
static str copy_bytes(const db_cursor *cur, int column, const void *bytes, arena *a)
{
    size_t len = (size_t)sqlite3_column_bytes(cur->handle, column);
    return len ? arena_str(a, (str){bytes, len}) : STR("");
}

static str get_text(const db_cursor *cur, int column, arena *a)
{
    if (is_null(cur, column)) return STR_NONE;
    const unsigned char *text = sqlite3_column_text(cur->handle, column);
    return copy_bytes(cur, column, text, a);
}

static str get_blob(const db_cursor *cur, int column, arena *a)
{
    if (is_null(cur, column)) return STR_NONE;
    const void *blob = sqlite3_column_blob(cur->handle, column);
    return copy_bytes(cur, column, blob, a);
}

/* --- transactions -------------------------------------------------------------------------------------------------- */

static rc begin(sqlite *s, fixed how)
{
    if (!sqlite3_get_autocommit(s->h)) die("a transaction inside a transaction");
    s->expected = false;
    TRY(run_fixed(s, how));
    s->expected = true;
    return OK;
}

/* Deferred: the snapshot is taken by the first query, so a page that asks nothing costs nothing. */
static rc begin_read(db *d) { return begin(self(d), BEGIN_READ); }
static rc begin_write(db *d) { return begin(self(d), BEGIN_WRITE); }

static rc commit(db *d)
{
    sqlite *s = self(d);
    if (transaction_vanished(s)) {
        db_note(d, "the transaction is gone (COMMIT)");
        return E_BUSY;
    }
    TRY(run_fixed(s, COMMIT));
    s->expected = false;
    return OK;
}

static void rollback(db *d)
{
    sqlite *s = self(d);
    s->expected = false;
    if (sqlite3_get_autocommit(s->h)) return;
    /* ROLLBACK itself has nothing to write; if it fails, the connection is of no use to anybody. */
    if (run_fixed(s, ROLLBACK) != OK && !sqlite3_get_autocommit(s->h)) die("cannot roll back: %s", d->note);
}

static rc savepoint(db *d, db_savepoint_step which)
{
    sqlite *s = self(d);
    if (transaction_vanished(s)) return E_BUSY;
    switch (which) {
    case SAVEPOINT_SET: return run_fixed(s, SP_SET);
    case SAVEPOINT_KEEP: return run_fixed(s, SP_KEEP);
    case SAVEPOINT_UNDO: TRY(run_fixed(s, SP_UNDO)); return run_fixed(s, SP_KEEP);
    }
    return E_INTERNAL;
}

static bool in_transaction(const db *d) { return self(d)->expected && !sqlite3_get_autocommit(self(d)->h); }

/* The lane is the only writer and starts with BEGIN IMMEDIATE, so nothing here can be serialized otherwise later. */
static bool wants_retry(const db *d)
{
    (void)d;
    return false;
}

static bool lost(const db *d)
{
    (void)d;
    return false;
}

static void interrupt(db *d) { sqlite3_interrupt(self(d)->h); }

/* --- the rest ------------------------------------------------------------------------------------------------------ */

static rc script(db *d, const char *sql)
{
    sqlite *s = self(d);
    if (transaction_vanished(s)) return E_BUSY;
    return note_failure(s, sqlite3_exec(s->h, sql, NULL, NULL, NULL), "a script");
}

static rc checkpoint(db *d, bool restart, int64_t *wal_bytes)
{
    sqlite *s = self(d);
    int frames = 0, got = sqlite_wal_move(s->h, restart, &frames);
    if (frames > 0) *wal_bytes = frames * (s->page_size + WAL_FRAME_HEADER);
    return note_failure(s, got, restart ? "checkpoint, restart" : "checkpoint");
}

static void report_rows(sqlite *s, const char *sql, const char *about, out *o)
{
    sqlite3_stmt *stmt = NULL;
    int got = prepare(s, sql, false, &stmt);
    while (got == SQLITE_OK || got == SQLITE_ROW) {
        got = sqlite3_step(stmt);
        const char *said = got == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
        if (said && strcmp(said, "ok") != 0) out_printf(o, "%s: %s\n", about, said);
    }
    if (got != SQLITE_DONE) out_printf(o, "%s: %s\n", about, sqlite3_errmsg(s->h));
    sqlite3_finalize(stmt);
}

static rc integrity(db *d, arena *a, str *report)
{
    out o;
    out_init(&o, OUT_LIMIT_PAGE);
    report_rows(self(d), "PRAGMA integrity_check", "integrity", &o);
    report_rows(self(d), "PRAGMA foreign_key_check", "foreign key", &o);
    bool sound = out_get(&o).len == 0;
    *report = arena_str(a, sound ? STR("") : out_get(&o));
    out_drop(&o);
    return sound ? OK : E_INTERNAL;
}

static void close_connection(db *d)
{
    sqlite *s = self(d);
    for (int i = 0; i < FIXED_COUNT; i++) sqlite3_finalize(s->fixed[i]);
    for (size_t i = 0; i < s->cache_len; i++) sqlite3_finalize(s->cache[i].stmt);
    int got = sqlite3_close(s->h);
    if (got != SQLITE_OK) log_error("SQLite %d: a statement was still running at close", got);
    free(s->cache);
    free(s);
}

static const db_ops sqlite_ops = {
    .start = start,
    .next = next,
    .is_null = is_null,
    .get_int = get_int,
    .get_real = get_real,
    .get_text = get_text,
    .get_blob = get_blob,
    .finish = finish,
    .begin_read = begin_read,
    .begin_write = begin_write,
    .commit = commit,
    .rollback = rollback,
    .savepoint = savepoint,
    .in_transaction = in_transaction,
    .wants_retry = wants_retry,
    .interrupt = interrupt,
    .lost = lost,
    .script = script,
    .checkpoint = checkpoint,
    .integrity = integrity,
    .close = close_connection,
};

/* --- opening ------------------------------------------------------------------------------------------------------- */

static pthread_once_t configured = PTHREAD_ONCE_INIT;

/* Counting memory takes one process-wide lock for each allocation. */
static void configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* Members' words: nobody else on this machine reads them. SQLite gives -wal and -shm the same mode. A file that is there is not
 * touched: closing any descriptor of it would drop all locks that this process has on it (POSIX), and the next program that looks
 * into the database, a backup say, would then take the log away from under us when it ends. */
static rc create_private(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST) return OK;
    if (fd < 0) {
        int failed = errno;
        log_error("cannot open %s: errno %d", path, failed);
        return failed == ENOSPC || failed == EDQUOT ? E_FULL : E_INTERNAL;
    }
    close(fd);
    return OK;
}

static rc harden(sqlite *s)
{
    static const struct { int option, on; } settings[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},  {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}, {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0}};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        TRY(note_failure(s, sqlite3_db_config(s->h, settings[i].option, settings[i].on, NULL), "db_config"));
    return OK;
}

/* The first column of a pragma's one row, as a number and as (the beginning of) a text. */
static rc pragma(sqlite *s, const char *sql, int64_t *number, char text[16])
{
    sqlite3_stmt *stmt = NULL;
    int got = prepare(s, sql, false, &stmt);
    if (got == SQLITE_OK && (got = sqlite3_step(stmt)) == SQLITE_ROW) {
        *number = sqlite3_column_int64(stmt, 0);
        (void)snprintf(text, 16, "%s", (const char *)sqlite3_column_text(stmt, 0));
    }
    rc_code code = note_failure(s, got, sql);
    sqlite3_finalize(stmt);
    return code;
}

/* A file system without shared memory silently keeps the old journal; all that the lane promises would be off. */
static rc set_wal(sqlite *s)
{
    char mode[16] = "";
    int64_t unused;
    TRY(pragma(s, "PRAGMA journal_mode=WAL", &unused, mode));
    if (strcmp(mode, "wal") == 0) return OK;
    db_note(&s->base, "this file system cannot hold a WAL database (journal_mode is %s)", mode);
    return E_INTERNAL;
}

/* The WAL's index is a memory-mapped file that SQLite extends when a COMMIT needs more of it, after the commit is on disk. On
 * a full disk that would be an I/O error of which nobody can say what it left. So it gets what a WAL of 256 MiB needs
 * while there is room. Whatever cannot be had now is asked for again by SQLite. */
static void reserve_index(sqlite *s)
{
    sqlite3_file *file = NULL;
    void volatile *page;
    if (sqlite3_file_control(s->h, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file->pMethods) return;
    for (int i = 0; i < INDEX_PAGES; i++)
        if (file->pMethods->xShmMap(file, i, INDEX_PAGE_BYTES, 1, &page) != SQLITE_OK) {
            log_warn("no room to reserve the WAL's index");
            return;
        }
}

/* cell_size_check: a page that does not hold together is refused as soon as it is read. secure_delete: what a member deleted is
 * overwritten. mmap: readers share the page cache of the system. */
static rc set_up(sqlite *s, bool readonly)
{
    char unused[16];
    sqlite3_extended_result_codes(s->h, 1);
    sqlite_wal_wait(s->h);
    TRY(harden(s));
    TRY(script(&s->base, "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456; PRAGMA cell_size_check=ON"));
    TRY(pragma(s, "PRAGMA page_size", &s->page_size, unused));
    if (readonly) return script(&s->base, "PRAGMA query_only=ON; PRAGMA cache_size=-4096");
    TRY(set_wal(s));
    reserve_index(s);
    return script(&s->base, "PRAGMA synchronous=FULL;"
                            "PRAGMA wal_autocheckpoint=0;"
                            "PRAGMA journal_size_limit=" WAL_KEEP_BYTES ";"
                            "PRAGMA secure_delete=ON;"
                            "PRAGMA cache_size=-32768");
}

static rc prepare_fixed(sqlite *s)
{
    for (int i = 0; i < FIXED_COUNT; i++) TRY(note_failure(s, prepare(s, fixed_sql[i], true, &s->fixed[i]), fixed_sql[i]));
    return OK;
}

static rc open_handle(sqlite *s, const char *path, bool readonly)
{
    int flags = SQLITE_OPEN_NOMUTEX | (readonly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    int got = sqlite3_open_v2(path, &s->h, flags, NULL);
    if (!s->h) die("SQLite is out of memory");
    return note_failure(s, got, "open");
}

rc sqlite_open(const char *path, bool readonly, db **out)
{
    *out = NULL;
    pthread_once(&configured, configure);
    if (!readonly) TRY(create_private(path));
    sqlite *s = calloc(1, sizeof *s);
    if (!s) die("out of memory");
    s->base = (db){.ops = &sqlite_ops, .engine = DB_SQLITE};
    rc_code code = open_handle(s, path, readonly);
    if (code == OK) code = set_up(s, readonly);
    if (code == OK) code = prepare_fixed(s);
    if (code != OK) {
        log_error("cannot open the database: %s", s->base.note);
        close_connection(&s->base);
        return code;
    }
    *out = &s->base;
    return OK;
}
