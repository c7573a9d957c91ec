/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* veche serve: opens the house, starts the web threads, the jobs and the admin socket, and waits for a signal. */
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "app/admin_socket.h"
#include "app/commands.h"
#include "app/house.h"
#include "app/routes.h"
#include "base/log.h"
#include "feature/account/account.h"
#include "feature/account/account_web.h"
#include "feature/comment/comment.h"
#include "feature/live/live_web.h"
#include "feature/second/second.h"
#include "feature/wall/wall.h"
#include "http/health.h"
#include "page/error.h"


/* On a server without an owner: the one-time link. Whoever can read this console may become the owner. */
static rc print_link(house *h, int port, const char *address)
{
    if (house_site(h)->ready) return OK;
    arena *a = arena_open();
    str token;
    rc_code code = house_setup_link(h, a, &token);
    if (code == OK)
        printf("Set it up within the hour: http://%s:%d/setup/%.*s\n", address, port, STR_ARG(token));
    arena_close(a);
    return code;
}

/* No core files (they would hold members' words and keys), no reading of our memory by neighbours, many descriptors. */
static void harden(void)
{
    struct rlimit none = {0, 0}, files;
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

static const job_kind *const job_kinds[] = {&account_sweep, &wall_sweep, &comment_sweep, &second_sweep, NULL};

/* What the running process alone knows, for the operator's page. */
static void tell_health(void *arg, server *s, health *out)
{
    house *h = arg;
    *out = (health){.version = VECHE_VERSION, .data = house_data(h), .started = house_started(h),
                    .lane = lane_stats_get(house_lane(h)), .graph = graph_stats_get(house_graph(h)),
                    .server = server_stats_get(s)};
}

static void tell_streams(void *s, const change *changes)
{
    streams_publish(s, changes);
}

static const site *site_now(void *arg)
{
    return house_site(arg);
}

static rc serve(const config *c, sigset_t *signals)
{
    house *h = NULL;
    server *s = NULL;
    jobs *j = NULL;
    admin_socket *admin = NULL;
    rc_code code = house_open(c, &h);
    server_config sc = {.where = h ? house_where(h) : NULL, .reads_in_lane = h && house_on_postgres(h), .address = c->address,
                        .port = c->port, .unix_path = c->unix_path, .threads = c->threads, .slow_threads = 2,
                        .compress = c->compress,
                        .limits_off = c->limits_off, .routes = route_tables, .site_now = site_now,
                        .identify = account_identify, .look = live_look, .error_page = page_error, .health = tell_health, .arg = h};
    if (code == OK) {
        sc.lane = house_lane(h);
        sc.graph = house_graph(h);
        sc.ids = house_ids(h);
        code = server_open(&sc, &s);
    }
    if (code == OK) house_tell(h, tell_streams, s);
    if (code == OK) code = jobs_open(house_lane(h), job_kinds, &j);
    if (code == OK) code = admin_socket_open(h, c, &admin);
    if (code == OK) {
        printf("Veche is listening on http://%s:%d\n", c->address, server_port(s));
        code = print_link(h, server_port(s), c->address);
        fflush(stdout);
    }
    int which = 0;
    if (code == OK) sigwait(signals, &which);
    if (which) log_info("signal %d: answering what is under way, then ending", which);
    admin_socket_close(admin);
    if (h) house_tell(h, NULL, NULL);
    server_close(s);
    jobs_close(j);
    house_close(h);
    return code;
}

int command_serve(int argc, char **argv)
{
    config c;
    if (!config_read(argc, argv, &c)) return 2;
    harden();
    /* Blocked before any thread starts, so that only sigwait sees them. */
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    return serve(&c, &signals) == OK ? 0 : 1;
}

int command_version(int argc, char **argv)
{
    (void)argc, (void)argv;
    puts("veche " VECHE_VERSION);
    return 0;
}
