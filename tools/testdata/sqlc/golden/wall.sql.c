/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Made by tools/sqlc.py from wall.sql. Do not edit. */
#include "wall.sql.h"

#include <string.h>

static wall_post wall_post_read(const db_cursor *cur, arena *a)
{
    return (wall_post){
        .id = db_int(cur, 0),
        .author = db_int(cur, 1),
        .text = db_text(cur, 2, a),
        .edited_at = db_int(cur, 3),
        .edited_at_null = db_is_null(cur, 3),
        .likes = db_int(cur, 4),
    };
}

static void wall_post_push(wall_post_list *list, size_t *room, const db_cursor *cur, arena *a)
{
    if (list->len == *room) {
        *room = *room ? *room * 2 : 16;
        wall_post *more = ARENA_ARRAY(a, wall_post, *room);
        if (list->len) memcpy(more, list->items, list->len * sizeof(*more));
        list->items = more;
    }
    list->items[list->len++] = wall_post_read(cur, a);
}

static wall_get_row wall_get_row_read(const db_cursor *cur, arena *a)
{
    return (wall_get_row){
        .id = db_int(cur, 0),
        .weight = db_real(cur, 1),
        .fingerprint = db_blob(cur, 2, a),
        .edited_at = db_int(cur, 3),
        .edited_at_null = db_is_null(cur, 3),
        .photo = db_blob(cur, 4, a),
        .score = db_real(cur, 5),
        .score_null = db_is_null(cur, 5),
        .kind = db_text(cur, 6, a),
    };
}

static wall_add_row wall_add_row_read(const db_cursor *cur, arena *a)
{
    (void)a;
    return (wall_add_row){
        .id = db_int(cur, 0),
        .edited_at = db_int(cur, 1),
        .edited_at_null = db_is_null(cur, 1),
    };
}

static wall_count_row wall_count_row_read(const db_cursor *cur, arena *a)
{
    (void)a;
    return (wall_count_row){
        .n = db_int(cur, 0),
    };
}

const db_query query_wall_page = {
    .slot = 3,
    .name = "wall_page",
    .sql = {
        "SELECT p.id, p.author, p.text, p.edited_at, "
        "(SELECT count(*) FROM post_like l WHERE l.bucket = ?1 AND l.post = p.id) AS likes "
        "FROM post p "
        "WHERE p.bucket = ?1 AND p.owner = ?2 AND p.id < ?3 "
        "ORDER BY p.id DESC LIMIT ?4",
        "SELECT p.id, p.author, p.text, p.edited_at, "
        "(SELECT count(*) FROM post_like l WHERE l.bucket = $1 AND l.post = p.id) AS likes "
        "FROM post p "
        "WHERE p.bucket = $1 AND p.owner = $2 AND p.id < $3 "
        "ORDER BY p.id DESC LIMIT $4",
    },
    .params = 4,
    .writes = false,
};

/* Newest first; below `before`. */
rc sql_wall_page(db *d, arena *a, int64_t bucket, int64_t owner, int64_t before, int64_t limit, wall_post_list *out)
{
    const db_value params[] = {
        DB_VALUE_INT(bucket),
        DB_VALUE_INT(owner),
        DB_VALUE_INT(before),
        DB_VALUE_INT(limit),
    };
    db_cursor cur;
    size_t room = 0;
    *out = (wall_post_list){0};
    db_start(d, &query_wall_page, params, &cur);
    while (db_next(&cur)) wall_post_push(out, &room, &cur, a);
    return db_finish(&cur, NULL);
}

const db_query query_wall_hydrate = {
    .slot = 4,
    .name = "wall_hydrate",
    .sql = {
        "SELECT p.id, p.author, p.text, p.edited_at, 0 AS likes "
        "FROM (SELECT value AS id, (value >> 10) & 4095 AS bucket FROM json_each(?1)) i JOIN post p ON p.bucket = i.bucket AND p.id = i.id "
        "LIMIT ?2",
        "SELECT p.id, p.author, p.text, p.edited_at, 0 AS likes "
        "FROM (SELECT v AS id, (v >> 10) & 4095 AS bucket FROM unnest($1::bigint[]) AS t(v)) i JOIN post p ON p.bucket = i.bucket AND p.id = i.id "
        "LIMIT $2",
    },
    .params = 2,
    .writes = false,
};

/* The same posts for a list of ids, in no order. */
rc sql_wall_hydrate(db *d, arena *a, const int64_t *posts, size_t posts_len, int64_t limit, wall_post_list *out)
{
    const db_value params[] = {
        DB_VALUE_IDS(posts, posts_len),
        DB_VALUE_INT(limit),
    };
    db_cursor cur;
    size_t room = 0;
    *out = (wall_post_list){0};
    db_start(d, &query_wall_hydrate, params, &cur);
    while (db_next(&cur)) wall_post_push(out, &room, &cur, a);
    return db_finish(&cur, NULL);
}

