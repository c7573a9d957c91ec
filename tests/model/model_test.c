/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Ten thousand random operations give the same answers on SQLite, on PostgreSQL and from tests/model/plain.c, which shares no
 * code with the server. The server's side is a whole house: lanes (each tenth act is run twice), graph, the features' own
 * functions; reads run in a snapshot beside the lane as they do in a request.
 *
 *   VECHE_LEVEL      quick 2,000, full 10,000, long 100,000 operations
 *   VECHE_MODEL_SEED to see one run again */
#include "base/testing.h"

#include <semaphore.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/house.h"
#include "base/log.h"
#include "account.sql.h"
#include "feature/account/account.h"
#include "feature/comment/comment.h"
#include "feature/friends/circles.h"
#include "feature/friends/friends.h"
#include "feature/moderate/moderate.h"
#include "feature/people/people.h"
#include "feature/profile/profile.h"
#include "feature/profile/profile_privacy.h"
#include "feature/wall/wall.h"
#include "model/plain.h"
#include "support/world.h"

#define MEMORY 40 /* operations told of when something differs */

/* ---- a house ---- */

typedef struct side {
    const char *name;
    house *house;
    char folder[64], address[1200], schema[48];
    db *reader_db; /* SQLite: what a web thread has */
    graph_reader *reader;
    arena *arena;
} side;

static void must(bool fine, const char *what)
{
    if (!fine) die("%s", what);
}

static bool side_open(side *s, db_engine engine)
{
    const char *server = getenv("VECHE_TEST_PG");
    *s = (side){.name = engine == DB_SQLITE ? "SQLite" : "PostgreSQL", .arena = arena_open()};
    if (engine == DB_POSTGRES) {
        if (!server) return arena_close(s->arena), false;
        db *d;
        char make[80];
        (void)snprintf(s->schema, sizeof s->schema, "model_%ld", (long)getpid());
        (void)snprintf(s->address, sizeof s->address, "%s%coptions=-csearch_path%%3D%s", server, strchr(server, '?') ? '&' : '?', s->schema);
        (void)snprintf(make, sizeof make, "CREATE SCHEMA %s", s->schema);
        must(db_open(s->address, false, &d) == OK && db_script(d, make) == OK, "no schema for the test");
        db_close(d);
    }
    (void)snprintf(s->folder, sizeof s->folder, "/tmp/veche-model-XXXXXX");
    must(mkdtemp(s->folder) != NULL, "no temporary folder");
    config c = {.data = s->folder, .db = engine == DB_POSTGRES ? s->address : NULL, .pg_threads = 2, .run_twice = true};
    must(house_open(&c, &s->house) == OK, "the house does not open");
    if (engine == DB_SQLITE) {
        must(db_open(house_where(s->house), true, &s->reader_db) == OK, "no connection for reads");
        s->reader = graph_reader_open(house_graph(s->house));
    }
    return true;
}

static void side_close(side *s)
{
    if (!s->house) return;
    if (s->reader) graph_reader_close(s->reader);
    db_close(s->reader_db);
    house_close(s->house);
    if (s->schema[0]) {
        db *d;
        char drop[80];
        (void)snprintf(drop, sizeof drop, "DROP SCHEMA %s CASCADE", s->schema);
        must(db_open(s->address, false, &d) == OK && db_script(d, drop) == OK, "the schema stays");
        db_close(d);
    }
    static const char *const files[] = {"veche.db", "veche.db-wal", "veche.db-shm", "lock"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", s->folder, files[i]);
        (void)unlink(path);
    }
    (void)rmdir(s->folder);
    arena_close(s->arena);
}

/* ---- the same operation in the words of the server ---- */

static num_list list_of(arena *a, uint64_t set)
{
    num_list l = {ARENA_ARRAY(a, uint32_t, 64), 0};
    for (uint32_t i = 0; i < 64; i++)
        if (set >> i & 1) l.items[l.len++] = i;
    return l;
}

