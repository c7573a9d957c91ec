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

/* Makes room at `path` for a socket of ours: what a server left that ended badly goes, a server that runs keeps its door. */
static bool clear_way(const char *path)
{
    struct stat there;
    if (lstat(path, &there) != 0) return errno == ENOENT;
    if (!S_ISSOCK(there.st_mode)) {
        errno = EEXIST;
        return false;
    }
    int fd = local_connect(path);
    if (fd < 0 && errno == ECONNREFUSED) return unlink(path) == 0;
    if (fd >= 0) close(fd);
    errno = EADDRINUSE;
    return false;
}

int local_listen(const char *path, mode_t mode, int flags, int backlog)
{
    struct sockaddr_un where;
    if (!address_of(path, &where)) return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (fd < 0) return -1;
    if (!clear_way(path)) return close_failed(fd);
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
