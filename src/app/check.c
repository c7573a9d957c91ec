/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "app/check.h"

#include <stdarg.h>

#include "base/ids.h"
#include "check.sql.h"

#define BUCKETS 4096
#define SLICE_MEMBERS 256 /* about so many in a slice: far below what a query may take */
#define ROWS 100          /* of one query */

typedef struct check {
    db *db;
    arena *arena; /* emptied after each slice */
    int64_t from, to;
    out *out;
    int64_t found, edges, posts, likes;
    bool more; /* a query had more rows than were read */
} check;

static bool room(check *k) { return ++k->found <= CHECK_LINES_MAX; }
static void note_rows(check *k, size_t rows) { k->more = k->more || rows == ROWS; }

/* ---- counters ---- */

static void say_counter(check *k, int64_t num, const char *what, int64_t kept, int64_t found)
{
    if (kept != found && room(k))
        out_printf(k->out, "Member %lld: the counter of %s is %lld, and there are %lld.\n", (long long)num, what, (long long)kept,
                   (long long)found);
}

static rc look_at_relations(check *k)
{
    check_relations_row_list rows;
    TRY(sql_check_relations(k->db, k->arena, k->from, k->to, ROWS, &rows));
    note_rows(k, rows.len);
    for (size_t i = 0; i < rows.len; i++) {
        const check_relations_row *m = &rows.items[i];
        say_counter(k, m->num, "friends", m->friends, m->has_friends);
        say_counter(k, m->num, "followers", m->followers, m->has_followers);
        say_counter(k, m->num, "requests", m->requests, m->has_requests);
        say_counter(k, m->num, "those who are followed", m->follows, m->has_follows);
        say_counter(k, m->num, "requests sent", m->asked, m->has_asked);
        say_counter(k, m->num, "the blocked", m->blocks, m->has_blocks);
    }
    return OK;
}

/* ---- what two numbers tell ---- */

typedef rc (*line_query)(db *d, arena *a, int64_t from, int64_t to, int64_t limit, check_line_list *out);

static const struct {
    line_query query;
    const char *before, *kept, *found;
} lines[] = {
    {sql_check_halves, "The half-edge to member", "has the bits", "the other half, which does not fit, has"},
    {sql_check_near, "The half-edge to member", "is marked near with", "its bits are"},
    {sql_check_circles, "The circle", "counts", "its members are"},
    {sql_check_likes, "The post", "counts", "its likes are"},
    {sql_check_comments, "The post", "counts", "its comments are"},
    {sql_check_reposts, "The post", "counts", "its reposts are"},
    {sql_check_bookmarks, "The list", "counts", "its bookmarks are"},
    {sql_check_polls, "The poll of the post", "counts", "its voters are"},
    {sql_check_comment_likes, "The comment", "counts", "its likes are"},
    {sql_check_wall_counts, "The count of posts for the audience", "is", "the posts are"},
    {sql_check_uncounted, "The count of posts for the audience", "is", "the posts are"},
};

static rc look_at_lines(check *k)
{
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        check_line_list rows;
        TRY(lines[i].query(k->db, k->arena, k->from, k->to, ROWS, &rows));
        note_rows(k, rows.len);
        for (size_t j = 0; j < rows.len; j++) {
            const check_line *r = &rows.items[j];
            if (room(k))
                out_printf(k->out, "Member %lld: %s %lld %s %lld, and %s %lld.\n", (long long)r->num, lines[i].before,
                           (long long)r->item, lines[i].kept, (long long)r->kept, lines[i].found, (long long)r->found);
        }
    }
    return OK;
}

/* ---- what belongs to nobody ---- */

