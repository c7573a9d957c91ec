/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The engine for PostgreSQL 15 and later, over libpq.
 *
 *   start:  values ──▶ wire_bind ──▶ PQprepare, once a slot ──▶ PQexecPrepared ──▶ PGresult, the whole answer
 *   next, get_…:  only walk that answer                                    finish:  frees it
 *
 * So a query runs inside start(): that is where it waits, fails and can be interrupted, and cursors may nest. An answer is
 * held in memory as a whole; every list has its LIMIT.
 *
 * Values travel in binary in both directions: nothing is quoted, printed or parsed. Parameters have explicit types (bigint,
 * text, bytea, double precision, bigint[]), so that PostgreSQL never guesses one from the words around it. A column that
 * is read as something it is not (numeric, of which sum(bigint) is one) is an error of the query, told by finish().
 *
 * An error aborts PostgreSQL's transaction: until it is rolled back (or back to the savepoint) every query is refused, here
 * with the code of the first failure, so that the cause is not lost behind "current transaction is aborted".
 *
 * A lost connection ends the transaction as well. Only begin_…() connects again, never start(): a statement in the middle
 * of a transaction that is no more must not run in one of its own. Names of prepared statements carry a generation, which
 * moves on when the schema does; then every slot is prepared anew.
 *
 * interrupt() is the one function for other threads. Under a lock it asks whether a query is running, and holds that lock
 * until the server has passed the signal on; the thread of the query takes the same lock before it goes on. Therefore a
 * cancellation hits the query it was meant for or none, and never a COMMIT. */
#include "db/engine.h"

#include "base/clock.h"
#include "base/log.h"
#include "db/postgres_wire.h"

#include <pthread.h>

#define OLDEST_SERVER 150000
/* A server that is down is asked again at most this often by each connection. */
#define PAUSE_US INT64_C(200000)

/* How many milliseconds a query may run, may wait for a lock (longer than deadlock_timeout, 1 s, so that a deadlock is told
 * as one and tried again), and how long a transaction may lie idle because its thread is stuck. */
#define QUERY_LIMIT "SET statement_timeout = 5000;"
#define SESSION_LIMITS QUERY_LIMIT "SET lock_timeout = 2000; SET idle_in_transaction_session_timeout = 10000;"

typedef struct postgres {
    db base;
    char *address;
    bool readonly;
    PGconn *conn;             /* NULL while there is none; libpq's functions take that for a dead one */
    int64_t connect_after_us; /* no attempt to connect before */
    bool retry;               /* wants_retry() */
    bool misread;             /* a column was read as what it is not, since the last finish() */
    rc_code broken;           /* the first failure of a transaction that is aborted by it */

    unsigned generation;
    bool *prepared; /* by slot */
    size_t slots;
    wire_params params;

    pthread_mutex_t lock; /* over the two below */
    PGcancel *cancel;
    bool running;
} postgres;

/* ---- failures ---- */

static bool postgres_lost(const db *d)
{
    return PQstatus(((const postgres *)d)->conn) != CONNECTION_OK;
}

static bool in_state(const postgres *p, PGTransactionStatusType state)
{
    return PQtransactionStatus(p->conn) == state;
}

/* What the caller can do about an SQLSTATE (PostgreSQL's appendix A). The first prefix that fits. */
static rc_code verdict(const char *state)
{
    static const struct {
        const char *prefix;
        rc_code code;
    } verdicts[] = {
        {"40001", E_BUSY}, /* serialization failure */
        {"40P01", E_BUSY}, /* deadlock */
        {"23", E_CONFLICT},
        {"53100", E_FULL},
        {"53", E_BUSY},    /* no memory, no connection slot */
        {"55P03", E_BUSY}, /* lock_timeout */
        {"57", E_BUSY},    /* statement_timeout, interrupt, shutdown, start-up */
        {"25P03", E_BUSY}, /* idle_in_transaction_session_timeout: the server hung up */
        {"08", E_BUSY},    /* connection */
    };
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (strncmp(state, verdicts[i].prefix, strlen(verdicts[i].prefix)) == 0) return verdicts[i].code;
    return E_INTERNAL;
}

static bool state_is(const char *state, const char *wanted)
{
    return strcmp(state, wanted) == 0;
}

