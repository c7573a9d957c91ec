/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Made by tools/sqlc.py from member.sql. Do not edit. Rows and their strings live in the arena. */
#ifndef VECHE_SQL_MEMBER_H
#define VECHE_SQL_MEMBER_H

#include "db/db.h"

typedef struct member_names_row {
    int64_t num;
    str name;
} member_names_row;
typedef struct member_names_row_list {
    member_names_row *items;
    size_t len;
} member_names_row_list;

rc sql_member_set(db *d, str photo, const double *score, str name, int64_t now, int64_t num);
/* Members of a list who own a post. */
rc sql_member_names(db *d, arena *a, const int64_t *nums, size_t nums_len, member_names_row_list *out);
/* NULL is a value here, and $name:text? is said twice. */
rc sql_member_nickname(db *d, str name, str photo, int64_t num);

/* for sql_registry.c */
extern const db_query query_member_set;
extern const db_query query_member_names;
extern const db_query query_member_nickname;

#endif