static rc look_at_orphans(check *k)
{
    check_orphan_list rows;
    TRY(sql_check_orphans(k->db, k->arena, k->from, k->to, ROWS, &rows));
    note_rows(k, rows.len);
    for (size_t i = 0; i < rows.len; i++)
        if (room(k))
            out_printf(k->out, "Member %lld is not there, and a row names them (%.*s).\n", (long long)rows.items[i].num,
                       STR_ARG(rows.items[i].what));
    TRY(sql_check_audiences(k->db, k->arena, k->from, k->to, ROWS, &rows));
    note_rows(k, rows.len);
    for (size_t i = 0; i < rows.len; i++)
        if (room(k))
            out_printf(k->out, "Member %lld: a row is for an audience that is not there (%.*s).\n", (long long)rows.items[i].num,
                       STR_ARG(rows.items[i].what));
    TRY(sql_check_names(k->db, k->arena, k->from, k->to, ROWS, &rows));
    note_rows(k, rows.len);
    for (size_t i = 0; i < rows.len; i++)
        if (room(k))
            out_printf(k->out, "Member %lld: what is stored as theirs lacks the %.*s.\n", (long long)rows.items[i].num,
                       STR_ARG(rows.items[i].what));
    return OK;
}

/* ---- the whole ---- */

static rc look_at_slice(check *k)
{
    check_looked_row looked;
    TRY(look_at_relations(k));
    TRY(look_at_lines(k));
    TRY(look_at_orphans(k));
    TRY(sql_check_looked(k->db, k->arena, k->from, k->to, &looked));
    k->edges += looked.edges;
    k->posts += looked.posts;
    k->likes += looked.likes;
    return OK;
}

static rc look(check *k, int64_t *members)
{
    check_last_row last;
    TRY(db_begin_read(k->db));
    rc_code read = sql_check_last(k->db, k->arena, &last);
    db_rollback(k->db);
    TRY(read);
    *members = last.members;
    if (last.last != last.members && room(k))
        out_printf(k->out, "The newest member has the number %lld, and there are %lld members.\n", (long long)last.last,
                   (long long)last.members);
    if (last.strays > 0 && room(k))
        out_printf(k->out, "Names and invitations that belong to nobody: %lld.\n", (long long)last.strays);
    int64_t width = last.members > SLICE_MEMBERS ? (int64_t)BUCKETS * SLICE_MEMBERS / last.members : BUCKETS;
    if (width < 1) width = 1;
    for (k->from = 0; k->from < BUCKETS; k->from = k->to) {
        k->to = k->from + width < BUCKETS ? k->from + width : BUCKETS;
        arena_reset(k->arena);
        TRY(db_begin_read(k->db));
        read = look_at_slice(k);
        db_rollback(k->db);
        TRY(read);
    }
    return OK;
}

/* The engine's report has a finding a line. */
static void look_at_engine(check *k)
{
    str report;
    if (db_integrity(k->db, k->arena, &report) == OK) return;
    while (report.ptr) {
        str line = str_cut(&report, '\n');
        if (line.len && room(k)) out_printf(k->out, "%.*s\n", STR_ARG(line));
    }
}

rc check_database(db *d, out *o)
{
    check k = {.db = d, .arena = arena_open(), .out = o};
    int64_t members = 0;
    look_at_engine(&k);
    rc_code code = look(&k, &members);
    if (code != OK) out_printf(o, "The database could not be read to its end: %s\n", db_error(d));
    if (k.found > CHECK_LINES_MAX) out_printf(o, "Not shown: %lld more.\n", (long long)(k.found - CHECK_LINES_MAX));
    out_printf(o, "Looked at %lld members, %lld half-edges, %lld posts and %lld likes: ", (long long)members, (long long)k.edges,
               (long long)k.posts, (long long)k.likes);
    if (k.found > 0) out_printf(o, "findings: %s%lld.\n", k.more ? "at least " : "", (long long)k.found);
    else if (code == OK) OUT_LIT(o, "the database is sound.\n");
    else OUT_LIT(o, "nothing found so far.\n");
    arena_close(k.arena);
    if (code != OK) return code;
    return k.found > 0 ? E_CONFLICT : OK;
}
