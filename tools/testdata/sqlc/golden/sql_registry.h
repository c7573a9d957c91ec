/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Made by tools/sqlc.py. Do not edit. Every query of the program, by slot. */
#ifndef VECHE_SQL_REGISTRY_H
#define VECHE_SQL_REGISTRY_H

#include "db/db.h"

#define SQL_QUERY_COUNT 10
extern const db_query *const sql_registry[SQL_QUERY_COUNT];

#endif