static audience audience_of(arena *a, const plain_audience *p)
{
    return (audience){.base = (level)p->base, .allow_members = list_of(a, p->allow_members), .allow_circles = list_of(a, p->allow_circles),
                      .except_members = list_of(a, p->except_members), .except_circles = list_of(a, p->except_circles)};
}

static rc do_sign_up(ctx *c, const op *o)
{
    int64_t num;
    account_count_row count;
    TRY(sql_account_count(c->db, c->arena, &count));
    new_member m = {.name = str_of(o->text), .given = STR("Zoya"), .family = STR("Zimina"), .password = STR("not a hash"),
                    .role = count.num == 0 ? ROLE_OWNER : ROLE_MEMBER};
    account_prepare(c->arena, &m);
    return account_create(c, &m, &num);
}

static rc do_circle(ctx *c, const op *o, line *l)
{
    int64_t nums[64], ordinal;
    size_t len = 0;
    for (int64_t i = 0; i < 64; i++)
        if (o->members >> i & 1) nums[len++] = i;
    switch (o->kind) {
    case OP_CIRCLE_NEW:
        TRY(circle_create(c, STR("A circle"), &ordinal));
        line_add(l, " %lld", (long long)ordinal);
        return OK;
    case OP_CIRCLE_DROP: return circle_delete(c, o->n);
    case OP_CIRCLE_ADD: return circle_add(c, o->n, nums, len);
    default: return circle_remove(c, o->n, nums, len);
    }
}

static rc do_privacy(ctx *c, const op *o)
{
    privacy_settings s;
    TRY(profile_privacy_get(c, &s));
    s.of[o->n] = audience_of(c->arena, &o->audience);
    return profile_privacy_save(c, &s);
}

static rc do_post(ctx *c, const op *o, line *l)
{
    int64_t stored = LEVEL_EVERYONE, ordinal;
    audience a = audience_of(c->arena, &o->audience);
    if (o->viewer == o->other) TRY(audience_intern(c, o->viewer, &a, &stored));
    TRY(wall_add(c, o->other, str_of(o->text), stored, &ordinal));
    line_add(l, " %lld", (long long)ordinal);
    return OK;
}

static rc do_repost(ctx *c, const op *o, line *l)
{
    int64_t stored, ordinal;
    audience a = audience_of(c->arena, &o->audience);
    TRY(audience_intern(c, o->viewer, &a, &stored));
    TRY(wall_repost(c, o->other, o->n, str_of(o->text), stored, &ordinal));
    line_add(l, " %lld", (long long)ordinal);
    return OK;
}

static rc do_audience(ctx *c, const op *o)
{
    int64_t stored;
    audience a = audience_of(c->arena, &o->audience);
    TRY(audience_intern(c, o->viewer, &a, &stored));
    return wall_set_audience(c, o->other, o->n, stored);
}

static rc do_comment(ctx *c, const op *o, line *l)
{
    int64_t number;
    switch (o->kind) {
    case OP_COMMENT:
        TRY(comment_add(c, o->other, o->n, o->version, str_of(o->text), &number));
        line_add(l, " %lld", (long long)number);
        return OK;
    case OP_COMMENT_EDIT: return comment_edit(c, o->other, o->n, o->version, str_of(o->text));
    case OP_COMMENT_DELETE: return comment_delete(c, o->other, o->n);
    case OP_COMMENT_RESTORE: return comment_restore(c, o->other, o->n);
    default: return comment_like(c, o->other, o->n, o->kind == OP_COMMENT_LIKE);
    }
}

/* What would be swept by and by is swept at once. */
static rc do_sweep(ctx *c)
{
    TRY(wall_sweep.run(c, STR("")));
    for (int i = 0; i < 8; i++) TRY(comment_sweep.run(c, STR("")));
    return OK;
}

