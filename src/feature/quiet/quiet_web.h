/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* /settings/quiet: whom and which words one does not want to read; /mute/7: the same from somebody's page. And the pieces with
 * which lists of posts fold away or leave out what a filter speaks about. */
#ifndef VECHE_QUIET_WEB_H
#define VECHE_QUIET_WEB_H

#include "feature/quiet/quiet.h"
#include "page/view.h"

extern const route quiet_routes[];

typedef struct mute_row { person who; html until; } mute_row; /* until: in words, empty for ever */
typedef struct mute_row_list { mute_row *items; size_t len; } mute_row_list;

typedef struct filter_row { filter_line f; html until; } filter_row;
typedef struct filter_row_list { filter_row *items; size_t len; } filter_row_list;

typedef struct quiet_page {
    mute_row_list mutes;
    filter_row_list filters;
} quiet_page;

#endif
