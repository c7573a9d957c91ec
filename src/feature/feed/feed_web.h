/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The news (FEATURES E1 of docs/features.md): posts of friends and of those whom one follows, newest first. Pulled on each
 * request from memory (graph_news), judged there; nothing is stored per reader. */
#ifndef VECHE_FEED_WEB_H
#define VECHE_FEED_WEB_H

#include "http/req.h"

extern const route feed_routes[];

#endif
