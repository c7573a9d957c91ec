/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Made by tools/sqlc.py from wall.sql. Do not edit. Rows and their strings live in the arena. */
#ifndef VECHE_SQL_WALL_H
#define VECHE_SQL_WALL_H

#include "db/db.h"

typedef struct wall_post {
    int64_t id;
    int64_t author;
    str text;
    int64_t edited_at;
    bool edited_at_null;
    int64_t likes;
} wall_post;
typedef struct wall_post_list {
    wall_post *items;
    size_t len;
} wall_post_list;

typedef struct wall_get_row {
    int64_t id;
    double weight;
    str fingerprint;
    int64_t edited_at;
    bool edited_at_null;
    str photo; /* absent: NULL */
    double score;
    bool score_null;
    str kind;
} wall_get_row;

typedef struct wall_add_row {
    int64_t id;
    int64_t edited_at;
    bool edited_at_null;
} wall_add_row;

typedef struct wall_count_row {
    int64_t n;
} wall_count_row;

/* Newest first; below `before`. */
rc sql_wall_page(db *d, arena *a, int64_t bucket, int64_t owner, int64_t before, int64_t limit, wall_post_list *out);
/* The same posts for a list of ids, in no order. */
rc sql_wall_hydrate(db *d, arena *a, const int64_t *posts, size_t posts_len, int64_t limit, wall_post_list *out);
/* One post with its author's picture. */
rc sql_wall_get(db *d, arena *a, int64_t bucket, int64_t id, wall_get_row *out);
rc sql_wall_add(db *d, arena *a, int64_t bucket, int64_t id, int64_t owner, int64_t author, str text, const int64_t *edited_at, str digest, double weight, wall_add_row *out);
/* Both engines, different order of appearance. */
rc sql_wall_edit(db *d, str text, int64_t at, int64_t bucket, int64_t id, int64_t *changed);
rc sql_wall_drop(db *d, int64_t bucket, int64_t id);
rc sql_wall_count(db *d, arena *a, wall_count_row *out);

/* for sql_registry.c */
extern const db_query query_wall_page;
extern const db_query query_wall_hydrate;
extern const db_query query_wall_get;
extern const db_query query_wall_add;
extern const db_query query_wall_edit;
extern const db_query query_wall_drop;
extern const db_query query_wall_count;

#endif