static rc do_write(ctx *c, const op *o, line *l)
{
    switch (o->kind) {
    case OP_SIGN_UP: return do_sign_up(c, o);
    case OP_RELATE: return friends_do(c, (friend_act)o->n, o->other, STR(""));
    case OP_PRIVACY: return do_privacy(c, o);
    case OP_POST: return do_post(c, o, l);
    case OP_EDIT: return wall_edit(c, o->other, o->n, o->version, str_of(o->text));
    case OP_AUDIENCE: return do_audience(c, o);
    case OP_DELETE: return wall_delete(c, o->other, o->n);
    case OP_RESTORE: return wall_restore(c, o->other, o->n);
    case OP_LIKE: return wall_like(c, o->other, o->n, true);
    case OP_UNLIKE: return wall_like(c, o->other, o->n, false);
    case OP_SUSPEND: return moderate_suspend(c, o->other, STR("a reason"));
    case OP_REINSTATE: return moderate_restore(c, o->other, STR("a reason"));
    case OP_ROLE: return moderate_role(c, o->other, (role)o->n);
    case OP_SWEEP: return do_sweep(c);
    case OP_REPOST: return do_repost(c, o, l);
    case OP_COMMENT:
    case OP_COMMENT_EDIT:
    case OP_COMMENT_DELETE:
    case OP_COMMENT_RESTORE:
    case OP_COMMENT_LIKE:
    case OP_COMMENT_UNLIKE: return do_comment(c, o, l);
    default: return do_circle(c, o, l);
    }
}

/* ---- reading: lists are turned to their ends, page by page ---- */

static rc read_news(ctx *c, line *l)
{
    int64_t before = INT64_MAX;
    do {
        news_page page;
        TRY(graph_news(c, before, 7, &page));
        for (size_t i = 0; i < page.len; i++) line_add(l, " %u_%u", page.items[i].owner, page.items[i].ordinal);
        before = page.next;
    } while (before);
    return OK;
}

static rc read_wall(ctx *c, const op *o, line *l)
{
    int64_t before = INT64_MAX;
    do {
        news_page page;
        TRY(wall_page(c, o->other, before, o->n != 0, &page));
        for (size_t i = 0; i < page.len; i++) line_add(l, " %u", page.items[i].ordinal);
        before = page.next;
    } while (before);
    return OK;
}

static rc read_reposts(ctx *c, const wall_post *p, line *l)
{
    if (p->original) {
        wall_post_list first;
        TRY(wall_originals(c, &p->original, 1, &first));
        line_add(l, " re %lld_%lld", first.len ? (long long)first.items[0].owner : 0, first.len ? (long long)first.items[0].ordinal : 0);
    }
    int64_t before = INT64_MAX;
    do {
        news_page page;
        TRY(wall_reposts(c, p, before, &page));
        for (size_t i = 0; i < page.len; i++) line_add(l, " in %u_%u", page.items[i].owner, page.items[i].ordinal);
        before = page.next;
    } while (before);
    line_add(l, " of %lld", (long long)p->reposts);
    return OK;
}

static rc read_permalink(ctx *c, const op *o, line *l)
{
    wall_post p;
    wall_wording_list old;
    TRY(wall_get(c, o->other, o->n, &p));
    line_add(l, " by %lld v%lld%s \"%.*s\" likes %lld:", (long long)p.author, (long long)p.version, p.edited_at ? " edited" : "",
             STR_ARG(p.text), (long long)p.likes);
    int64_t after = 0;
    do {
        wall_liker_list likers;
        TRY(wall_likes(c, &p, after, &likers, &after));
        for (size_t i = 0; i < likers.len; i++) line_add(l, " %lld", (long long)likers.items[i].member);
    } while (after);
    TRY(read_reposts(c, &p, l));
    TRY(wall_wordings(c, &p, &old));
    for (size_t i = 0; i < old.len; i++) line_add(l, " \"%.*s\"", STR_ARG(old.items[i].text));
    return OK;
}

static void put_comment(const comment_row *k, line *l)
{
    line_add(l, " %lld<%lld \"%.*s\"%s", (long long)k->ordinal, (long long)k->parent, STR_ARG(k->text), k->edited_at ? "e" : "");
}

