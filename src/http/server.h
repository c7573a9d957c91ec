/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The web server: libmicrohttpd stays behind this file.
 *
 * Each web thread owns an epoll loop, one MHD daemon in external epoll mode, an eventfd for wake-ups, a read connection
 * (SQLite) and a pool of request memory. The kernel spreads connections over the threads' SO_REUSEPORT sockets. (MHD's own
 * epoll threads of 0.9.75 wait a full time-out after a batch of exactly 128 events; driving epoll ourselves avoids that.) */
#ifndef VECHE_SERVER_H
#define VECHE_SERVER_H

#include "db/lane.h"
#include "graph/graph.h"
#include "http/doors.h"
#include "http/limits.h"
#include "http/req.h"
#include "http/site.h"
#include "http/streams.h"

typedef struct server server;
struct health;

/* Pages; static files are always sent compressed. Auto: not over the Unix socket, where a proxy does it. */
typedef enum compress_when { COMPRESS_AUTO, COMPRESS_ON, COMPRESS_OFF } compress_when;

typedef struct server_config {
    const char *where;      /* the database, as for db_open */
    bool reads_in_lane;     /* PostgreSQL */
    const doors *doors;     /* open already, as many as threads, and the server's from now on; NULL: it opens its own */
    const char *address;    /* "127.0.0.1" */
    int port;               /* 0: none free is chosen; see server_port */
    const char *unix_path;  /* NULL: none. Forwarded addresses are believed only here */
    int threads;            /* web threads */
    int slow_threads;       /* Argon2 and the like */
    compress_when compress;
    bool limits_off;        /* benchmarks only */
    int body_seconds;       /* for the whole body of a form; 0: 30 */
    size_t body_budget;     /* bytes of forms in the memory of one web thread; 0: 64 MiB */
    lane *lane;
    graph *graph;
    id_mill *ids;
    struct media *media;    /* for requests; may be NULL in tests: then no route takes files */
    const route *const *routes; /* tables, ended by NULL */
    /* The current settings; borrowed for ever (superseded values are kept). */
    const site *(*site_now)(void *arg);
    /* Finds out who asks: sets c->viewer and r->session from the cookies. In a snapshot. */
    rc (*identify)(req *r);
    /* Looks at a stream again (http/streams.h). */
    stream_look *look;
    /* The same as far as cookies tell without a database: sets r->session, of members only. */
    void (*claims)(req *r);
    /* A file without a name for an upload; -1 with errno. NULL: nothing is taken. */
    int (*stage)(void *arg);
    /* Writes a whole page for a status; must not fail. May run without a database (r->c->db NULL). */
    void (*error_page)(req *r, rc_code code);
    /* Fills in what only the process knows (http/health.h). */
    void (*health)(void *arg, server *s, struct health *out);
    void *arg;
} server_config;

/* With a line on stderr when it cannot; then nothing is left open, the doors neither. */
rc server_open(const server_config *config, server **out);
int server_port(const server *s);
/* Stops accepting, answers what is under way, ends the threads. */
void server_close(server *s);

typedef struct server_stats { uint64_t requests, errors; int64_t open_connections, streams; } server_stats;
server_stats server_stats_get(server *s);

#endif