static bool succeeded(const PGresult *r)
{
    ExecStatusType status = PQresultStatus(r);
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

/* Takes note of a failure and returns its code. Only the primary message is kept, and for data exceptions (class 22:
 * "invalid input syntax for type bigint: …") not even that: the rest quotes what members wrote. */
static rc failed(postgres *p, const PGresult *r, const char *what)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    const char *words = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    if (!state) state = "-----"; /* libpq's own: the connection, or memory */
    if (!words) words = postgres_lost(&p->base) ? "connection lost" : "no answer";
    if (strncmp(state, "22", 2) == 0) words = "a value does not fit";

    rc_code code = verdict(state);
    if (state_is(state, "25P02") && p->broken != OK) return p->broken; /* "transaction is aborted": we know why */
    if (postgres_lost(&p->base))
        code = E_BUSY;
    else if (state_is(state, "40001") || state_is(state, "40P01"))
        p->retry = true;
    if (in_state(p, PQTRANS_INERROR) && p->broken == OK) p->broken = code;
    db_note(&p->base, "%s %s (%s)", state, words, what);
    return code;
}

/* ---- the connection ---- */

/* WARNINGs are the operator's to know; NOTICEs ("table … does not exist, skipping") nobody's. */
static void notice(void *arg, const PGresult *r)
{
    (void)arg;
    const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *words = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    if (severity && words && strcmp(severity, "WARNING") == 0) log_warn("PostgreSQL: %s", words);
}

/* Runs what we wrote ourselves: one or more statements by the simple protocol. */
static rc command(postgres *p, const char *sql, const char *what)
{
    PGresult *r = PQexec(p->conn, sql);
    rc_code code = succeeded(r) ? OK : failed(p, r, what);
    PQclear(r);
    return code;
}

static void forget_prepared(postgres *p)
{
    p->generation++;
    if (p->slots) memset(p->prepared, 0, p->slots * sizeof *p->prepared);
}

/* Ends the connection, and with it any transaction. */
static void hang_up(postgres *p)
{
    (void)pthread_mutex_lock(&p->lock);
    PQfreeCancel(p->cancel);
    p->cancel = NULL;
    (void)pthread_mutex_unlock(&p->lock);
    PQfinish(p->conn);
    p->conn = NULL;
    p->broken = OK;
    forget_prepared(p);
}

static PGconn *dial(const char *address)
{
    /* The last one of a name counts: what stands before the address is a default that it may change, what stands behind it
     * is not negotiable. A server that vanished without a word is noticed in 15 s instead of hours. */
    static const char *const names[] = {"application_name", "connect_timeout", "keepalives_idle", "keepalives_interval",
                                        "keepalives_count", "tcp_user_timeout", "dbname", "client_encoding", NULL};
    const char *const values[] = {"veche", "5", "5", "5", "2", "15000", address, "UTF8", NULL};
    return PQconnectdbParams(names, values, 1);
}

/* Is this a server we can trust our data to? */
static rc suits(postgres *p)
{
    const char *encoding = PQparameterStatus(p->conn, "server_encoding");
    if (PQserverVersion(p->conn) < OLDEST_SERVER) {
        db_note(&p->base, "PostgreSQL 15 or later is needed, this is %d", PQserverVersion(p->conn) / 10000);
        return E_INTERNAL;
    }
    if (!encoding || strcmp(encoding, "UTF8") != 0) {
        db_note(&p->base, "the database's encoding must be UTF8");
        return E_INTERNAL;
    }
    return OK;
}

static rc set_up(postgres *p)
{
    TRY(suits(p));
    TRY(command(p, SESSION_LIMITS "SET TimeZone = 'UTC'", "session"));
    /* An operator may ask for more than a local fsync (remote_apply), but not for less: who got an answer can rely on it. */
    TRY(command(p, "SELECT set_config('synchronous_commit', 'on', false)"
                   "  WHERE current_setting('synchronous_commit') = 'off'", "session"));
    return p->readonly ? command(p, "SET default_transaction_read_only = on", "session") : OK;
}

