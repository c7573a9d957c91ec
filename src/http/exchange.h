/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* exchange: one request on its way through the stages (http/req.h). Inside http/ only.
 *
 * `stage` says what comes next. A stage runs on the web thread (exchange_step), in the slow pool or in the lane; whoever ends
 * one elsewhere submits the following one or sends the exchange home. While an exchange is away from its web thread the connection is
 * suspended; coming home means: onto the thread's list, one byte into its eventfd, resume, and MHD asks for the answer. */
#ifndef VECHE_EXCHANGE_H
#define VECHE_EXCHANGE_H

#include <microhttpd.h>
#include <pthread.h>

#include "db/db.h"
#include "http/compress.h"
#include "http/pool.h"
#include "http/router.h"
#include "http/server.h"
#include "http/streams.h"

#define EXCHANGE_IDLE_S 30 /* a connection that says nothing for so long is closed */

typedef enum stage { STAGE_HEAD, STAGE_BODY, STAGE_PREPARE, STAGE_SLOW, STAGE_ACT, STAGE_SHOW, STAGE_ANSWER } stage;

typedef struct web_thread web_thread;
typedef struct stream_set stream_set;
typedef struct upload_run upload_run;

typedef struct exchange {
    struct exchange *next; /* in the pool or on the way home */
    web_thread *home;
    struct MHD_Connection *connection;
    str raw; /* the address as it came */
    arena *arena;
    out page, body, packed; /* packed: the page as it is sent, when that is compressed */
    ctx c;
    req r;
    lane_job job;
    pool_job slow;
    stage stage;
    rc_code outcome;    /* of prepare, slow and act; of show as well in the end */
    failure why;        /* what the outcome is about: the lane clears c.err before each run */
    rc_code entered;    /* the outcome with which the present stage began: what runs again begins there */
    rc_code parsed;     /* whether the form could be read: first of all, so that whatever happens then can show it again */
    int paid, asked;    /* limits taken by this request, and asked for by the present run of a stage: what runs again pays once */
    bool admitted;      /* the route is open to this viewer: only then may its form be shown again */
    bool by_proxy;      /* over the Unix socket */
    bool head;          /* HEAD: GET without the body */
    stream_subject *subject; /* the answer is a stream; NULL: it is a page */
    bool names_host;    /* as its version of HTTP asks for */
    bool refused;       /* answered before the body was read: the connection closes */
    uint32_t body_max;
    int64_t began_us;   /* when the head was there: for the body's deadline */
    size_t thrown_away; /* bytes of a body that was refused */
    str address;        /* of the client; for limits only */
    upload_run *upload_run; /* of a form with files; NULL: of one without */
    int file_fd;        /* what is sent instead of a page; -1: the page */
    int file_seconds;   /* how long it may be kept */
    int64_t file_len;
} exchange;

struct web_thread {
    server *server;
    pthread_t thread;
    int epoll, wake;
    struct MHD_Daemon *daemon, *unix_daemon;
    db *db; /* SQLite only */
    graph_reader *reader;
    struct fragment_cache *fragments;
    packer *packer;
    stream_set *streams;
    pthread_mutex_t lock;
    exchange *came_home; /* under the lock */
    exchange *spare;
    int spares;
    uint64_t requests, errors;
    int64_t away;    /* exchanges whose connection is suspended */
    size_t body_bytes; /* of forms, in all its exchanges */
    bool runs, stopping;
};

struct server {
    server_config config;
    router *router;
    pool *slow, *files; /* files: what reads uploads, which takes longer and must not keep anybody from logging in */
    limits *limits;
    web_thread *threads;
    int opened; /* of them */
    doors doors; /* ours to close */
};

/* On the web thread: runs stages until there is an answer (true) or the exchange is away (false: it belongs to another thread
 * now and must not be touched). */
bool exchange_step(exchange *x);
/* From any thread: the exchange belongs to its web thread again. */
void exchange_home(exchange *x);

/* body.c: a piece of the body; and the end of one that did not come in time, when MHD has given the connection up. */
enum MHD_Result exchange_take_body(exchange *x, const char *data, size_t len);
void exchange_body_late(exchange *x);
/* The body is complete: the request's time begins. */
void exchange_body_done(exchange *x);
/* Not read any further. */
void exchange_body_refuse(exchange *x, rc_code code, msg sentence, const char *why);
/* Adds to what is kept of the body; false when there is no room for it: then it is refused. */
bool exchange_body_keep(exchange *x, const str *pieces, size_t count);

/* uploads.c: forms with files. `begin` is false when the route takes none, or it is not such a form. */
#define UPLOAD_FIELDS_MAX 64
bool exchange_uploads_begin(exchange *x, str content_type);
void exchange_uploads_take(exchange *x, str bytes);
rc exchange_uploads_done(exchange *x);
void exchange_uploads_drop(exchange *x);

/* request.c: from MHD's connection to a req; answer.c: back. */
bool exchange_names_host(struct MHD_Connection *connection, const char *version);
rc exchange_read_head(exchange *x, const char *method);
enum MHD_Result exchange_answer(exchange *x);
/* The same past MHD, which takes no answer before the body's end; the connection must be closed then. */
void exchange_answer_past_mhd(exchange *x);
/* The head of a stream, but for what streams.c adds. */
void exchange_put_stream_head(exchange *x, out *o);
/* A static file, straight from the embedded table; false when the path names none. */
bool exchange_asset(struct MHD_Connection *connection, const char *url, const char *method, enum MHD_Result *result);

/* streams.c, on the web thread. The set is opened before the thread and closed after it. */
stream_set *streams_open(void);
void streams_close(stream_set *set);
/* An exchange with a subject becomes a stream; its connection is then to be refused (MHD_NO). */
void streams_take(exchange *x);
/* The epoll has something to say about a stream. */
void streams_client_said(web_thread *t, void *stream, uint32_t events);
/* Once each turn of the loop. */
void streams_turn(web_thread *t);
/* ms until the next turn is needed, at most `most`. */
int streams_timeout(const web_thread *t, int most);
/* Ends all; one that is being looked at is freed by a later turn. */
void streams_end_all(web_thread *t);
/* Any thread. */
size_t streams_count(const web_thread *t);

/* csrf.c */
rc csrf_check(req *r);
str csrf_token(arena *a, const site *site, str session, const unsigned char nonce[16]);
/* The nonce of a genuine token of this session; false otherwise. */
bool csrf_nonce(const site *site, str session, str token, unsigned char nonce[16]);

#endif
