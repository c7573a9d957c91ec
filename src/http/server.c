/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Threads, sockets and the epoll loop. A web thread sleeps in epoll on its daemons' own epoll descriptors, on its
 * eventfd (exchanges that come home) and on its streams. MHD_run does the network work; what it hands us goes through exchange_step. */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/exchange.h"
#include "page/fragment.h"

#define CONNECTIONS_MAX 20000
#define HEADER_MEMORY ((size_t)24 * 1024)
#define SPARES_MAX 128 /* after a rush the memory of the others goes back */
#define FRAGMENT_BUDGET ((size_t)48 << 20)

static void close_fd(int fd)
{
    if (fd >= 0) close(fd);
}

static exchange *exchange_take(web_thread *t)
{
    exchange *x = t->spare;
    if (x) {
        t->spare = x->next;
        t->spares--;
    } else {
        x = calloc(1, sizeof *x);
        if (!x) die("out of memory");
        x->arena = arena_open();
        out_init(&x->page, OUT_LIMIT_PAGE);
        out_init(&x->body, OUT_LIMIT_PAGE);
        out_init(&x->packed, OUT_LIMIT_PAGE);
    }
    arena *memory = x->arena;
    out page = x->page, body = x->body, packed = x->packed;
    *x = (exchange){.home = t, .arena = memory, .page = page, .body = body, .packed = packed, .file_fd = -1};
    return x;
}

static void exchange_free(exchange *x)
{
    arena_close(x->arena);
    out_drop(&x->page);
    out_drop(&x->body);
    out_drop(&x->packed);
    free(x);
}

static void exchange_give_back(exchange *x)
{
    web_thread *t = x->home;
    t->body_bytes -= x->body.len;
    if (x->r.route && x->r.route->finally) x->r.route->finally(&x->r);
    exchange_uploads_drop(x);
    close_fd(x->file_fd); /* MHD has what it sends */
    if (t->spares == SPARES_MAX) {
        exchange_free(x);
        return;
    }
    arena_reset(x->arena);
    out_reset(&x->page);
    out_reset(&x->body);
    out_reset(&x->packed);
    x->next = t->spare;
    t->spare = x;
    t->spares++;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
    (void)cls, (void)connection;
    exchange *x = *state;
    *state = NULL;
    if (!x) return;
    if (why == MHD_REQUEST_TERMINATED_TIMEOUT_REACHED && x->stage == STAGE_BODY && x->r.method == POST) exchange_body_late(x);
    exchange_give_back(x);
}

/* MHD decodes the address before it hands it over; we want it as it came, since "%2f" is not "/". What this returns is the
 * state that on_request and on_completed get. */
static void *on_address(void *cls, const char *raw, struct MHD_Connection *connection)
{
    exchange *x = exchange_take(cls);
    x->connection = connection;
    x->raw = arena_str(x->arena, str_of(raw));
    return x;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *data, size_t *data_len, void **state)
{
    web_thread *t = cls;
    exchange *x = *state;
    if (x->stage == STAGE_HEAD) {
        enum MHD_Result result;
        x->stage = STAGE_BODY;
        __atomic_add_fetch(&t->requests, 1, __ATOMIC_RELAXED);
        x->names_host = exchange_names_host(connection, version);
        if (x->names_host && exchange_asset(connection, url, method, &result)) return result;
        x->outcome = exchange_read_head(x, method);
        /* A refusal that does not need the body is given at once; MHD then closes the connection after the answer. */
        if (x->outcome == OK) return MHD_YES;
        x->refused = true;
    } else if (*data_len > 0) {
        size_t len = *data_len;
        *data_len = 0;
        return exchange_take_body(x, data, len);
    }
    if (x->stage == STAGE_BODY) {
        exchange_body_done(x);
        x->stage = x->refused ? STAGE_SHOW : STAGE_PREPARE;
    }
    return exchange_step(x) ? exchange_answer(x) : MHD_YES;
}

void exchange_home(exchange *x)
{
    web_thread *t = x->home;
    pthread_mutex_lock(&t->lock);
    bool first = t->came_home == NULL;
    x->next = t->came_home;
    t->came_home = x;
    pthread_mutex_unlock(&t->lock);
    if (first) {
        uint64_t one = 1;
        ssize_t ignored = write(t->wake, &one, sizeof one);
        (void)ignored; /* the counter cannot overflow: it is read each turn */
    }
}

