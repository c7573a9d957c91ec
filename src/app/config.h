/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the command line says. Everything else is a setting in the database. */
#ifndef VECHE_CONFIG_H
#define VECHE_CONFIG_H

#include "base/str.h"
#include "http/server.h"

typedef struct config {
    const char *data;    /* the data folder */
    const char *db;      /* NULL: data/veche.db; else postgres://… */
    const char *address;
    const char *unix_path; /* NULL: none */
    int port, threads, pg_threads;
    compress_when compress;
    bool limits_off;     /* benchmarks and tests only */
    bool run_twice;      /* tests only */
    void (*media_hangs)(void *arg, int64_t number); /* of a web process: media/workers.h; NULL: no pictures are made or shown */
    int lock_patience_ms; /* how long the data folder may still be another's: of one that was killed a moment ago */
} config;

/* Reads --data --db --address --port --unix --threads --compress --limits-off …; false (with a line on stderr) when it does not understand. */
bool config_read(int argc, char **argv, config *out);
/* "data/name" as a new string of malloc. */
char *config_path(const config *c, const char *name);

#endif