/* Pages begin with the newest: turned round to be read from the oldest on. */
static rc read_pages(ctx *c, const wall_post *p, rc (*pages)(ctx *, const wall_post *, comment_place, comment_page *), line *l)
{
    static const comment_row *back[PLAIN_COMMENTS];
    size_t len = 0;
    comment_place below = COMMENTS_NEWEST;
    do {
        comment_page page;
        TRY(pages(c, p, below, &page));
        for (size_t i = page.rows.len; i-- > 0;) back[len++] = &page.rows.items[i];
        below = page.earlier;
    } while (below.id);
    while (len) put_comment(back[--len], l);
    return OK;
}

static rc read_comments(ctx *c, const op *o, line *l)
{
    wall_post p;
    TRY(wall_get(c, o->other, o->n, &p));
    TRY(read_pages(c, &p, comment_page_in_order, l));
    line_add(l, " of %lld;", (long long)p.comments);
    return read_pages(c, &p, comment_page_in_threads, l);
}

static rc read_comment_page(ctx *c, const op *o, line *l)
{
    comment_row k;
    wall_post p;
    TRY(comment_get(c, o->other, o->n, &k, &p));
    put_comment(&k, l);
    line_add(l, " by %lld v%lld likes %lld:", (long long)k.author, (long long)k.version, (long long)k.likes);
    int64_t after = 0;
    do {
        comment_liker_list likers;
        TRY(comment_likes(c, &k, after, &likers, &after));
        for (size_t i = 0; i < likers.len; i++) line_add(l, " %lld", (long long)likers.items[i].member);
    } while (after);
    return OK;
}

static rc read_profile(ctx *c, const op *o, line *l)
{
    profile p;
    TRY(profile_get(c, o->other, &p));
    line_add(l, " wall %d friends %lld followers %lld posts %lld", p.wall_open, p.friends_open ? (long long)p.friends : -1LL,
             (long long)p.followers, (long long)p.posts);
    return OK;
}

static rc read_may(ctx *c, const op *o, line *l)
{
    for (int item = 1; item < PRIVACY_ITEMS; item++) {
        bool may;
        TRY(privacy_may(c, o->other, (privacy_item)item, &may));
        line_add(l, " %d", may);
    }
    return OK;
}

/* The whole list, and each edge asked for by itself. */
static rc read_edges(ctx *c, const op *o, line *l)
{
    edge_list edges;
    TRY(graph_edges(c, o->viewer, &edges));
    for (size_t i = 0; i < edges.len; i++) {
        unsigned bits;
        TRY(graph_edge(c, o->viewer, edges.items[i].other, &bits));
        if (bits != edges.items[i].bits) line_add(l, " alone %u", bits);
        line_add(l, " %u:%u", edges.items[i].other, edges.items[i].bits);
    }
    return OK;
}

static rc read_people(ctx *c, const op *o, line *l)
{
    people_place at = PEOPLE_START;
    do {
        people_page page;
        TRY(people_find(c, str_of(o->text), at, 5, &page));
        for (size_t i = 0; i < page.len; i++) line_add(l, " %lld", (long long)page.items[i].num);
        at = page.next;
    } while (at.below);
    return OK;
}

static rc read_mutual(ctx *c, const op *o, line *l)
{
    int64_t nums[64];
    size_t len, total;
    TRY(graph_mutual(c, o->viewer, o->other, 64, nums, &len, &total));
    for (size_t i = 0; i < len; i++) line_add(l, " %lld", (long long)nums[i]);
    if (total != len) line_add(l, " of %zu", total);
    return OK;
}

static rc do_read(ctx *c, const op *o, line *l)
{
    switch (o->kind) {
    case OP_NEWS: return read_news(c, l);
    case OP_WALL: return read_wall(c, o, l);
    case OP_PERMALINK: return read_permalink(c, o, l);
    case OP_PROFILE: return read_profile(c, o, l);
    case OP_MAY: return read_may(c, o, l);
    case OP_EDGES: return read_edges(c, o, l);
    case OP_PEOPLE: return read_people(c, o, l);
    case OP_COMMENTS: return read_comments(c, o, l);
    case OP_COMMENT_PAGE: return read_comment_page(c, o, l);
    default: return read_mutual(c, o, l);
    }
}