/* Connects, anew if need be. While the server is down most calls fail at once, so that a queue behind them drains. */
static rc connect_up(postgres *p)
{
    hang_up(p);
    if (clock_us() < p->connect_after_us) return E_BUSY; /* the note still says why */
    p->connect_after_us = clock_us() + PAUSE_US;
    p->conn = dial(p->address);
    if (postgres_lost(&p->base)) {
        const char *why = PQerrorMessage(p->conn);
        db_note(&p->base, "cannot connect: %.*s", (int)strcspn(why, "\n"), why);
        return E_BUSY;
    }
    PQsetNoticeReceiver(p->conn, notice, NULL);
    rc_code code = set_up(p);
    if (code != OK) {
        hang_up(p);
        return code;
    }
    (void)pthread_mutex_lock(&p->lock);
    p->cancel = PQgetCancel(p->conn);
    (void)pthread_mutex_unlock(&p->lock);
    p->connect_after_us = 0;
    return OK;
}

static void postgres_close(db *d)
{
    postgres *p = (postgres *)d;
    hang_up(p);
    (void)pthread_mutex_destroy(&p->lock);
    free(p->prepared);
    wire_drop(&p->params);
    /* The address may hold a password. */
    explicit_bzero(p->address, strlen(p->address));
    free(p->address);
    free(p);
}

/* ---- queries ---- */

static void running_set(postgres *p, bool running)
{
    (void)pthread_mutex_lock(&p->lock);
    p->running = running;
    (void)pthread_mutex_unlock(&p->lock);
}

static bool *slot_of(postgres *p, int slot)
{
    size_t at = (size_t)slot;
    if (at >= p->slots) {
        size_t slots = (at + 64) * 2;
        bool *grown = realloc(p->prepared, slots * sizeof *grown);
        if (!grown) die("out of memory: %zu slots", slots);
        memset(grown + p->slots, 0, (slots - p->slots) * sizeof *grown);
        p->prepared = grown;
        p->slots = slots;
    }
    return &p->prepared[at];
}

/* The schema moved under a prepared query ("cached plan must not change result type"), or a pooler gave us a session that
 * does not know it: prepared anew, it will do. */
static bool outlived(const PGresult *r)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    return state && (state_is(state, "0A000") || state_is(state, "26000"));
}

/* Returns the answer, or the failure of preparing. */
static PGresult *run_prepared(postgres *p, const db_query *q, bool *old)
{
    const wire_params *w = &p->params;
    bool *prepared = slot_of(p, q->slot);
    char name[32];
    (void)snprintf(name, sizeof name, "q%d_%u", q->slot, p->generation);
    *old = *prepared;
    if (!*prepared) {
        PGresult *r = PQprepare(p->conn, name, q->sql[DB_POSTGRES], w->n, w->types);
        if (!succeeded(r)) return r;
        PQclear(r);
        *prepared = true;
    }
    return PQexecPrepared(p->conn, name, w->n, w->values, w->lengths, w->formats, 1);
}

static void postgres_start(db *d, const db_query *q, const db_value *params, db_cursor *cur)
{
    postgres *p = (postgres *)d;
    const wire_params *w = &p->params;
    cur->code = wire_bind(&p->params, params, q->params);
    if (cur->code != OK) {
        db_note(d, "22021 a text with a NUL, or one too large (%s)", q->name);
        return;
    }

    bool old = false;
    running_set(p, true);
    PGresult *r = q->slot >= 0 ? run_prepared(p, q, &old)
                               : PQexecParams(p->conn, q->sql[DB_POSTGRES], w->n, w->types, w->values, w->lengths,
                                              w->formats, 1);
    running_set(p, false);

    if (succeeded(r)) {
        cur->handle = r;
        cur->rows = PQntuples(r);
        return;
    }
    cur->code = failed(p, r, q->name);
    if (old && outlived(r)) {
        forget_prepared(p);
        p->retry = true;
        cur->code = E_BUSY;
        if (p->broken != OK) p->broken = E_BUSY;
    }
    PQclear(r);
}

static bool postgres_next(db_cursor *cur)
{
    if (cur->row + 1 >= cur->rows) return false;
    cur->row++;
    return true;
}

static rc postgres_finish(db_cursor *cur, int64_t *changed)
{
    postgres *p = (postgres *)cur->db;
    PGresult *r = cur->handle;
    /* "SELECT 5" counts rows as well, but nothing changed. */
    if (changed && cur->query->writes && !str_int(str_of(PQcmdTuples(r)), changed)) *changed = 0;
    PQclear(r);
    cur->handle = NULL;
    if (p->misread && cur->code == OK) cur->code = E_INTERNAL;
    p->misread = false;
    return cur->code;
}

/* ---- columns ---- */

