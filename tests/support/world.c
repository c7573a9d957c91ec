/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "support/world.h"

#include <stdarg.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/migrate.h"

#define MUST(expression)                                                                                             \
    do {                                                                                                             \
        rc_code must_ = (expression);                                                                                \
        if (must_ != OK) die("%s: %s", #expression, rc_reason(must_));                                                \
    } while (0)
#define FIRST_NOW INT64_C(1700000000000)
#define SQL_MAX 4096

/* A request's ctx with what must be given back. The ctx comes first, so that one can be cast to the other. */
typedef struct request {
    ctx c;
    world *world;
    graph_reader *reader; /* NULL: an act */
} request;

/* ---- opening ---- */

static bool open_postgres(world *w)
{
    const char *address = getenv("VECHE_TEST_PG");
    if (!address) return false;
    static int count; /* several worlds in one test program */
    (void)snprintf(w->schema, sizeof w->schema, "world_%ld_%d", (long)getpid(), ++count);
    int len = snprintf(w->path, sizeof w->path, "%s%coptions=-csearch_path%%3D%s", address, strchr(address, '?') ? '&' : '?',
                       w->schema);
    if (len < 0 || (size_t)len >= sizeof w->path) die("VECHE_TEST_PG is too long");
    MUST(db_open(w->path, false, &w->db));
    world_sql(w, "CREATE SCHEMA %s", w->schema);
    return true;
}

static bool open_sqlite(world *w)
{
    (void)snprintf(w->folder, sizeof w->folder, "/tmp/veche-world-XXXXXX");
    if (!mkdtemp(w->folder)) die("no temporary folder");
    (void)snprintf(w->path, sizeof w->path, "%s/world.db", w->folder);
    MUST(db_open(w->path, false, &w->db));
    /* Tests lose nothing by a power cut. */
    world_sql(w, "PRAGMA synchronous=OFF");
    return true;
}

world *world_open_small(db_engine engine, size_t budget)
{
    world *w = calloc(1, sizeof *w);
    if (!w) die("out of memory");
    w->engine = engine;
    w->where = w->path;
    w->now = FIRST_NOW;
    w->arena = arena_open();
    if (!(engine == DB_POSTGRES ? open_postgres(w) : open_sqlite(w))) {
        arena_close(w->arena);
        free(w);
        return NULL;
    }
    MUST(migrate_to(w->db, -1));
    w->graph = graph_open(budget);
    w->ids = id_mill_open(1, FIRST_NOW);
    return w;
}

world *world_open(db_engine engine) { return world_open_small(engine, (size_t)256 << 20); }

void world_close(world *w)
{
    if (!w) return;
    if (w->engine == DB_POSTGRES) world_sql(w, "DROP SCHEMA %s CASCADE", w->schema);
    db_close(w->db);
    if (w->engine == DB_SQLITE) {
        static const char *const ends[] = {"", "-wal", "-shm"};
        for (size_t i = 0; i < 3; i++) {
            char path[sizeof w->path + 8];
            (void)snprintf(path, sizeof path, "%s%s", w->path, ends[i]);
            (void)unlink(path);
        }
        (void)rmdir(w->folder);
    }
    graph_close(w->graph);
    id_mill_close(w->ids);
    arena_close(w->arena);
    free(w);
}

/* ---- requests ---- */

static request *request_open(world *w, db *d, int64_t viewer)
{
    request *r = calloc(1, sizeof *r);
    if (!r) die("out of memory");
    r->world = w;
    r->c = (ctx){.arena = arena_open(), .db = d, .graph = w->graph, .ids = w->ids, .now = w->now};
    r->c.viewer.num = viewer;
    return r;
}

/* Also the first read of the transaction, with which its snapshot begins on both engines. */
static role role_of(db *d, int64_t viewer)
{
    return (role)world_int(d, ROLE_GUEST, "SELECT role FROM member WHERE bucket = %lld AND num = %lld", (long long)bucket_of(viewer),
                           (long long)viewer);
}

ctx *world_ctx(world *w, int64_t viewer)
{
    db *d;
    MUST(db_open(w->where, true, &d));
    request *r = request_open(w, d, viewer);
    r->reader = graph_reader_open(w->graph);
    r->c.epoch = graph_enter(r->reader);
    MUST(db_begin_read(d));
    r->c.viewer.role = role_of(d, viewer);
    return &r->c;
}

ctx *world_act(world *w, int64_t viewer)
{
    if (w->depth) die("an act inside of world_begin");
    request *r = request_open(w, w->db, viewer);
    MUST(db_begin_write(w->db));
    r->c.writing = true;
    r->c.viewer.role = role_of(w->db, viewer);
    return &r->c;
}

static void request_close(request *r)
{
    if (r->reader) {
        db_rollback(r->c.db);
        db_close(r->c.db);
        graph_leave(r->reader);
        graph_reader_close(r->reader);
    }
    arena_close(r->c.arena);
    free(r);
}

void world_done(ctx *c)
{
    request *r = (request *)c;
    if (!r->reader) {
        MUST(db_commit(c->db));
        if (!r->world->silent) graph_publish(r->world->graph, c->changes);
    }
    request_close(r);
}

void world_undo(ctx *c)
{
    db_rollback(c->db);
    request_close((request *)c);
}

rc world_ends(ctx *c, rc_code code)
{
    if (code == OK) world_done(c);
    else world_undo(c);
    return code;
}

/* ---- statements ---- */

static void format(char *sql, const char *fmt, va_list args)
{
    int len = vsnprintf(sql, SQL_MAX, fmt, args);
    if (len < 0 || len >= SQL_MAX) die("a statement of %d bytes", len);
}

void world_sql(world *w, const char *fmt, ...)
{
    char sql[SQL_MAX];
    va_list args;
    va_start(args, fmt);
    format(sql, fmt, args);
    va_end(args);
    if (db_script(w->db, sql) != OK) die("%s: %s", sql, db_error(w->db));
}

static size_t ints(db *d, int64_t *out, size_t most, const char *sql)
{
    const db_query q = {.slot = -1, .name = "test", .sql = {sql, sql}};
    db_cursor cur;
    size_t len = 0;
    db_start(d, &q, NULL, &cur);
    while (len < most && db_next(&cur)) out[len++] = db_int(&cur, 0);
    if (db_finish(&cur, NULL) != OK) die("%s: %s", sql, db_error(d));
    return len;
}

size_t world_ints(db *d, int64_t *out, size_t most, const char *fmt, ...)
{
    char sql[SQL_MAX];
    va_list args;
    va_start(args, fmt);
    format(sql, fmt, args);
    va_end(args);
    return ints(d, out, most, sql);
}

int64_t world_int(db *d, int64_t otherwise, const char *fmt, ...)
{
    char sql[SQL_MAX];
    int64_t found;
    va_list args;
    va_start(args, fmt);
    format(sql, fmt, args);
    va_end(args);
    return ints(d, &found, 1, sql) ? found : otherwise;
}

void world_begin(world *w)
{
    if (w->depth++ == 0) MUST(db_begin_write(w->db));
}

void world_end(world *w)
{
    if (--w->depth > 0) return;
    MUST(db_commit(w->db));
    if (!w->silent) graph_publish(w->graph, w->told);
    w->told = NULL;
}

void world_told(world *w, change_kind kind, int64_t a, int64_t b)
{
    change *told = ARENA_NEW(w->arena, change);
    *told = (change){.next = w->told, .kind = kind, .a = a, .b = b};
    if (w->depth) {
        w->told = told;
    } else if (!w->silent) {
        told->next = NULL;
        graph_publish(w->graph, told);
    }
}

/* ---- people and things ---- */

int64_t world_member(world *w, role role)
{
    long long num = ++w->last_member, bucket = bucket_of(num);
    world_begin(w);
    world_sql(w,
              "INSERT INTO member (bucket, num, public_id, name, given, family, role, created_day, last_day)"
              " VALUES (%lld, %lld, %s, 'member%lld', 'Given%lld', 'Family%lld', %d, 0, 0);"
              "INSERT INTO name (name, skeleton, owner, at) VALUES ('member%lld', 'member%lld', %lld, 0);"
              "UPDATE member_seq SET last = %lld",
              bucket, num, w->engine == DB_SQLITE ? "randomblob(16)" : "decode(md5(random()::text), 'hex')", num, num, num,
              (int)role, num, num, num, num);
    world_told(w, CHANGE_MEMBER, num, 0);
    world_end(w);
    return num;
}

void world_state(world *w, int64_t member, int state)
{
    world_begin(w);
    world_sql(w, "UPDATE member SET state = %d, version = version + 1 WHERE bucket = %lld AND num = %lld", state,
              (long long)bucket_of(member), (long long)member);
    world_told(w, CHANGE_MEMBER, member, 0);
    world_end(w);
}

static void half_edge(world *w, int64_t owner, int64_t other, unsigned bits)
{
    long long bucket = bucket_of(owner), a = owner, b = other;
    world_sql(w, "DELETE FROM edge WHERE bucket = %lld AND owner = %lld AND other = %lld", bucket, a, b);
    if (bits)
        world_sql(w, "INSERT INTO edge (bucket, owner, other, bits, near, at) VALUES (%lld, %lld, %lld, %u, %d, %lld)", bucket, a, b,
                  bits, (bits & EDGE_NEAR_MASK) != 0, (long long)w->now);
    world_told(w, CHANGE_EDGES, owner, 0);
}

void world_edge(world *w, int64_t a, int64_t b, unsigned bits_a, unsigned bits_b)
{
    world_begin(w);
    half_edge(w, a, b, bits_a);
    half_edge(w, b, a, bits_b);
    world_end(w);
}

void world_befriend(world *w, int64_t a, int64_t b)
{
    const unsigned bits = EDGE_OUT | EDGE_IN | EDGE_FRIEND;
    world_edge(w, a, b, bits, bits);
}

int64_t world_circle(world *w, int64_t owner, const int64_t *members, size_t len)
{
    long long bucket = bucket_of(owner), num = owner;
    world_begin(w);
    world_sql(w, "UPDATE member SET circle_seq = circle_seq + 1 WHERE bucket = %lld AND num = %lld", bucket, num);
    long long ordinal = world_int(w->db, 0, "SELECT circle_seq FROM member WHERE bucket = %lld AND num = %lld", bucket, num);
    world_sql(w, "INSERT INTO circle (bucket, owner, ordinal, title, members) VALUES (%lld, %lld, %lld, 'circle', %zu)", bucket, num,
              ordinal, len);
    for (size_t i = 0; i < len; i++)
        world_sql(w, "INSERT INTO circle_member (bucket, owner, ordinal, other) VALUES (%lld, %lld, %lld, %lld)", bucket, num, ordinal,
                  (long long)members[i]);
    world_told(w, CHANGE_PRIVACY, owner, 0);
    world_end(w);
    return ordinal;
}

void world_setting(world *w, int64_t owner, int item, int64_t audience)
{
    world_begin(w);
    world_sql(w,
              "INSERT INTO privacy (bucket, owner, item, audience) VALUES (%lld, %lld, %d, %lld)"
              " ON CONFLICT (bucket, owner, item) DO UPDATE SET audience = excluded.audience",
              (long long)bucket_of(owner), (long long)owner, item, (long long)audience);
    world_told(w, CHANGE_PRIVACY, owner, 0);
    world_end(w);
}

int64_t world_audience(world *w, int64_t owner, const char *spec)
{
    if (!spec[1]) return spec[0] - '0';
    long long bucket = bucket_of(owner), num = owner;
    long long id = world_int(w->db, 0, "SELECT id FROM audience WHERE bucket = %lld AND owner = %lld AND spec = '%s'", bucket, num,
                             spec);
    if (id) return id;
    id = id_next(w->ids, bucket, w->now);
    world_sql(w, "INSERT INTO audience (bucket, id, owner, spec) VALUES (%lld, %lld, %lld, '%s')", bucket, id, num, spec);
    return id;
}

int64_t world_post(world *w, int64_t owner, int64_t author, int64_t audience)
{
    w->now += MS_SECOND;
    long long bucket = bucket_of(owner), num = owner, id = id_next(w->ids, bucket, w->now);
    world_begin(w);
    world_sql(w,
              "UPDATE member SET wall_seq = wall_seq + 1 WHERE bucket = %lld AND num = %lld;"
              "INSERT INTO post (bucket, id, owner, ordinal, author, audience, text)"
              " SELECT %lld, %lld, %lld, wall_seq, %lld, %lld, 'A post.' FROM member WHERE bucket = %lld AND num = %lld",
              bucket, num, bucket, id, num, (long long)author, (long long)audience, bucket, num);
    world_told(w, CHANGE_WALL, owner, id);
    world_end(w);
    return id;
}

void world_delete_post(world *w, int64_t owner, int64_t id)
{
    world_begin(w);
    world_sql(w, "UPDATE post SET deleted_at = %lld, deleted_by = %lld WHERE bucket = %lld AND id = %lld", (long long)w->now,
              (long long)owner, (long long)bucket_of(owner), (long long)id);
    world_told(w, CHANGE_WALL, owner, id);
    world_end(w);
}

/* ---- dice: splitmix64 ---- */

uint64_t dice_next(dice *r)
{
    uint64_t z = (r->state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

size_t dice_below(dice *r, size_t below) { return (size_t)(dice_next(r) % below); }