/* ---- one operation on a house ---- */

typedef struct asked {
    lane_job job; /* first */
    const op *o;
    line seen;
    sem_t done;
    rc_code result;
} asked;

static rc act(ctx *c, void *arg)
{
    asked *q = arg;
    q->seen.len = 0;
    q->seen.text[0] = '\0';
    return q->o->kind < OP_WRITES ? do_write(c, q->o, &q->seen) : do_read(c, q->o, &q->seen);
}

static rc read_in_lane(lane_job *job) { return act(job->c, job); }

static void read_done(lane_job *job, rc_code result)
{
    asked *q = (asked *)job;
    q->result = result;
    (void)sem_post(&q->done);
}

static rc read_beside(side *s, ctx *c, asked *q)
{
    c->db = s->reader_db;
    c->epoch = graph_enter(s->reader);
    rc_code code = db_begin_read(c->db);
    if (code == OK) code = act(c, q);
    db_rollback(c->db);
    graph_leave(s->reader);
    return code;
}

static void side_do(side *s, const op *o, int role_, line *answer)
{
    static asked q;
    arena_reset(s->arena);
    ctx c = {.arena = s->arena, .graph = house_graph(s->house), .ids = house_ids(s->house), .now = o->now,
             .viewer = {o->viewer < 0 ? 0 : o->viewer, o->viewer < 0 ? ROLE_OWNER : (role)role_}};
    q.job = (lane_job){.c = &c, .reads = true, .act = read_in_lane, .done = read_done};
    q.o = o;
    if (o->kind < OP_WRITES) {
        q.result = lane_run(house_lane(s->house), &c, act, &q);
    } else if (s->reader) {
        q.result = read_beside(s, &c, &q);
    } else {
        (void)sem_init(&q.done, 0, 0);
        must(lane_submit(house_lane(s->house), &q.job) == OK, "the lane refuses a read");
        while (sem_wait(&q.done) != 0) continue;
        (void)sem_destroy(&q.done);
    }
    answer->len = 0;
    line_add(answer, "%d%s", rc_status(q.result), q.result == OK ? q.seen.text : "");
}

/* ---- choosing ---- */

typedef struct chooser {
    dice dice;
    plain *plain;
    int64_t now;
    int names, texts;
} chooser;

static int below(chooser *g, int n) { return (int)dice_below(&g->dice, (size_t)n); }
static int somebody(chooser *g) { return 1 + below(g, plain_members(g->plain)); }

static int active(chooser *g)
{
    int num = somebody(g);
    for (int tries = 0; !plain_active(g->plain, num) && tries < 100; tries++) num = somebody(g);
    return plain_active(g->plain, num) ? num : 1; /* nobody suspends the owner */
}

static uint64_t few(chooser *g, int most)
{
    uint64_t set = 0;
    for (int i = below(g, 3); i > 0; i--) set |= UINT64_C(1) << (1 + below(g, most));
    return set;
}

static plain_audience some_audience(chooser *g)
{
    plain_audience a = {.base = below(g, LEVEL_COUNT)};
    if (below(g, 4)) return a;
    a.allow_members = few(g, 8);
    a.allow_circles = few(g, 3);
    a.except_members = few(g, 8);
    a.except_circles = few(g, 3);
    return a;
}

/* Letters a to f only: no two such names look alike. */
static void name_of(int n, char name[PLAIN_TEXT])
{
    (void)snprintf(name, PLAIN_TEXT, "%c%c%c%c", 'a' + n % 6, 'a' + n / 6 % 6, 'a' + n / 36 % 6, 'a' + n * 7 % 6);
}

static void some_text(chooser *g, op *o)
{
    char name[PLAIN_TEXT];
    int n = ++g->texts, member = below(g, 30) ? 0 : somebody(g);
    (void)snprintf(o->text, sizeof o->text, "Text %d", below(g, 5) ? n : n / 2);
    memcpy(o->stored, o->text, sizeof o->text);
    if (!member) return;
    name_of(member - 1, name); /* members get their names in this order */
    (void)snprintf(o->text, sizeof o->text, "Text %d @%s.", n, name);
    (void)snprintf(o->stored, sizeof o->stored, "Text %d [id%d|@%s].", n, member, name);
}