static bool postgres_is_null(const db_cursor *cur, int column)
{
    return PQgetisnull(cur->handle, cur->row, column) != 0;
}

/* What the query promised about a column's type is wrong. Reading goes on with nothing; finish() tells. */
static void misread(const db_cursor *cur, int column, const char *wanted)
{
    postgres *p = (postgres *)cur->db;
    db_note(cur->db, "42804 column %d is of type %u, read as %s: CAST it (%s)", column, PQftype(cur->handle, column), wanted,
            cur->query->name);
    p->misread = true;
}

static int64_t postgres_int(const db_cursor *cur, int column)
{
    int64_t v;
    if (!wire_int(cur->handle, cur->row, column, &v)) misread(cur, column, "integer");
    return v;
}

static double postgres_real(const db_cursor *cur, int column)
{
    double v;
    if (!wire_real(cur->handle, cur->row, column, &v)) misread(cur, column, "real");
    return v;
}

static str postgres_text(const db_cursor *cur, int column, arena *a)
{
    str v;
    if (!wire_text(cur->handle, cur->row, column, &v)) misread(cur, column, "text");
    return arena_str(a, v);
}

static str postgres_blob(const db_cursor *cur, int column, arena *a)
{
    str v;
    if (!wire_blob(cur->handle, cur->row, column, &v)) misread(cur, column, "blob");
    return arena_str(a, v);
}

/* ---- transactions ---- */

static rc begin(postgres *p, const char *sql)
{
    p->retry = false;
    if (in_state(p, PQTRANS_INTRANS) || in_state(p, PQTRANS_INERROR)) {
        db_note(&p->base, "a transaction is open already");
        return E_INTERNAL;
    }
    p->broken = OK;
    rc_code code = E_BUSY;
    if (!postgres_lost(&p->base)) code = command(p, sql, "begin");
    if (!postgres_lost(&p->base)) return code;
    /* The server went away while nobody used this connection (a restart, a failover): nothing is lost with it. */
    TRY(connect_up(p));
    return command(p, sql, "begin");
}

