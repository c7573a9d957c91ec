/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* doors: the listening sockets. Whoever opens them may be another process than the one that serves: the supervisor keeps them
 * open while a new web process takes over, so that no visitor is turned away meanwhile. */
#ifndef VECHE_DOORS_H
#define VECHE_DOORS_H

#include "base/rc.h"

#define DOORS_MAX 64

typedef struct doors {
    int tcp[DOORS_MAX]; /* one for each web thread; they share the port */
    int count;
    int unix_fd; /* -1: none */
    int port;
} doors;

/* Opens one TCP socket for each of `threads`, and the Unix socket unless its path is NULL. What belongs to a server that was
 * killed a moment ago is waited for, `patience_ms` at most. With a line on stderr when it cannot; then nothing is left open. */
rc doors_open(const char *address, int port, const char *unix_path, int threads, int patience_ms, doors *out);
void doors_close(doors *d);

#endif