/* Each row's chance in a thousand. */
static const int weights[OP_KINDS] = {
    [OP_SIGN_UP] = 12, [OP_RELATE] = 140, [OP_CIRCLE_NEW] = 10, [OP_CIRCLE_DROP] = 4, [OP_CIRCLE_ADD] = 30, [OP_CIRCLE_TAKE] = 10,
    [OP_PRIVACY] = 50, [OP_POST] = 85, [OP_EDIT] = 30, [OP_AUDIENCE] = 25, [OP_DELETE] = 25, [OP_RESTORE] = 20, [OP_LIKE] = 40,
    [OP_UNLIKE] = 12, [OP_SUSPEND] = 10, [OP_REINSTATE] = 14, [OP_ROLE] = 6, [OP_SWEEP] = 2,
    [OP_COMMENT] = 80, [OP_COMMENT_EDIT] = 15, [OP_COMMENT_DELETE] = 15, [OP_COMMENT_RESTORE] = 12, [OP_COMMENT_LIKE] = 15, [OP_COMMENT_UNLIKE] = 6, [OP_REPOST] = 25,
    [OP_COMMENTS] = 30, [OP_COMMENT_PAGE] = 20,
    [OP_NEWS] = 60, [OP_WALL] = 40, [OP_PERMALINK] = 50, [OP_PROFILE] = 37, [OP_MAY] = 40, [OP_EDGES] = 15, [OP_PEOPLE] = 10, [OP_MUTUAL] = 5,
};

static op_kind some_kind(chooser *g)
{
    if (plain_members(g->plain) < 6) return OP_SIGN_UP;
    int point = below(g, 1000), kind = 0;
    while (kind < OP_KINDS - 1 && point >= weights[kind]) point -= weights[kind++];
    return kind == OP_SIGN_UP && plain_members(g->plain) == PLAIN_MEMBERS ? OP_POST : (op_kind)kind;
}

static void aim_at_post(chooser *g, op *o)
{
    int author, owner, ordinal, version;
    if (!plain_some_post(g->plain, dice_next(&g->dice), &owner, &ordinal, &author, &version)) return;
    o->other = owner;
    o->n = below(g, 40) ? ordinal : ordinal + 5;
    o->version = below(g, 8) ? version : version + 1;
    if (o->kind == OP_PERMALINK || o->kind == OP_LIKE || o->kind == OP_UNLIKE || o->kind == OP_COMMENT || o->kind == OP_COMMENTS ||
        o->kind == OP_REPOST)
        return;
    int self = below(g, 3) ? author : owner;
    if (below(g, 5) && plain_active(g->plain, self)) o->viewer = self;
}

static void aim_at_comment(chooser *g, op *o)
{
    int owner, number, post, author, version;
    if (!plain_some_comment(g->plain, dice_next(&g->dice), &owner, &number, &post, &author, &version)) return;
    o->other = owner;
    o->n = o->kind == OP_COMMENT || o->kind == OP_COMMENTS ? post : below(g, 40) ? number : number + 3;
    if (o->kind == OP_COMMENT) o->version = below(g, 3) ? number : 0;
    if (o->kind == OP_COMMENT_EDIT) o->version = below(g, 8) ? version : version + 1;
    bool own = o->kind == OP_COMMENT_EDIT || o->kind == OP_COMMENT_DELETE || o->kind == OP_COMMENT_RESTORE;
    int self = below(g, 3) ? author : owner;
    if (own && below(g, 5) && plain_active(g->plain, self)) o->viewer = self;
}

static bool about_comment(op_kind kind)
{
    return (kind >= OP_COMMENT && kind <= OP_COMMENT_UNLIKE) || kind == OP_COMMENTS || kind == OP_COMMENT_PAGE;
}

