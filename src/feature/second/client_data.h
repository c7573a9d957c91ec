/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The JSON that a browser writes about a passkey's use (WebAuthn §5.8.1): one object, of which three strings and a truth matter to us.
 * Browsers order and escape it differently, so it is read, and not compared. What is signed are its bytes. */
#ifndef VECHE_CLIENT_DATA_H
#define VECHE_CLIENT_DATA_H

#include "base/arena.h"

#define CLIENT_DATA_MAX 4096
#define CLIENT_DATA_DEPTH 8

typedef struct client_data {
    str type, challenge, origin;
    bool cross_origin;
} client_data;

/* False: it is no JSON (RFC 8259) of ours: longer than CLIENT_DATA_MAX, nested past CLIENT_DATA_DEPTH, something behind it, one of the
 * three strings missing or there twice. Strings in the arena; what is not ASCII in an escape becomes '?'. */
bool client_data_read(arena *a, str json, client_data *out);

#endif
