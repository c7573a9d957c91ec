/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who may see and do what with a member's things, as that member sets it: one audience for each privacy_item (FEATURES B3 of
 * docs/features.md). What the settings mean is decided by graph/privacy.h alone. */
#ifndef VECHE_PROFILE_PRIVACY_H
#define VECHE_PROFILE_PRIVACY_H

#include "graph/privacy.h"

/* By privacy_item; [0] is not used. */
typedef struct privacy_settings { audience of[PRIVACY_ITEMS]; } privacy_settings;

/* c->viewer's settings; the lists are borrowed until graph_leave. */
rc profile_privacy_get(ctx *c, privacy_settings *out);
/* Stores what differs, each audience in its canonical form (lists are sorted in place); what is stored of the viewer's presence
 * follows. Inside an act. E_INVALID past AUDIENCE_LIST_MAX in a list. */
rc profile_privacy_save(ctx *c, privacy_settings *settings);

/* Reads names as people type them ("@olga, pavel  Vera"), parted by blanks, commas or semicolons, into members' numbers; the
 * viewer's own is left out, since nothing is ever closed to oneself. E_NOT_FOUND: nobody has the name that *unknown is then;
 * E_INVALID: more than AUDIENCE_LIST_MAX names. The text is clean; the list lives in the arena. */
rc profile_names_read(ctx *c, str typed, num_list *out, str *unknown);
/* The other way: "@olga, @pavel", in the arena. */
rc profile_names_write(ctx *c, const num_list *nums, str *out);

#endif