static void choose_about_people(chooser *g, op *o)
{
    switch (o->kind) {
    case OP_SIGN_UP: {
        bool taken = plain_members(g->plain) > 2 && below(g, 6) == 0;
        name_of(taken ? below(g, g->names) : g->names++, o->text);
        break;
    }
    case OP_RELATE: /* half of them begin something, the rest tend to end it */
        o->n = below(g, 2) ? (below(g, 2) ? R_ADD : R_ACCEPT) : below(g, R_KINDS);
        if (below(g, 60) == 0) o->other = plain_members(g->plain) + 3;
        break;
    case OP_CIRCLE_NEW: break;
    case OP_CIRCLE_DROP:
    case OP_CIRCLE_ADD:
    case OP_CIRCLE_TAKE:
        o->n = 1 + below(g, 4);
        o->members = dice_next(&g->dice) & dice_next(&g->dice) & ~UINT64_C(1) & ~(UINT64_C(1) << o->viewer);
        break;
    case OP_SUSPEND:
    case OP_REINSTATE:
    case OP_ROLE:
        o->n = 1 + below(g, 2);
        if (below(g, 3)) o->viewer = below(g, 2) ? -1 : 1;
        break;
    case OP_PEOPLE:
        if (below(g, 2)) (void)snprintf(o->text, sizeof o->text, "%c", 'a' + below(g, 6));
        break;
    default: break;
    }
}

static op choose(chooser *g)
{
    op o = {.kind = some_kind(g)};
    g->now += 20 + below(g, 2000);
    if (below(g, 150) == 0) g->now += below(g, 30) * PLAIN_HOUR;
    o.now = g->now;
    if (o.kind != OP_SIGN_UP) {
        o.viewer = o.kind >= OP_WRITES && o.kind != OP_EDGES && o.kind != OP_MUTUAL && below(g, 12) == 0 ? 0 : active(g);
        o.other = below(g, 4) ? somebody(g) : active(g);
    }
    choose_about_people(g, &o);
    if (o.kind == OP_PRIVACY) o.n = 1 + below(g, PRIVACY_ITEMS - 1);
    if (o.kind == OP_WALL) o.n = below(g, 2);
    if (o.kind == OP_POST && below(g, 3)) o.other = o.viewer;
    o.audience = some_audience(g);
    bool about_post = o.kind == OP_EDIT || o.kind == OP_AUDIENCE || o.kind == OP_DELETE || o.kind == OP_RESTORE || o.kind == OP_LIKE ||
                      o.kind == OP_UNLIKE || o.kind == OP_PERMALINK || o.kind == OP_REPOST;
    if (about_post) aim_at_post(g, &o);
    if (about_comment(o.kind)) {
        bool fresh = o.kind == OP_COMMENT && below(g, 2);
        if (fresh) aim_at_post(g, &o);
        else aim_at_comment(g, &o);
        if (fresh) o.version = 0;
    }
    if (o.kind == OP_POST || o.kind == OP_REPOST || o.kind == OP_EDIT || o.kind == OP_COMMENT || o.kind == OP_COMMENT_EDIT) some_text(g, &o);
    return o;
}

/* ---- the run ---- */

static const char *const kinds[OP_KINDS] = {
    "sign up", "relate", "new circle", "drop circle", "into circle", "out of circle", "privacy", "post", "edit", "audience", "delete",
    "restore", "like", "unlike", "suspend", "reinstate", "role", "sweep", "comment",
    "edit comment", "delete comment", "restore comment", "like comment", "unlike comment", "repost", "news", "wall", "permalink", "profile", "may", "edges",
    "people", "mutual", "comments", "comment page"};

static void tell(const op *o, size_t at)
{
    const plain_audience *a = &o->audience;
    print_error("  %zu: %s viewer %d other %d n %d version %d members %llx audience %d +m%llx +c%llx -m%llx -c%llx \"%s\" at %lld\n", at,
                kinds[o->kind], o->viewer, o->other, o->n, o->version, (unsigned long long)o->members, a->base,
                (unsigned long long)a->allow_members, (unsigned long long)a->allow_circles, (unsigned long long)a->except_members,
                (unsigned long long)a->except_circles, o->text, (long long)o->now);
}