static rc postgres_begin_read(db *d)
{
    return begin((postgres *)d, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

static rc postgres_begin_write(db *d)
{
    return begin((postgres *)d, "BEGIN ISOLATION LEVEL SERIALIZABLE");
}

static rc postgres_commit(db *d)
{
    postgres *p = (postgres *)d;
    if (in_state(p, PQTRANS_IDLE)) {
        db_note(d, "no transaction to commit");
        return E_INTERNAL;
    }
    /* COMMIT would be answered with "ROLLBACK", and that is no error. */
    if (in_state(p, PQTRANS_INERROR)) return p->broken != OK ? p->broken : E_INTERNAL;
    return command(p, "COMMIT", "commit");
}

static void postgres_rollback(db *d)
{
    postgres *p = (postgres *)d;
    if (in_state(p, PQTRANS_INTRANS) || in_state(p, PQTRANS_INERROR)) (void)command(p, "ROLLBACK", "rollback");
    /* Whatever went wrong, the transaction must not go on. */
    if (!in_state(p, PQTRANS_IDLE)) hang_up(p);
    p->broken = OK;
}

static rc postgres_savepoint(db *d, db_savepoint_step step)
{
    postgres *p = (postgres *)d;
    switch (step) {
    case SAVEPOINT_SET: return command(p, "SAVEPOINT act", "savepoint");
    case SAVEPOINT_KEEP: return command(p, "RELEASE SAVEPOINT act", "savepoint");
    case SAVEPOINT_UNDO: break;
    }
    TRY(command(p, "ROLLBACK TO SAVEPOINT act; RELEASE SAVEPOINT act", "savepoint"));
    p->broken = OK;
    return OK;
}

static bool postgres_in_transaction(const db *d)
{
    return in_state((const postgres *)d, PQTRANS_INTRANS);
}

static bool postgres_wants_retry(const db *d)
{
    return ((const postgres *)d)->retry;
}

static void postgres_interrupt(db *d)
{
    postgres *p = (postgres *)d;
    char why[256] = "";
    bool asked = true;
    (void)pthread_mutex_lock(&p->lock);
    if (p->running && p->cancel) asked = PQcancel(p->cancel, why, (int)sizeof why) != 0;
    (void)pthread_mutex_unlock(&p->lock);
    if (!asked) log_warn("PostgreSQL: cannot interrupt a query: %s", why);
}

/* ---- the rest ---- */

/* A migration may take longer than a query, and changes what prepared queries meant. SET is undone when its transaction is
 * rolled back, so a script that fails inside of one cannot leave the limit off. */
static rc postgres_script(db *d, const char *sql)
{
    postgres *p = (postgres *)d;
    bool inside = in_state(p, PQTRANS_INTRANS);
    TRY(command(p, "SET statement_timeout = 0", "script"));
    rc_code code = command(p, sql, "script");
    if (code != OK && inside) return code;
    if (code != OK) {
        postgres_rollback(d); /* of a BEGIN in the script itself */
        PQclear(PQexec(p->conn, QUERY_LIMIT));
        return code;
    }
    forget_prepared(p);
    return command(p, QUERY_LIMIT "DEALLOCATE ALL", "script");
}

static rc postgres_checkpoint(db *d, bool restart, int64_t *wal_bytes)
{
    (void)d;
    (void)restart;
    *wal_bytes = 0; /* the server's own business */
    return OK;
}

/* Constraints hold for what was written since they were made; those that were added as NOT VALID, or whose triggers somebody switched
 * off, may have let something in. Broken pages are pg_amcheck's business: it needs rights that we do not want. */
static const char unenforced[] =
    "SELECT 'constraint not validated: ' || c.conrelid::regclass || '.' || c.conname FROM pg_constraint c"
    " WHERE c.connamespace = current_schema()::regnamespace AND NOT c.convalidated"
    " UNION ALL SELECT 'constraint switched off: ' || t.tgrelid::regclass || '.' || t.tgname FROM pg_trigger t"
    " JOIN pg_class r ON r.oid = t.tgrelid"
    " WHERE r.relnamespace = current_schema()::regnamespace AND t.tgisinternal AND t.tgenabled = 'D'"
    " UNION ALL SELECT 'index not valid: ' || i.indexrelid::regclass FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid"
    " WHERE r.relnamespace = current_schema()::regnamespace AND NOT i.indisvalid LIMIT 100";

static rc postgres_integrity(db *d, arena *a, str *report)
{
    postgres *p = (postgres *)d;
    PGresult *r = PQexec(p->conn, unenforced);
    bool read = PQresultStatus(r) == PGRES_TUPLES_OK;
    int rows = PQntuples(r);
    *report = STR("");
    if (!read) *report = arena_str(a, str_of(PQerrorMessage(p->conn)));
    for (int i = 0; i < rows; i++) *report = arena_printf(a, "%.*s%s\n", STR_ARG(*report), PQgetvalue(r, i, 0));
    PQclear(r);
    return read && rows == 0 ? OK : E_INTERNAL;
}

static const db_ops postgres_ops = {
    .start = postgres_start,
    .next = postgres_next,
    .is_null = postgres_is_null,
    .get_int = postgres_int,
    .get_real = postgres_real,
    .get_text = postgres_text,
    .get_blob = postgres_blob,
    .finish = postgres_finish,
    .begin_read = postgres_begin_read,
    .begin_write = postgres_begin_write,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .savepoint = postgres_savepoint,
    .in_transaction = postgres_in_transaction,
    .wants_retry = postgres_wants_retry,
    .interrupt = postgres_interrupt,
    .lost = postgres_lost,
    .script = postgres_script,
    .checkpoint = postgres_checkpoint,
    .integrity = postgres_integrity,
    .close = postgres_close,
};

rc postgres_open(const char *address, bool readonly, db **out)
{
    *out = NULL;
    /* Asked first, because libpq's complaint about an address that it cannot read may quote the password. */
    PQconninfoOption *parsed = PQconninfoParse(address, NULL);
    if (!parsed) {
        log_error("the address of the database is not understood");
        return E_SYNTAX;
    }
    PQconninfoFree(parsed);

    postgres *p = calloc(1, sizeof *p);
    if (!p) die("out of memory");
    p->base = (db){.ops = &postgres_ops, .engine = DB_POSTGRES};
    p->readonly = readonly;
    p->address = strdup(address);
    if (!p->address || pthread_mutex_init(&p->lock, NULL) != 0) die("out of memory");

    rc_code code = connect_up(p);
    if (code != OK) {
        log_error("the database: %s", p->base.note);
        postgres_close(&p->base);
        return code;
    }
    *out = &p->base;
    return OK;
}
