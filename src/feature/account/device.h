/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A device on which a member has logged in before: a cookie that we signed for it. It opens nothing. It only keeps a stranger who
 * guesses at the member's name from keeping the member out, so nothing of it is stored. */
#ifndef VECHE_DEVICE_H
#define VECHE_DEVICE_H

#include "base/arena.h"
#include "http/site.h"

#define DEVICE_COOKIE_S (INT64_C(365) * 86400)

/* A token for this member's device, in the arena. */
str device_new(arena *a, const site *site, int64_t num);
/* Did we sign it for this member? Absent and foreign ones are not known. */
bool device_known(const site *site, int64_t num, str token);

#endif
