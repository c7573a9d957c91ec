/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* veche serve: opens the doors and watches over the web process (app/supervise.h). The web process, a hidden command, opens the
 * house, starts the web threads, the jobs and the admin socket, says that it is ready, and waits until it shall end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/admin_socket.h"
#include "app/commands.h"
#include "app/house.h"
#include "app/routes.h"
#include "app/supervise.h"
#include "base/frames.h"
#include "base/log.h"
#include "feature/account/account.h"
#include "feature/account/account_web.h"
#include "feature/comment/comment.h"
#include "feature/live/live_web.h"
#include "feature/notify/notice.h"
#include "feature/photo/photo.h"
#include "feature/second/second.h"
#include "feature/wall/wall.h"
#include "http/health.h"
#include "media/process.h"
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

static const job_kind *const job_kinds[] = {&account_sweep, &wall_sweep, &comment_sweep, &second_sweep, &photo_sweep, &notice_sweep, NULL};

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

static int stage(void *arg)
{
    return media_stage(house_media(arg));
}

static const site *site_now(void *arg)
{
    return house_site(arg);
}

/* What the supervisor passes on before it lets the web process begin. */
typedef struct handover {
    doors doors;
    bool again; /* the server has run before */
} handover;

#define HANDOVER_MS 30000

static bool take_handover(handover *h)
{
    frame f;
    *h = (handover){.doors = {.unix_fd = -1}};
    while (frame_receive(CHILD_CHANNEL, HANDOVER_MS, &f) == FRAME_CAME) {
        if (f.kind == FRAME_START) {
            h->again = f.numbers[0] != 0;
            return f.fd_count == 0 && h->doors.count > 0;
        }
        if (f.kind != FRAME_DOOR || f.fd_count != 1 || h->doors.count == DOORS_MAX) return false;
        if (f.numbers[0]) h->doors.tcp[h->doors.count++] = f.fds[0], h->doors.port = (int)f.numbers[0];
        else h->doors.unix_fd = f.fds[0];
    }
    return false;
}

/* Until the supervisor or a signal says so. Without a supervisor nothing goes on: a new one may have begun already. */
static void wait_for_end(int signals, media *m)
{
    struct pollfd wait[2] = {{CHILD_CHANNEL, POLLIN, 0}, {signals, POLLIN, 0}};
    for (;;) {
        frame f;
        if (poll(wait, 2, -1) < 0 && errno != EINTR) die("poll: %s", strerror(errno));
        if (wait[1].revents) return;
        if (!wait[0].revents) continue;
        if (frame_receive(CHILD_CHANNEL, 0, &f) != FRAME_CAME) _exit(1);
        if (f.kind == FRAME_MEDIA && f.fd_count == 1) {
            media_workers_add(media_workers_of(m), f.numbers[0], f.fds[0]);
            continue;
        }
        frame_close_fds(&f);
        if (f.kind == FRAME_STOP) return;
    }
}

/* The supervisor ends it and starts another one. */
static void media_hangs(void *arg, int64_t number)
{
    (void)arg;
    (void)frame_send(CHILD_CHANNEL, &(frame){.kind = FRAME_HANGS, .numbers = {number}});
}

static rc serve(const config *c, const handover *given, int signals)
{
    house *h = NULL;
    server *s = NULL;
    jobs *j = NULL;
    admin_socket *admin = NULL;
    rc_code code = house_open(c, &h);
    server_config sc = {.where = h ? house_where(h) : NULL, .reads_in_lane = h && house_on_postgres(h), .doors = &given->doors,
                        .threads = given->doors.count, .slow_threads = 2, .compress = c->compress,
                        .limits_off = c->limits_off, .routes = route_tables, .site_now = site_now,
                        .identify = account_identify, .look = live_look, .error_page = page_error, .claims = account_claims, .stage = stage,
                        .health = tell_health, .arg = h};
    if (code == OK) {
        sc.lane = house_lane(h);
        sc.graph = house_graph(h);
        sc.ids = house_ids(h);
        sc.media = house_media(h);
        code = server_open(&sc, &s);
    }
    if (code == OK) house_tell(h, tell_streams, s);
    if (code == OK) code = jobs_open(house_lane(h), job_kinds, &j);
    if (code == OK) code = admin_socket_open(h, c, &admin);
    if (code == OK && !given->again) {
        printf("Veche is listening on http://%s:%d\n", c->address, server_port(s));
        code = print_link(h, server_port(s), c->address);
        fflush(stdout);
    }
    if (code == OK && frame_send(CHILD_CHANNEL, &(frame){.kind = FRAME_READY})) wait_for_end(signals, house_media(h));
    admin_socket_close(admin);
    if (h) house_tell(h, NULL, NULL);
    server_close(s);
    jobs_close(j);
    house_close(h);
    return code;
}

/* Blocked before any thread starts, so that only who asks for them sees them. */
static int end_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &signals, SFD_CLOEXEC);
}

#define LOCK_PATIENCE_MS 3000

/* With a line on stderr when somebody else started us. */
static bool supervised(const char *what)
{
    int kind;
    socklen_t len = sizeof kind;
    bool ours = getsockopt(CHILD_CHANNEL, SOL_SOCKET, SO_TYPE, &kind, &len) == 0 && kind == SOCK_SEQPACKET &&
                fcntl(CHILD_CHANNEL, F_SETFD, FD_CLOEXEC) == 0;
    if (!ours) fprintf(stderr, "veche: the %s process is started by veche serve\n", what);
    return ours;
}

int command_media(int argc, char **argv)
{
    (void)argc, (void)argv;
    if (!supervised("media")) return 2;
    prctl(PR_SET_NAME, "veche-media");
    harden();
    return media_process(CHILD_CHANNEL);
}

int command_web(int argc, char **argv)
{
    config c;
    handover given;
    if (!supervised("web") || !config_read(argc, argv, &c)) return 2;
    c.lock_patience_ms = LOCK_PATIENCE_MS;
    c.media_hangs = media_hangs;
    prctl(PR_SET_NAME, "veche-web");
    harden();
    if (!take_handover(&given)) return 1;
    int signals = end_signals();
    if (signals < 0) die("signalfd: %s", strerror(errno));
    return serve(&c, &given, signals) == OK ? 0 : 1;
}

#define DOOR_PATIENCE_MS 3000

int command_serve(int argc, char **argv)
{
    config c;
    doors d;
    if (!config_read(argc, argv, &c)) return 2;
    harden();
    signal(SIGPIPE, SIG_IGN);
    if (doors_open(c.address, c.port, c.unix_path, c.threads, DOOR_PATIENCE_MS, &d) != OK) return 1;
    return supervise(argc, argv, &d);
}

int command_version(int argc, char **argv)
{
    (void)argc, (void)argv;
    puts("veche " VECHE_VERSION);
    return 0;
}
