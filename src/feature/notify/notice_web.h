/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* /notifications: what others did that concerns the viewer; /settings/notifications: of what they want to hear. */
#ifndef VECHE_NOTICE_WEB_H
#define VECHE_NOTICE_WEB_H

#include "feature/notify/notice.h"
#include "page/view.h"

extern const route notice_routes[];

#define EXCERPT_POINTS 120

typedef struct notice_line {
    notice_group group;
    person actors[NOTICE_ACTORS];
    msg what;
    url to;
    str excerpt; /* plain; empty: there are no words */
} notice_line;
typedef struct notice_lines { notice_line *items; size_t len; } notice_lines;

typedef struct notices_shown {
    notice_lines lines;
    int64_t newest, next;
    bool fresh; /* there is something to mark as read */
} notices_shown;

/* A kind among the settings. */
typedef struct notice_choice { const char *field; msg what; bool on; } notice_choice;
typedef struct notice_choices { notice_choice items[NOTICE_KINDS]; size_t len; } notice_choices;

#endif