static void resume_home(web_thread *t)
{
    uint64_t count;
    ssize_t ignored = read(t->wake, &count, sizeof count);
    (void)ignored;
    pthread_mutex_lock(&t->lock);
    exchange *x = t->came_home;
    t->came_home = NULL;
    pthread_mutex_unlock(&t->lock);
    while (x) {
        exchange *next = x->next;
        t->away--;
        MHD_resume_connection(x->connection);
        x = next;
    }
}

static int loop_timeout(web_thread *t)
{
    MHD_UNSIGNED_LONG_LONG ms, least = 1000;
    if (MHD_get_timeout(t->daemon, &ms) == MHD_YES && ms < least) least = ms;
    if (t->unix_daemon && MHD_get_timeout(t->unix_daemon, &ms) == MHD_YES && ms < least) least = ms;
    return streams_timeout(t, (int)least);
}

static void *web_main(void *arg)
{
    web_thread *t = arg;
    struct epoll_event events[64];
    while (!__atomic_load_n(&t->stopping, __ATOMIC_ACQUIRE)) {
        int n = epoll_wait(t->epoll, events, 64, loop_timeout(t));
        if (n < 0 && errno != EINTR) die("epoll: %s", strerror(errno));
        for (int i = 0; i < n; i++)
            if (events[i].data.ptr) streams_client_said(t, events[i].data.ptr, events[i].events);
        resume_home(t);
        MHD_run(t->daemon);
        if (t->unix_daemon) MHD_run(t->unix_daemon);
        streams_turn(t);
    }
    return NULL;
}

static struct MHD_Daemon *start_daemon(web_thread *t, int fd)
{
    struct MHD_Daemon *d = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO, 0, NULL, NULL, on_request, t, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_URI_LOG_CALLBACK, on_address, t, MHD_OPTION_NOTIFY_COMPLETED, on_completed, t, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)EXCHANGE_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEADER_MEMORY,
        MHD_OPTION_END);
    if (!d) return NULL;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(d, MHD_DAEMON_INFO_EPOLL_FD);
    struct epoll_event event = {.events = EPOLLIN}; /* no data.ptr: not a stream */
    if (epoll_ctl(t->epoll, EPOLL_CTL_ADD, info->epoll_fd, &event) != 0) die("epoll: %s", strerror(errno));
    return d;
}

static unsigned connections(struct MHD_Daemon *d)
{
    const union MHD_DaemonInfo *info = d ? MHD_get_daemon_info(d, MHD_DAEMON_INFO_CURRENT_CONNECTIONS) : NULL;
    return info ? info->num_connections : 0;
}

static void join_thread(web_thread *t)
{
    __atomic_store_n(&t->stopping, true, __ATOMIC_RELEASE);
    uint64_t one = 1;
    ssize_t ignored = write(t->wake, &one, sizeof one);
    (void)ignored;
    pthread_join(t->thread, NULL);
}

/* Answers what is under way, for a moment. MHD aborts when it is stopped while a connection is suspended: so everybody comes home
 * first, however long that takes. */
static void drain(web_thread *t)
{
    streams_end_all(t);
    for (int turn = 0; turn < 100 || t->away > 0; turn++) {
        resume_home(t);
        streams_turn(t);
        MHD_run(t->daemon);
        if (t->unix_daemon) MHD_run(t->unix_daemon);
        struct timespec pause = {0, 2000000};
        nanosleep(&pause, NULL);
        if (t->away == 0 && connections(t->daemon) + connections(t->unix_daemon) == 0) break;
    }
}

