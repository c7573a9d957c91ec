/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "db/postgres_wire.h"

#include "base/log.h"

#include <endian.h>

/* From the server's catalogue (pg_type.dat); fixed for ever. */
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_NAME = 19,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_FLOAT4 = 700,
    OID_FLOAT8 = 701,
    OID_UNKNOWN = 705,
    OID_INT8_ARRAY = 1016,
    OID_BPCHAR = 1042,
    OID_VARCHAR = 1043
};

#define VALUE_MAX ((size_t)1 << 30) /* the server's own limit; fits libpq's int */

/* ---- parameters ---- */

static void put32(char **at, uint32_t v)
{
    uint32_t big = htobe32(v);
    memcpy(*at, &big, sizeof big);
    *at += sizeof big;
}

static void put64(char **at, uint64_t v)
{
    uint64_t big = htobe64(v);
    memcpy(*at, &big, sizeof big);
    *at += sizeof big;
}

/* array_recv: dimensions, flags, element type; for each dimension its size and first index; then each element behind its
 * length. An empty array has no dimension. */
static void put_ids(char **at, const int64_t *ids, size_t n)
{
    put32(at, n ? 1 : 0);
    put32(at, 0);
    put32(at, OID_INT8);
    if (!n) return;
    put32(at, (uint32_t)n);
    put32(at, 1);
    for (size_t i = 0; i < n; i++) {
        put32(at, sizeof(int64_t));
        put64(at, (uint64_t)ids[i]);
    }
}

/* Room that a value takes besides the caller's own memory. */
static size_t room_for(const db_value *v)
{
    if (v->null) return 0;
    if (v->type == DB_INT || v->type == DB_REAL) return sizeof(int64_t);
    return v->type == DB_IDS ? 5 * sizeof(uint32_t) + v->n * (sizeof(uint32_t) + sizeof(int64_t)) : 0;
}

static void make_room(wire_params *p, size_t need)
{
    if (need <= p->room_size) return;
    free(p->room);
    p->room = malloc(need);
    if (!p->room) die("out of memory: %zu bytes", need);
    p->room_size = need;
}

static Oid oid_of(db_type type)
{
    switch (type) {
    case DB_INT: return OID_INT8;
    case DB_TEXT: return OID_TEXT;
    case DB_BLOB: return OID_BYTEA;
    case DB_REAL: return OID_FLOAT8;
    case DB_IDS: return OID_INT8_ARRAY;
    case DB_NULL: break;
    }
    return 0; /* the server finds one */
}

static void bind_one(wire_params *p, const db_value *v, char **at)
{
    int i = p->n++;
    p->types[i] = oid_of(v->type);
    p->formats[i] = 1;
    p->values[i] = NULL;
    p->lengths[i] = 0;
    if (v->null || v->type == DB_NULL) return;
    if (v->type == DB_TEXT || v->type == DB_BLOB) {
        p->values[i] = v->s.ptr ? v->s.ptr : "";
        p->lengths[i] = (int)v->s.len;
        return;
    }
    char *from = *at;
    uint64_t bits = (uint64_t)v->i;
    if (v->type == DB_REAL) memcpy(&bits, &v->real, sizeof bits);
    if (v->type == DB_IDS)
        put_ids(at, v->ids, v->n);
    else
        put64(at, bits);
    p->values[i] = from;
    p->lengths[i] = (int)(*at - from);
}

rc wire_bind(wire_params *p, const db_value *values, int n)
{
    if (n > WIRE_PARAMS_MAX) die("%d parameters", n);
    size_t need = 0;
    for (int i = 0; i < n; i++) {
        const db_value *v = &values[i];
        need += room_for(v);
        if (v->null || (v->type != DB_TEXT && v->type != DB_BLOB)) continue;
        if (v->s.len > VALUE_MAX) return E_TOO_LARGE;
        if (v->type == DB_TEXT && v->s.len && memchr(v->s.ptr, 0, v->s.len)) return E_SYNTAX;
    }
    make_room(p, need);
    p->n = 0;
    char *at = p->room;
    for (int i = 0; i < n; i++) bind_one(p, &values[i], &at);
    return OK;
}

void wire_drop(wire_params *p)
{
    free(p->room);
    *p = (wire_params){0};
}

/* ---- columns ---- */

static uint64_t bits_of(const PGresult *r, int row, int column)
{
    const char *from = PQgetvalue(r, row, column);
    int len = PQgetlength(r, row, column);
    uint64_t bits = 0;
    for (int i = 0; i < len && i < 8; i++) bits = bits << 8 | (unsigned char)from[i];
    return bits;
}

bool wire_int(const PGresult *r, int row, int column, int64_t *v)
{
    *v = 0;
    if (PQgetisnull(r, row, column)) return true;
    uint64_t bits = bits_of(r, row, column);
    switch (PQftype(r, column)) {
    case OID_BOOL: *v = bits != 0; return true;
    case OID_INT2: *v = (int16_t)bits; return true;
    case OID_INT4: *v = (int32_t)bits; return true;
    case OID_INT8: *v = (int64_t)bits; return true;
    default: return false;
    }
}

bool wire_real(const PGresult *r, int row, int column, double *v)
{
    *v = 0;
    if (PQgetisnull(r, row, column)) return true;
    uint64_t bits = bits_of(r, row, column);
    Oid type = PQftype(r, column);
    if (type == OID_FLOAT8) {
        memcpy(v, &bits, sizeof *v);
        return true;
    }
    if (type == OID_FLOAT4) {
        uint32_t half = (uint32_t)bits;
        float single;
        memcpy(&single, &half, sizeof single);
        *v = (double)single;
        return true;
    }
    return false;
}

static str bytes_of(const PGresult *r, int row, int column)
{
    return (str){PQgetvalue(r, row, column), (size_t)PQgetlength(r, row, column)};
}

bool wire_text(const PGresult *r, int row, int column, str *v)
{
    *v = STR_NONE;
    if (PQgetisnull(r, row, column)) return true;
    switch (PQftype(r, column)) {
    case OID_TEXT:
    case OID_VARCHAR:
    case OID_BPCHAR:
    case OID_NAME:
    case OID_UNKNOWN: *v = bytes_of(r, row, column); return true;
    default: return false;
    }
}

bool wire_blob(const PGresult *r, int row, int column, str *v)
{
    *v = STR_NONE;
    if (PQgetisnull(r, row, column)) return true;
    if (PQftype(r, column) != OID_BYTEA) return false;
    *v = bytes_of(r, row, column);
    return true;
}
