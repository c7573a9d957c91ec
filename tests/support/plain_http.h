/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* plain_http: HTTP as bytes on a socket, for tests in C that run a server in their own process: one request a connection.
 * What cannot be sent or read ends the test. */
#ifndef VECHE_TEST_PLAIN_HTTP_H
#define VECHE_TEST_PLAIN_HTTP_H

#include "base/arena.h"

typedef struct http_answer {
    int status;
    str head, body; /* head: with its status line; empty body: none */
} http_answer;

/* Sends it all and returns the socket. */
int http_send(int port, str request);
/* Reads to the end of the connection, and closes. In the arena. */
http_answer http_read(arena *a, int fd);
http_answer http_ask(arena *a, int port, str request);
/* A whole request with "Connection: close" and these further header lines, each ended by CR LF. */
str http_get(arena *a, str path, str headers);
str http_post(arena *a, str path, str headers, str body);
/* The value of a header; absent when there is none. `name` as it is sent. */
str http_header(const http_answer *answer, const char *name);

#endif
