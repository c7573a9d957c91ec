/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One thread, one loop: signals and the web process's frames come in, due starts and ends go out.
 *
 *   web      one. It says when it is ready. Before that, in its first life, its end is the server's end, with its exit code: it
 *            has said why. Afterwards it is started again, at once or after a pause that doubles; whoever dies ten times in a row,
 *            each time within a minute, stays dead, and so does the server.
 *   media    two, each for one job (media/job.h): it ends by itself when that is done, and the next one waits already. The web
 *            process gets the other end of its channel. One that hangs is ended when the web process asks for it. */
#include "app/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/frames.h"
#include "base/log.h"

#define MEDIA_CHILDREN 2
#define DEATHS_MAX 10
#define LONG_LIFE_MS (60 * INT64_C(1000))
#define STOP_MS (25 * INT64_C(1000)) /* below TimeoutStopSec of the unit */
#define NEVER INT64_MAX

typedef struct child {
    const char *name;
    pid_t pid;      /* 0: none */
    int channel;    /* web: ours to speak on; -1 otherwise */
    int64_t number; /* media: as the web process knows it */
    int64_t began, due;
    int deaths;     /* in a row */
} child;

typedef struct supervisor {
    char **web_argv;
    doors doors;
    int signals;
    child web, media[MEDIA_CHILDREN];
    int64_t serial, stop_by;
    bool ran;      /* a web process has been ready */
    bool stopping;
    int exit_code; /* < 0: go on */
} supervisor;

static int64_t now_ms(void)
{
    return clock_us() / 1000;
}

/* ---- starting ---- */

/* In the child. The supervisor may have died between fork and prctl: then nobody would end us. SIGINT and SIGTERM stay blocked, so
 * that a child which has only just begun hears of them when it looks. */
static _Noreturn void become(pid_t parent, int channel, char **argv)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) _exit(127);
    if (channel == CHILD_CHANNEL ? fcntl(channel, F_SETFD, 0) != 0 : dup2(channel, CHILD_CHANNEL) != CHILD_CHANNEL) _exit(127);
    execv("/proc/self/exe", argv);
    _exit(127);
}

static bool start_child(child *c, char **argv, int *ours)
{
    int ends[2];
    pid_t parent = getpid(), pid = -1;
    if (frame_pair(ends)) {
        pid = fork();
        if (pid == 0) become(parent, ends[1], argv);
        close(ends[1]);
        if (pid < 0) close(ends[0]);
    }
    c->began = now_ms();
    c->due = pid > 0 ? NEVER : c->began + 1000;
    if (pid < 0) {
        log_error("the %s process cannot be started: %s", c->name, strerror(errno));
        return false;
    }
    c->pid = pid;
    *ours = ends[0];
    return true;
}

static bool tell_web(supervisor *s, frame_kind kind, int64_t number, int fd)
{
    frame f = {.kind = kind, .fd_count = fd >= 0, .fds = {fd}, .numbers = {number}};
    return s->web.channel >= 0 && frame_send(s->web.channel, &f);
}

/* A web process that does not take these is about to die; its end is heard of by itself. */
static void start_web(supervisor *s)
{
    if (!start_child(&s->web, s->web_argv, &s->web.channel)) return;
    for (int i = 0; i < s->doors.count; i++) (void)tell_web(s, FRAME_DOOR, s->doors.port, s->doors.tcp[i]);
    if (s->doors.unix_fd >= 0) (void)tell_web(s, FRAME_DOOR, 0, s->doors.unix_fd);
    (void)tell_web(s, FRAME_START, s->ran, -1);
}

static void start_media(supervisor *s, child *c)
{
    static char *const argv[] = {(char *)(uintptr_t)"veche", (char *)(uintptr_t)"media", NULL};
    int channel;
    if (!start_child(c, (char **)(uintptr_t)argv, &channel)) return;
    c->number = ++s->serial;
    (void)tell_web(s, FRAME_MEDIA, c->number, channel);
    close(channel);
}

static void start_due(supervisor *s)
{
    int64_t now = now_ms();
    if (s->stopping) {
        if (s->web.pid && now >= s->stop_by) {
            log_error("the web process does not end; it is ended");
            kill(s->web.pid, SIGKILL);
            s->stop_by = NEVER;
        }
        return;
    }
    if (!s->web.pid && now >= s->web.due) start_web(s);
    for (int i = 0; i < MEDIA_CHILDREN; i++)
        if (s->web.pid && !s->media[i].pid && now >= s->media[i].due) start_media(s, &s->media[i]);
}

/* ---- ending ---- */