/* A little before the first byte that differs. */
static size_t where_they_part(const char *one, const char *two)
{
    size_t i = 0;
    while (one[i] && one[i] == two[i]) i++;
    return i < 20 ? 0 : i - 20;
}

static size_t operations(void)
{
    const char *level = getenv("VECHE_LEVEL");
    if (level && strcmp(level, "quick") == 0) return 2000;
    return level && strcmp(level, "long") == 0 ? 100000 : 10000;
}

static uint64_t seed(void)
{
    const char *given = getenv("VECHE_MODEL_SEED");
    return given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
}

/* When something differs: which simpler questions of the same viewer differ as well? */
static void ask_around(plain *p, side *s, const op *wrong, int role_)
{
    static line expected, got;
    static const op_kind simpler[] = {OP_EDGES, OP_MAY, OP_WALL, OP_PROFILE, OP_MUTUAL};
    for (size_t i = 0; i < sizeof simpler / sizeof *simpler; i++)
        for (int other = 1; other <= plain_members(p); other++) {
            op o = {.kind = simpler[i], .now = wrong->now, .viewer = wrong->viewer, .other = other, .n = 1};
            if (o.viewer <= 0 && (o.kind == OP_EDGES || o.kind == OP_MUTUAL)) continue;
            plain_do(p, &o, &expected);
            side_do(s, &o, role_, &got);
            size_t from = where_they_part(expected.text, got.text);
            if (strcmp(expected.text, got.text) != 0)
                print_error("  also %s of %d: expected %.100s\n    %s says %.100s\n", kinds[o.kind], other, expected.text + from, s->name, got.text + from);
            if (o.kind == OP_EDGES) break;
        }
}

static void ten_thousand_operations_give_the_same_answers(void **state)
{
    (void)state;
    static op last[MEMORY];
    static line expected, got;
    static side sides[DB_ENGINES]; /* static, with the plain one: what is left behind when something differs is no leak */
    static plain *p;
    size_t many = operations(), wins = 0, counts[OP_KINDS] = {0};
    bool there[DB_ENGINES];
    for (size_t e = 0; e < DB_ENGINES; e++) there[e] = side_open(&sides[e], (db_engine)e);
    uint64_t began = seed();
    p = plain_open();
    chooser g = {.dice = {began}, .plain = p, .now = INT64_C(1700000000000)};
    print_message("VECHE_MODEL_SEED=%llu, %zu operations%s\n", (unsigned long long)began, many, there[DB_POSTGRES] ? "" : ", SQLite alone");
    for (size_t at = 0; at < many; at++) {
        op o = last[at % MEMORY] = choose(&g);
        int role_ = plain_role(g.plain, o.viewer);
        plain_do(g.plain, &o, &expected);
        wins += strncmp(expected.text, "200", 3) == 0;
        counts[o.kind]++;
        for (size_t e = 0; e < DB_ENGINES; e++) {
            if (!there[e]) continue;
            side_do(&sides[e], &o, role_, &got);
            if (strcmp(expected.text, got.text) == 0) continue;
            for (size_t i = at < MEMORY ? 0 : at - MEMORY + 1; i <= at; i++) tell(&last[i % MEMORY], i);
            ask_around(p, &sides[e], &o, role_);
            size_t from = where_they_part(expected.text, got.text);
            fail_msg("VECHE_MODEL_SEED=%llu, operation %zu (%s), viewer's role %d:\n  expected at byte %zu of %zu: %.200s\n  %s says, of %zu: %.200s",
                     (unsigned long long)began, at, kinds[o.kind], role_, from, expected.len, expected.text + from, sides[e].name, got.len,
                     got.text + from);
        }
    }
    for (int kind = 0; kind < OP_KINDS; kind++) assert_true(counts[kind] > 0);
    print_message("%zu of %zu answered 200; %d members\n", wins, many, plain_members(g.plain));
    for (size_t e = 0; e < DB_ENGINES; e++)
        if (there[e]) side_close(&sides[e]);
    plain_close(g.plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(ten_thousand_operations_give_the_same_answers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
