/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Made by tools/sqlc.py. Do not edit. */
#include "sql_registry.h"

#include "member.sql.h"
#include "wall.sql.h"

const db_query *const sql_registry[SQL_QUERY_COUNT] = {
    &query_member_set,
    &query_member_names,
    &query_member_nickname,
    &query_wall_page,
    &query_wall_hydrate,
    &query_wall_get,
    &query_wall_add,
    &query_wall_edit,
    &query_wall_drop,
    &query_wall_count,
};
