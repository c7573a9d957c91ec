/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The supervisor: what `veche serve` is. It keeps the listening sockets and its children alive, and knows nothing else: it reads
 * no byte that came from the network, and no secret. docs/architecture.md, "Processes and threads", has the table.
 *
 *      supervisor ── control channel ──▶ web ── channel ──▶ media
 *          └── starts, watches, restarts ──┴──────────────────┘
 *
 * A child is this binary, executed anew (/proc/self/exe), so that none shares another's canaries or layout. Descriptor 3 is its
 * channel; what is said there are frames (base/frames.h). When the supervisor ends, however it ends, the kernel ends the children
 * (PR_SET_PDEATHSIG); the web process holds the data folder's lock, so a new one never writes beside an old one. */
#ifndef VECHE_SUPERVISE_H
#define VECHE_SUPERVISE_H

#include "http/doors.h"

#define CHILD_CHANNEL 3

/* Until a signal asks it to end, or the web process cannot be kept running. `argv`: the arguments of serve, which a web process
 * gets as well. The doors are the supervisor's from now on. Returns the exit code. */
int supervise(int argc, char **argv, doors *d);

#endif
