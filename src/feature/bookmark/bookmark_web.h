/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* /bookmarks, and the buttons that lead to it. */
#ifndef VECHE_BOOKMARK_WEB_H
#define VECHE_BOOKMARK_WEB_H

#include "http/req.h"

extern const route bookmark_routes[];

#endif