const db_query query_wall_get = {
    .slot = 5,
    .name = "wall_get",
    .sql = {
        "SELECT p.id, p.weight, p.digest AS fingerprint, p.edited_at, m.photo, m.score, "
        "CASE WHEN p.text = '' THEN 'what?\?!' ELSE 'it''s \"text\"; $5' END AS kind "
        "FROM post p LEFT JOIN member m ON m.num = p.author "
        "WHERE p.bucket = ?1 AND p.id = ?2",
        "SELECT p.id, p.weight, p.digest AS fingerprint, p.edited_at, m.photo, m.score, "
        "CASE WHEN p.text = '' THEN 'what?\?!' ELSE 'it''s \"text\"; $5' END AS kind "
        "FROM post p LEFT JOIN member m ON m.num = p.author "
        "WHERE p.bucket = $1 AND p.id = $2",
    },
    .params = 2,
    .writes = false,
};

/* One post with its author's picture. */
rc sql_wall_get(db *d, arena *a, int64_t bucket, int64_t id, wall_get_row *out)
{
    const db_value params[] = {
        DB_VALUE_INT(bucket),
        DB_VALUE_INT(id),
    };
    db_cursor cur;
    *out = (wall_get_row){0};
    db_start(d, &query_wall_get, params, &cur);
    const bool found = db_next(&cur);
    if (found) *out = wall_get_row_read(&cur, a);
    TRY(db_finish(&cur, NULL));
    return found ? OK : E_NOT_FOUND;
}

const db_query query_wall_add = {
    .slot = 6,
    .name = "wall_add",
    .sql = {
        "INSERT INTO post (bucket, id, owner, author, text, edited_at, digest, weight) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
        "ON CONFLICT (bucket, id) DO NOTHING "
        "RETURNING id, edited_at",
        "INSERT INTO post (bucket, id, owner, author, text, edited_at, digest, weight) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
        "ON CONFLICT (bucket, id) DO NOTHING "
        "RETURNING id, edited_at",
    },
    .params = 8,
    .writes = true,
};

rc sql_wall_add(db *d, arena *a, int64_t bucket, int64_t id, int64_t owner, int64_t author, str text, const int64_t *edited_at, str digest, double weight, wall_add_row *out)
{
    const db_value params[] = {
        DB_VALUE_INT(bucket),
        DB_VALUE_INT(id),
        DB_VALUE_INT(owner),
        DB_VALUE_INT(author),
        DB_VALUE_TEXT(text.ptr != NULL ? text : STR("")),
        {.type = DB_INT, .null = edited_at == NULL, .i = edited_at != NULL ? *edited_at : 0},
        DB_VALUE_BLOB(digest.ptr != NULL ? digest : STR("")),
        DB_VALUE_REAL(weight),
    };
    db_cursor cur;
    *out = (wall_add_row){0};
    db_start(d, &query_wall_add, params, &cur);
    const bool found = db_next(&cur);
    if (found) *out = wall_add_row_read(&cur, a);
    TRY(db_finish(&cur, NULL));
    return found ? OK : E_NOT_FOUND;
}

const db_query query_wall_edit = {
    .slot = 7,
    .name = "wall_edit",
    .sql = {
        "UPDATE post SET "
        "text = ?1, edited_at = ?2 "
        "WHERE bucket = ?3 AND id = ?4",
        "UPDATE post SET "
        "edited_at = $2, text = $1 "
        "WHERE id = $4 AND bucket = $3",
    },
    .params = 4,
    .writes = true,
};

/* Both engines, different order of appearance. */
rc sql_wall_edit(db *d, str text, int64_t at, int64_t bucket, int64_t id, int64_t *changed)
{
    const db_value params[] = {
        DB_VALUE_TEXT(text.ptr != NULL ? text : STR("")),
        DB_VALUE_INT(at),
        DB_VALUE_INT(bucket),
        DB_VALUE_INT(id),
    };
    db_cursor cur;
    db_start(d, &query_wall_edit, params, &cur);
    return db_finish(&cur, changed);
}

const db_query query_wall_drop = {
    .slot = 8,
    .name = "wall_drop",
    .sql = {
        "DELETE FROM post WHERE bucket = ?1 AND id = ?2",
        "DELETE FROM post WHERE bucket = $1 AND id = $2",
    },
    .params = 2,
    .writes = true,
};

rc sql_wall_drop(db *d, int64_t bucket, int64_t id)
{
    const db_value params[] = {
        DB_VALUE_INT(bucket),
        DB_VALUE_INT(id),
    };
    db_cursor cur;
    db_start(d, &query_wall_drop, params, &cur);
    return db_finish(&cur, NULL);
}

const db_query query_wall_count = {
    .slot = 9,
    .name = "wall_count",
    .sql = {
        "SELECT count(*) AS n FROM post",
        "SELECT count(*) AS n FROM post",
    },
    .params = 0,
    .writes = false,
};

rc sql_wall_count(db *d, arena *a, wall_count_row *out)
{
    db_cursor cur;
    *out = (wall_count_row){0};
    db_start(d, &query_wall_count, NULL, &cur);
    const bool found = db_next(&cur);
    if (found) *out = wall_count_row_read(&cur, a);
    TRY(db_finish(&cur, NULL));
    return found ? OK : E_NOT_FOUND;
}
