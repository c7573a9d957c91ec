/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Client addresses, for limits only: never stored, never logged. */
#ifndef VECHE_ADDRESS_H
#define VECHE_ADDRESS_H

#include "base/arena.h"

/* What a proxy says of the client, out of the last line of its header: the last element is the address that the proxy itself saw,
 * whatever the client had written before it. Without its port and brackets; empty when it says none. Borrowed.
 *   X-Forwarded-For   198.51.100.7, [2001:db8::7]:4711
 *   Forwarded         for=192.0.2.1, for="[2001:db8::7]:4711";proto=https     (RFC 7239) */
str address_of_x_forwarded(str line);
str address_of_forwarded(str line);

/* Whose limits count for an address as text: an IPv4 address itself, also when it is written as IPv6 (::ffff:192.0.2.1); of an IPv6
 * address its /64, since who has one has 2^64 of them. "local" for anything else. In the arena. */
str address_key(arena *a, str address);

#endif
