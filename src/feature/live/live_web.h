/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* live: what changes while a page is open (FEATURES E2 of docs/features.md), as events of one stream a browser.
 *
 *   event     id               data
 *   news      the newest post  ["9223…", …]     posts in the viewer's news that are newer than `since` or Last-Event-ID
 *   counters                   {"requests":2,"notices":1}  what the frame counts
 *
 * An event carries numbers and no words: whoever opens the page is judged once more. */
#ifndef VECHE_LIVE_WEB_H
#define VECHE_LIVE_WEB_H

#include "http/req.h"
#include "http/streams.h"

#define LIVE_NEWS_MAX 50 /* of new posts in one event */

extern const route live_routes[];

/* server_config.look. E_NOT_FOUND when the session is over or its member is not active: the stream ends. */
stream_look live_look;

#endif