/* Also of a thread that was opened in part: then it has no thread yet. */
static void thread_close(web_thread *t)
{
    if (t->runs) join_thread(t);
    if (t->daemon) MHD_quiesce_daemon(t->daemon); /* the sockets are ours again */
    if (t->unix_daemon) MHD_quiesce_daemon(t->unix_daemon);
    if (t->runs) drain(t);
    if (t->daemon) MHD_stop_daemon(t->daemon);
    if (t->unix_daemon) MHD_stop_daemon(t->unix_daemon);
    if (t->db) db_close(t->db);
    if (t->reader) graph_reader_close(t->reader);
    fragment_cache_close(t->fragments);
    packer_close(t->packer);
    streams_close(t->streams);
    while (t->spare) {
        exchange *x = t->spare;
        t->spare = x->next;
        exchange_free(x);
    }
    close_fd(t->epoll);
    close_fd(t->wake);
    pthread_mutex_destroy(&t->lock);
}

/* The thread's own socket, and for the first one the Unix socket as well. */
static rc open_doors(server *s, web_thread *t, int i)
{
    t->daemon = start_daemon(t, s->doors.tcp[i]);
    if (!t->daemon) return E_INTERNAL;
    if (i > 0 || s->doors.unix_fd < 0) return OK;
    t->unix_daemon = start_daemon(t, s->doors.unix_fd);
    return t->unix_daemon ? OK : E_INTERNAL;
}

static rc thread_open(server *s, web_thread *t, int i)
{
    *t = (web_thread){.server = s, .epoll = epoll_create1(EPOLL_CLOEXEC),
                      .wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    pthread_mutex_init(&t->lock, NULL);
    struct epoll_event event = {.events = EPOLLIN};
    if (t->epoll < 0 || t->wake < 0 || epoll_ctl(t->epoll, EPOLL_CTL_ADD, t->wake, &event) != 0) {
        log_error("no event loop: %s", strerror(errno));
        return E_INTERNAL;
    }
    t->fragments = fragment_cache_open(FRAGMENT_BUDGET);
    t->packer = packer_open();
    t->streams = streams_open();
    if (!s->config.reads_in_lane) {
        TRY(db_open(s->config.where, true, &t->db));
        t->reader = graph_reader_open(s->config.graph);
    }
    return open_doors(s, t, i);
}

static rc open_threads(server *s)
{
    s->threads = calloc((size_t)s->config.threads, sizeof *s->threads);
    if (!s->threads) die("out of memory");
    for (; s->opened < s->config.threads; s->opened++) {
        web_thread *t = &s->threads[s->opened];
        rc_code code = thread_open(s, t, s->opened);
        if (code == OK) continue;
        thread_close(t);
        return code;
    }
    return OK;
}

rc server_open(const server_config *config, server **out_)
{
    server *s = calloc(1, sizeof *s);
    if (!s) die("out of memory");
    *out_ = NULL;
    s->config = *config;
    s->doors = (doors){.unix_fd = -1};
    s->router = router_open(config->routes);
    s->slow = pool_open(config->slow_threads, 4 * config->slow_threads + 8);
    s->files = pool_open(config->slow_threads, 16 * config->slow_threads);
    s->limits = limits_open();
    rc_code code = OK;
    if (config->doors) s->doors = *config->doors;
    else code = doors_open(config->address, config->port, config->unix_path, config->threads, 0, &s->doors);
    if (code == OK) code = open_threads(s);
    if (code != OK) {
        server_close(s);
        return code;
    }
    for (int i = 0; i < s->opened; i++) {
        web_thread *t = &s->threads[i];
        if (pthread_create(&t->thread, NULL, web_main, t) != 0) die("cannot start a thread");
        t->runs = true;
    }
    *out_ = s;
    return OK;
}

int server_port(const server *s)
{
    return s->doors.port;
}

void server_close(server *s)
{
    if (!s) return;
    for (int i = 0; i < s->opened; i++) thread_close(&s->threads[i]);
    doors_close(&s->doors);
    pool_close(s->slow);
    pool_close(s->files);
    limits_close(s->limits);
    router_close(s->router);
    free(s->threads);
    free(s);
}

server_stats server_stats_get(server *s)
{
    server_stats all = {0};
    for (int i = 0; i < s->config.threads; i++) {
        web_thread *t = &s->threads[i];
        all.requests += __atomic_load_n(&t->requests, __ATOMIC_RELAXED);
        all.errors += __atomic_load_n(&t->errors, __ATOMIC_RELAXED);
        all.open_connections += connections(t->daemon) + connections(t->unix_daemon);
        all.streams += (int64_t)streams_count(t);
    }
    return all;
}
