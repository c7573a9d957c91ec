/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The path of a request, before anything else looks at it. */
#ifndef VECHE_PATH_H
#define VECHE_PATH_H

#include "base/arena.h"
#include "base/rc.h"

#define PATH_MAX_BYTES 2048

/* Decodes a path as it stood in the request line (without the query, not yet decoded by anyone), into the arena. There is one
 * way to write each of our addresses, and whatever could be read in two ways is not one of them. E_NOT_FOUND, *path untouched:
 *   does not begin with '/', or is longer than PATH_MAX_BYTES
 *   an empty, "." or ".." segment (a '/' at the end is allowed)
 *   an escape that is broken, or stands for '.', '/', '\', '%' (a double encoding) or a control character
 *   a backslash or a control character, NUL included
 *   not UTF-8 once decoded */
rc path_check(arena *a, str raw, str *path);

#endif