/* "exit code 1", "signal 11 (Segmentation fault)", in the caller's buffer. */
static const char *how(int status, char *buffer, size_t room)
{
    if (WIFEXITED(status)) (void)snprintf(buffer, room, "exit code %d", WEXITSTATUS(status));
    else (void)snprintf(buffer, room, "signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    return buffer;
}

static bool well(int status)
{
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The pause before the next start: `first` ms, doubled with each death in a row. */
static void back_off(child *c, int64_t first, int64_t most)
{
    int64_t now = now_ms(), pause = first;
    c->deaths = now - c->began < LONG_LIFE_MS ? c->deaths + 1 : 1;
    for (int i = 1; i < c->deaths && pause < most; i++) pause *= 2;
    c->due = now + (pause < most ? pause : most);
}

static void web_ended(supervisor *s, int status)
{
    char why[64];
    child *w = &s->web;
    w->pid = 0;
    if (w->channel >= 0) close(w->channel);
    w->channel = -1;
    if (s->stopping || !s->ran) {
        if (!WIFEXITED(status)) fprintf(stderr, "veche: the web process was ended by %s\n", how(status, why, sizeof why));
        s->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
        return;
    }
    if (well(status)) { /* somebody asked it alone to end */
        w->deaths = 0;
        w->due = 0;
        log_info("the web process has ended; a new one takes over");
        return;
    }
    back_off(w, 200, 30000);
    if (w->deaths >= DEATHS_MAX) {
        log_error("the web process ended with %s, for the %dth time in a row: giving up", how(status, why, sizeof why), w->deaths);
        s->exit_code = 1;
        return;
    }
    log_error("the web process ended with %s after %lld s; a new one starts in %lld ms", how(status, why, sizeof why),
              (long long)((now_ms() - w->began) / 1000), (long long)(w->due - now_ms()));
}

/* An exit code is its own decision: it could not start, and has said why. A signal is most often a picture's doing. */
static void media_ended(supervisor *s, child *m, int status)
{
    char why[64];
    m->pid = 0;
    if (s->stopping) return;
    if (well(status)) {
        m->deaths = 0;
        m->due = 0;
        return;
    }
    if (WIFEXITED(status)) back_off(m, 1000, 300000);
    else back_off(m, 50, 2000);
    log_warn("media process %lld ended with %s; a new one starts in %lld ms", (long long)m->number, how(status, why, sizeof why),
             (long long)(m->due - now_ms()));
}

static void reap(supervisor *s)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid == s->web.pid) web_ended(s, status);
        for (int i = 0; i < MEDIA_CHILDREN; i++)
            if (pid == s->media[i].pid) media_ended(s, &s->media[i], status);
    }
}

static void stop(supervisor *s, uint32_t which)
{
    if (s->stopping) return;
    log_info("signal %u: answering what is under way, then ending", which);
    s->stopping = true;
    s->stop_by = now_ms() + STOP_MS;
    if (!s->web.pid) s->exit_code = 0;
    else if (!tell_web(s, FRAME_STOP, 0, -1)) kill(s->web.pid, SIGTERM);
}

/* ---- the loop ---- */

static void read_signals(supervisor *s)
{
    struct signalfd_siginfo info;
    while (read(s->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD) reap(s);
        else stop(s, info.ssi_signo);
    }
}

static void hear_web(supervisor *s)
{
    frame f;
    if (frame_receive(s->web.channel, 0, &f) != FRAME_CAME) { /* it is ending, or speaks nonsense: then it must */
        close(s->web.channel);
        s->web.channel = -1;
        if (!s->stopping) kill(s->web.pid, SIGKILL);
        return;
    }
    frame_close_fds(&f);
    if (f.kind == FRAME_READY) s->ran = true;
    for (int i = 0; f.kind == FRAME_HANGS && i < MEDIA_CHILDREN; i++)
        if (s->media[i].pid && s->media[i].number == f.numbers[0]) kill(s->media[i].pid, SIGKILL);
}

/* ms until something is due; -1: nothing is. */
static int pause_ms(const supervisor *s)
{
    int64_t least = s->stopping ? s->stop_by : !s->web.pid ? s->web.due : NEVER, now = now_ms();
    for (int i = 0; !s->stopping && s->web.pid && i < MEDIA_CHILDREN; i++)
        if (!s->media[i].pid && s->media[i].due < least) least = s->media[i].due;
    return least == NEVER ? -1 : least <= now ? 0 : (int)(least - now);
}

static void turn(supervisor *s)
{
    struct pollfd wait[2] = {{s->signals, POLLIN, 0}, {s->web.channel, POLLIN, 0}};
    start_due(s);
    wait[1].fd = s->web.channel;
    if (poll(wait, 2, pause_ms(s)) < 0 && errno != EINTR) die("poll: %s", strerror(errno));
    if (wait[1].revents) hear_web(s);
    if (wait[0].revents) read_signals(s);
}

int supervise(int argc, char **argv, doors *d)
{
    supervisor s = {.doors = *d, .web = {.name = "web", .channel = -1}, .stop_by = NEVER, .exit_code = -1};
    for (int i = 0; i < MEDIA_CHILDREN; i++) s.media[i] = (child){.name = "media", .channel = -1};
    s.web_argv = calloc((size_t)argc + 2, sizeof *s.web_argv);
    if (!s.web_argv) die("out of memory");
    s.web_argv[0] = (char *)(uintptr_t)"veche";
    s.web_argv[1] = (char *)(uintptr_t)"web";
    for (int i = 1; i < argc; i++) s.web_argv[i + 1] = argv[i];
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    s.signals = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    if (s.signals < 0) die("signalfd: %s", strerror(errno));
    while (s.exit_code < 0) turn(&s);
    for (int i = 0; i < MEDIA_CHILDREN; i++)
        if (s.media[i].pid) kill(s.media[i].pid, SIGKILL);
    close(s.signals);
    free(s.web_argv);
    doors_close(&s.doors);
    return s.exit_code;
}
