/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "http/doors.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/local_socket.h"

#define BACKLOG 4096
#define TRY_EVERY_MS 20

/* The sockets share their port by SO_REUSEPORT, which any other server of this user could join as well. So the first one binds
 * and listens without it, which fails if anybody is there, and lets the others in afterwards. */
static int listen_tcp(const char *address, int *port, bool first)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    int on = 1, shared = !first;
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
    socklen_t len = sizeof where;
    bool listens = inet_pton(AF_INET, address, &where.sin_addr) == 1 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                   setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &shared, sizeof shared) == 0 &&
                   setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
                   bind(fd, (struct sockaddr *)&where, len) == 0 && listen(fd, BACKLOG) == 0 &&
                   setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
                   getsockname(fd, (struct sockaddr *)&where, &len) == 0;
    if (!listens) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    *port = ntohs(where.sin_port);
    return fd;
}

/* What an operator has to know when the server does not start, in a line. */
static rc cannot_listen(const char *where)
{
    fprintf(stderr, "veche: cannot listen on %s: %s\n", where, strerror(errno));
    return E_INTERNAL;
}

static void a_moment(int *patience_ms)
{
    struct timespec pause = {0, TRY_EVERY_MS * 1000000L};
    nanosleep(&pause, NULL);
    *patience_ms -= TRY_EVERY_MS;
}

static rc open_all(const char *address, const char *unix_path, int threads, int patience_ms, doors *d)
{
    char where[64];
    (void)snprintf(where, sizeof where, "%s:%d", address, d->port);
    for (; d->count < threads && d->count < DOORS_MAX; d->count++) {
        int fd;
        while ((fd = listen_tcp(address, &d->port, d->count == 0)) < 0 && errno == EADDRINUSE && patience_ms > 0) a_moment(&patience_ms);
        if (fd < 0) return cannot_listen(where);
        d->tcp[d->count] = fd;
    }
    if (!unix_path) return OK;
    while ((d->unix_fd = local_listen(unix_path, 0660, SOCK_NONBLOCK, BACKLOG)) < 0 && errno == EADDRINUSE && patience_ms > 0)
        a_moment(&patience_ms);
    return d->unix_fd < 0 ? cannot_listen(unix_path) : OK;
}

rc doors_open(const char *address, int port, const char *unix_path, int threads, int patience_ms, doors *out)
{
    *out = (doors){.port = port, .unix_fd = -1};
    rc_code code = open_all(address, unix_path, threads, patience_ms, out);
    if (code != OK) doors_close(out);
    return code;
}

void doors_close(doors *d)
{
    for (int i = 0; i < d->count; i++) close(d->tcp[i]);
    if (d->unix_fd >= 0) close(d->unix_fd);
    *d = (doors){.unix_fd = -1};
}
