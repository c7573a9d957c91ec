/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The socket through which `veche admin` speaks to the running server: data/admin.sock, mode 0600, one line in, lines out.
 * Whoever may open it runs the server anyway. The same words work on a data folder at rest: the command then takes its lock. */
#ifndef VECHE_ADMIN_SOCKET_H
#define VECHE_ADMIN_SOCKET_H

#include "app/house.h"

typedef struct admin_socket admin_socket;

rc admin_socket_open(house *h, const config *c, admin_socket **out);
void admin_socket_close(admin_socket *s);

/* Runs one line ("suspend olga spam") and writes what to print; the exit code. */
int admin_line(house *h, str line, out *o);

#endif
