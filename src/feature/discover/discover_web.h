/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Cards beside the friends: birthdays ahead, people one may know. The template discover_side prints both, or nothing. */
#ifndef VECHE_DISCOVER_WEB_H
#define VECHE_DISCOVER_WEB_H

#include "feature/discover/discover.h"
#include "page/view.h"

extern const route discover_routes[];

typedef struct suggested_row { person who; int64_t mutual; } suggested_row;
typedef struct suggested_row_list { suggested_row *items; size_t len; } suggested_row_list;

typedef struct birthday_row { person who; html when; } birthday_row; /* "tomorrow, turns 31" */
typedef struct birthday_row_list { birthday_row *items; size_t len; } birthday_row_list;

typedef struct discover_view {
    suggested_row_list suggested;
    birthday_row_list birthdays;
} discover_view;
rc discover_view_of(view *v, discover_view *out);

#endif
