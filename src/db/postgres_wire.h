/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Values as PostgreSQL's binary format writes them (its send and receive functions; big-endian), between db.h and libpq.
 * Only postgres.c includes this file. */
#ifndef VECHE_DB_POSTGRES_WIRE_H
#define VECHE_DB_POSTGRES_WIRE_H

#include "db/db.h"

#include <libpq-fe.h>

#define WIRE_PARAMS_MAX 100

/* One query's parameters as libpq's functions take them. Begins zeroed; used again from query to query. */
typedef struct wire_params {
    int n;
    Oid types[WIRE_PARAMS_MAX];
    const char *values[WIRE_PARAMS_MAX]; /* NULL: SQL NULL */
    int lengths[WIRE_PARAMS_MAX];
    int formats[WIRE_PARAMS_MAX];        /* 1: binary, all of them */
    char *room;                          /* where numbers and lists are laid out */
    size_t room_size;
} wire_params;

/* Lays out n values; text and blobs stay where they are and are only borrowed. E_SYNTAX for a text with a NUL, which
 * PostgreSQL cannot hold (SQLite could, and then the engines would differ); E_TOO_LARGE past 1 GB. */
rc wire_bind(wire_params *p, const db_value *values, int n);
void wire_drop(wire_params *p);

/* A column's value, NULL as 0 or absent. False when the column is of another type; then *v is 0 or absent, too.
 * Integers: boolean, smallint, integer, bigint. Not numeric, of which sum(bigint) is one. Bytes are borrowed. */
bool wire_int(const PGresult *r, int row, int column, int64_t *v);
bool wire_real(const PGresult *r, int row, int column, double *v);
bool wire_text(const PGresult *r, int row, int column, str *v);
bool wire_blob(const PGresult *r, int row, int column, str *v);

#endif
