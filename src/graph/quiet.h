/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What c->viewer does not want to read: muted members, and words in what others write (FEATURES B5 of docs/features.md).
 *
 *   mute, word_filter ──with the member's sessions──▶ memory: members sorted, words folded and sorted
 *                                                        │
 *             news: quiet_sift ◀── who wrote it ─────────┤
 *             lists of posts: quiet_says ◀── its words ──┘
 *
 * It is about the reader alone: what it leaves out is left out after judging, outside of every kept fragment, and for nobody else.
 * It is no privacy: nothing is hidden from whom it is about.
 *
 * Words are compared after folding (base/utf8.h: case, ё as е, runs of white space), as a part or between the edges of words. A
 * text is gone through once; at each place only the phrases that begin with the same two bytes are tried, so there is nothing to
 * backtrack over: at most (length of the text) × (phrases with that beginning) short comparisons. */
#ifndef VECHE_GRAPH_QUIET_H
#define VECHE_GRAPH_QUIET_H

#include "graph/graph.h"

#define QUIET_MUTES_MAX 1000
#define QUIET_FILTERS_MAX 100

typedef struct quiet_mute { int64_t other, until; } quiet_mute; /* until: ms; 0 for ever */

typedef struct quiet_filter {
    str folded;  /* at least two bytes */
    str words;   /* as they were typed */
    int64_t until;
    bool whole;  /* whole words only */
    bool warns;  /* folded away behind a line that says so, else left out */
} quiet_filter;

typedef struct quiet {
    size_t mutes_len, filters_len;
    const quiet_mute *mutes;     /* by number */
    const quiet_filter *filters; /* by folded */
    uint64_t begins[16];         /* a bit for each hash of two bytes with which a phrase begins */
} quiet;

/* c->viewer's; empty for guests, and for whoever is stood in for (privacy.h). Borrowed until graph_leave. */
rc graph_quiet(ctx *c, const quiet **out);

bool quiet_is_muted(const quiet *q, int64_t num, int64_t now);
/* Takes the posts of muted members out of the page; it may be empty then and still have a next one. */
rc quiet_sift(ctx *c, news_page *page);

/* The filter that speaks about this text, which is folded: one that hides before one that warns; NULL for none. Pure. */
const quiet_filter *quiet_says(const quiet *q, str folded, int64_t now);

#endif
