/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "app/admin_socket.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/local_socket.h"
#include "base/log.h"

struct admin_socket {
    house *house;
    pthread_t thread;
    int listen_fd, stop_fd;
    char *path;
};

/* Reads one line; false when the other side sends none in time. */
static bool read_line(int fd, char *buffer, size_t *len)
{
    *len = 0;
    struct pollfd wait = {fd, POLLIN, 0};
    while (*len < ADMIN_LINE_MAX && poll(&wait, 1, 5000) == 1) {
        ssize_t n = read(fd, buffer + *len, ADMIN_LINE_MAX - *len);
        if (n <= 0) return false;
        *len += (size_t)n;
        if (memchr(buffer, '\n', *len)) return true;
    }
    return false;
}

static void write_all(int fd, str s)
{
    while (s.len > 0) {
        ssize_t n = send(fd, s.ptr, s.len, MSG_NOSIGNAL);
        if (n <= 0) return;
        s = str_skip(s, (size_t)n);
    }
}

/* The first byte of the answer is the exit code as a digit; the rest is for the screen. */
static void answer(house *h, int fd)
{
    char buffer[ADMIN_LINE_MAX];
    size_t len;
    if (!read_line(fd, buffer, &len)) return;
    str line = str_take((str){buffer, len}, str_find((str){buffer, len}, '\n'));
    out o;
    out_init(&o, OUT_LIMIT_PAGE);
    int code = admin_line(h, line, &o);
    char digit = (char)('0' + code);
    write_all(fd, (str){&digit, 1});
    write_all(fd, out_get(&o));
    out_drop(&o);
}

static void *admin_main(void *arg)
{
    admin_socket *s = arg;
    struct pollfd wait[2] = {{s->listen_fd, POLLIN, 0}, {s->stop_fd, POLLIN, 0}};
    while (poll(wait, 2, -1) >= 0 || errno == EINTR) {
        if (wait[1].revents) break;
        if (!wait[0].revents) continue;
        int fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0) continue;
        answer(s->house, fd);
        close(fd);
    }
    return NULL;
}

rc admin_socket_open(house *h, const config *c, admin_socket **out_)
{
    admin_socket *s = calloc(1, sizeof *s);
    if (!s) die("out of memory");
    *out_ = s;
    s->house = h;
    s->path = config_path(c, "admin.sock");
    s->stop_fd = eventfd(0, EFD_CLOEXEC);
    s->listen_fd = local_listen(s->path, 0600, 0, 8);
    if (s->listen_fd < 0) {
        fprintf(stderr, "veche: cannot open %s: %s\n", s->path, strerror(errno));
        return E_INTERNAL;
    }
    if (pthread_create(&s->thread, NULL, admin_main, s) != 0) die("cannot start a thread");
    return OK;
}

void admin_socket_close(admin_socket *s)
{
    if (!s) return;
    if (s->listen_fd >= 0) {
        uint64_t one = 1;
        ssize_t ignored = write(s->stop_fd, &one, sizeof one);
        (void)ignored;
        pthread_join(s->thread, NULL);
        close(s->listen_fd);
        unlink(s->path);
    }
    close(s->stop_fd);
    free(s->path);
    free(s);
}
