/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A database that only remembers what it was asked: it stands behind the generated code of golden/ in sqlc_test.py.
 * Column c of row r is r * 10 + c; text is "t", blobs are absent, reals are a half; column `null_column` is NULL. */
#include "sql_registry.h"
#include "member.sql.h"
#include "wall.sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const db_query *asked;
static db_value given[16]; /* copied: the caller's are gone when it returns */
static int rows, null_column = -1, failures;
static rc_code answer = OK;

void db_start(db *d, const db_query *q, const db_value *params, db_cursor *cur)
{
    asked = q;
    if (q->params) memcpy(given, params, (size_t)q->params * sizeof(*params));
    *cur = (db_cursor){.db = d, .query = q, .row = -1, .rows = rows};
}
bool db_next(db_cursor *cur) { return ++cur->row < cur->rows; }
bool db_is_null(const db_cursor *cur, int column) { return cur->row >= 0 && column == null_column; }
int64_t db_int(const db_cursor *cur, int column) { return cur->row * 10 + column; }
double db_real(const db_cursor *cur, int column) { return cur->row + column + 0.5; }
str db_text(const db_cursor *cur, int column, arena *a)
{
    (void)a;
    return db_is_null(cur, column) ? STR_NONE : STR("t");
}
str db_blob(const db_cursor *cur, int column, arena *a)
{
    (void)cur, (void)column, (void)a;
    return STR_NONE;
}
rc db_finish(db_cursor *cur, int64_t *changed)
{
    (void)cur;
    if (changed) *changed = 7;
    return answer;
}
void *arena_array(arena *a, size_t n, size_t size) /* leaks: the program ends soon */
{
    (void)a;
    return calloc(n, size);
}

static void expect(bool true_that, const char *what, int line)
{
    if (!true_that) fprintf(stderr, "driver.c:%d: not true: %s\n", line, what), failures++;
}
#define EXPECT(x) expect((x), #x, __LINE__)

static void lists(void)
{
    wall_post_list page;
    for (rows = 0; rows <= 100; rows++) {
        EXPECT(sql_wall_page(NULL, NULL, 1, 2, 3, 4, &page) == OK);
        EXPECT(page.len == (size_t)rows);
        for (size_t i = 0; i < page.len; i++) {
            EXPECT(page.items[i].id == (int64_t)i * 10 && page.items[i].likes == (int64_t)i * 10 + 4);
            EXPECT(str_eq(page.items[i].text, STR("t")) && !page.items[i].edited_at_null);
        }
    }
    EXPECT(asked->params == 4 && !asked->writes && asked == sql_registry[asked->slot]);
}

static void single(void)
{
    wall_get_row row = {.id = 5};
    rows = 0;
    EXPECT(sql_wall_get(NULL, NULL, 1, 2, &row) == E_NOT_FOUND && row.id == 0);
    rows = 1;
    null_column = 5;
    EXPECT(sql_wall_get(NULL, NULL, 1, 2, &row) == OK && row.edited_at == 3 && !row.edited_at_null);
    EXPECT(row.score_null && row.photo.ptr == NULL && str_eq(row.kind, STR("t")));
    answer = E_BUSY;
    EXPECT(sql_wall_get(NULL, NULL, 1, 2, &row) == E_BUSY);
    answer = OK;
}

static void changes(void)
{
    int64_t changed = 0;
    EXPECT(sql_wall_edit(NULL, STR("x"), 1, 2, 3, &changed) == OK && changed == 7);
    EXPECT(asked->writes);
    EXPECT(sql_wall_drop(NULL, 1, 2) == OK);
}

/* Values arrive by name, typed, with NULL only where the query allows it. */
static void values(void)
{
    const int64_t when = 9, ids[] = {4, 5};
    const double score = 2.5;
    wall_add_row row;
    wall_post_list list;
    rows = 1;
    EXPECT(sql_wall_add(NULL, NULL, 1, 2, 3, 4, STR_NONE, NULL, STR_NONE, 0.5, &row) == OK);
    EXPECT(given[0].type == DB_INT && given[0].i == 1 && given[3].i == 4 && !given[3].null);
    EXPECT(given[4].type == DB_TEXT && !given[4].null && given[4].s.ptr && given[4].s.len == 0);
    EXPECT(given[5].type == DB_INT && given[5].null);
    EXPECT(given[6].type == DB_BLOB && !given[6].null && given[6].s.ptr);
    EXPECT(given[7].type == DB_REAL && given[7].real > 0.4);
    EXPECT(sql_wall_add(NULL, NULL, 1, 2, 3, 4, STR("x"), &when, STR("y"), 0.5, &row) == OK);
    EXPECT(!given[5].null && given[5].i == 9 && str_eq(given[4].s, STR("x")) && str_eq(given[6].s, STR("y")));
    EXPECT(sql_member_set(NULL, STR_NONE, NULL, STR("n"), 1, 2) == OK);
    EXPECT(given[0].type == DB_BLOB && given[0].null && given[1].type == DB_REAL && given[1].null && given[4].i == 2);
    EXPECT(sql_member_set(NULL, STR("p"), &score, STR("n"), 1, 2) == OK);
    EXPECT(!given[0].null && !given[1].null && given[1].real > 2.4);
    EXPECT(sql_wall_hydrate(NULL, NULL, ids, 2, 10, &list) == OK);
    EXPECT(given[0].type == DB_IDS && given[0].ids == ids && given[0].n == 2 && given[1].i == 10);
    EXPECT(sql_wall_edit(NULL, STR("x"), 1, 2, 3, NULL) == OK);
    EXPECT(given[0].type == DB_TEXT && given[1].i == 1 && given[2].i == 2 && given[3].i == 3);
}

static void registry(void)
{
    for (int i = 0; i < SQL_QUERY_COUNT; i++) EXPECT(sql_registry[i]->slot == i && sql_registry[i]->sql[DB_POSTGRES]);
}

bool str_eq(str a, str b) { return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0); }

int main(void)
{
    lists();
    single();
    changes();
    values();
    registry();
    return failures != 0;
}
