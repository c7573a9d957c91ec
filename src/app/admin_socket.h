/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The socket through which `veche admin` speaks to the running server: data/admin.sock, mode 0600, one line in, lines out.
 * Whoever may open it runs the server anyway. The same words work on a data folder at rest: the command then takes its lock. */
#ifndef VECHE_ADMIN_SOCKET_H
#define VECHE_ADMIN_SOCKET_H

#include "app/house.h"

#define ADMIN_LINE_MAX 4096 /* bytes, with the line's end: the longest reason in any alphabet fits */

/* What every command ends with; one digit on the socket. */
enum admin_code { ADMIN_DONE = 0, ADMIN_FAILED = 1, ADMIN_MISUSED = 2 };

typedef struct admin_socket admin_socket;

rc admin_socket_open(house *h, const config *c, admin_socket **out);
void admin_socket_close(admin_socket *s);

/* Runs one line ("suspend olga spam") and writes what to print; an admin_code. */
int admin_line(house *h, str line, out *o);

#endif
