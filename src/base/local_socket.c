/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/local_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool address_of(const char *path, struct sockaddr_un *out)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof out->sun_path) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(out->sun_path, path, strlen(path) + 1);
    return true;
}

static int close_failed(int fd)
{
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

int local_listen(const char *path, mode_t mode, int flags, int backlog)
{
    struct sockaddr_un where;
    if (!address_of(path, &where)) return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (fd < 0) return -1;
    unlink(path);
    mode_t before = umask(0777 & ~mode);
    int bound = bind(fd, (struct sockaddr *)&where, sizeof where);
    umask(before);
    return bound == 0 && listen(fd, backlog) == 0 ? fd : close_failed(fd);
}

int local_connect(const char *path)
{
    struct sockaddr_un where;
    if (!address_of(path, &where)) return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    return connect(fd, (struct sockaddr *)&where, sizeof where) == 0 ? fd : close_failed(fd);
}
