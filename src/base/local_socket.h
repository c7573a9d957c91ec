/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Unix sockets by path: the proxy's door to the web threads, the operator's to the admin commands. */
#ifndef VECHE_LOCAL_SOCKET_H
#define VECHE_LOCAL_SOCKET_H

#include <sys/types.h>

/* A listening stream socket at `path`, close-on-exec, with exactly this mode from its first moment. A socket
 * on which nobody listens any more is removed; EADDRINUSE when somebody does, EEXIST when it is no socket. flags: SOCK_NONBLOCK or
 * 0. -1 with errno. Sets the process's umask for a moment: before other threads make files. */
int local_listen(const char *path, mode_t mode, int flags, int backlog);
/* A stream socket connected to `path`, close-on-exec; -1 with errno. */
int local_connect(const char *path);

#endif
