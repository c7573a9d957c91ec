/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Made by tools/sqlc.py from member.sql. Do not edit. */
#include "member.sql.h"

#include <string.h>

static member_names_row member_names_row_read(const db_cursor *cur, arena *a)
{
    return (member_names_row){
        .num = db_int(cur, 0),
        .name = db_text(cur, 1, a),
    };
}

static void member_names_row_push(member_names_row_list *list, size_t *room, const db_cursor *cur, arena *a)
{
    if (list->len == *room) {
        *room = *room ? *room * 2 : 16;
        member_names_row *more = ARENA_ARRAY(a, member_names_row, *room);
        if (list->len) memcpy(more, list->items, list->len * sizeof(*more));
        list->items = more;
    }
    list->items[list->len++] = member_names_row_read(cur, a);
}

const db_query query_member_set = {
    .slot = 0,
    .name = "member_set",
    .sql = {
        "UPDATE member SET photo = ?1, score = ?2, name = ?3, seen_at = ?4 WHERE num = ?5",
        "UPDATE member SET photo = $1, score = $2, name = $3, seen_at = $4 WHERE num = $5",
    },
    .params = 5,
    .writes = true,
};

rc sql_member_set(db *d, str photo, const double *score, str name, int64_t now, int64_t num)
{
    const db_value params[] = {
        DB_VALUE_BLOB(photo),
        {.type = DB_REAL, .null = score == NULL, .real = score != NULL ? *score : 0},
        DB_VALUE_TEXT(name.ptr != NULL ? name : STR("")),
        DB_VALUE_INT(now),
        DB_VALUE_INT(num),
    };
    db_cursor cur;
    db_start(d, &query_member_set, params, &cur);
    return db_finish(&cur, NULL);
}

const db_query query_member_names = {
    .slot = 1,
    .name = "member_names",
    .sql = {
        "SELECT m.num, m.name FROM (SELECT value AS id, value & 4095 AS bucket FROM json_each(?1)) n JOIN member m ON m.num = n.id "
        "WHERE EXISTS (SELECT 1 FROM post p WHERE p.bucket = n.bucket AND p.owner = n.id) "
        "LIMIT 1000",
        "SELECT m.num, m.name FROM (SELECT v AS id, v & 4095 AS bucket FROM unnest($1::bigint[]) AS t(v)) n JOIN member m ON m.num = n.id "
        "WHERE EXISTS (SELECT 1 FROM post p WHERE p.bucket = n.bucket AND p.owner = n.id) "
        "LIMIT 1000",
    },
    .params = 1,
    .writes = false,
};

/* Members of a list who own a post. */
rc sql_member_names(db *d, arena *a, const int64_t *nums, size_t nums_len, member_names_row_list *out)
{
    const db_value params[] = {
        DB_VALUE_IDS(nums, nums_len),
    };
    db_cursor cur;
    size_t room = 0;
    *out = (member_names_row_list){0};
    db_start(d, &query_member_names, params, &cur);
    while (db_next(&cur)) member_names_row_push(out, &room, &cur, a);
    return db_finish(&cur, NULL);
}

const db_query query_member_nickname = {
    .slot = 2,
    .name = "member_nickname",
    .sql = {
        "UPDATE member SET name = ?1, photo = ?2 WHERE num = ?3 AND ?1 IS NOT NULL",
        "UPDATE member SET name = $1, photo = $2 WHERE num = $3 AND $1 IS NOT NULL",
    },
    .params = 3,
    .writes = true,
};

/* NULL is a value here, and $name:text? is said twice. */
rc sql_member_nickname(db *d, str name, str photo, int64_t num)
{
    const db_value params[] = {
        DB_VALUE_TEXT(name),
        DB_VALUE_BLOB(photo.ptr != NULL ? photo : STR("")),
        DB_VALUE_INT(num),
    };
    db_cursor cur;
    db_start(d, &query_member_nickname, params, &cur);
    return db_finish(&cur, NULL);
}
