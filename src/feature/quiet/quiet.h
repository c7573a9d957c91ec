/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Muting members and filtering words (FEATURES B5 of docs/features.md): what is stored and who may change it. How it is kept and
 * compared says graph/quiet.h.
 *
 * Whoever is muted is not told and keeps what they have: only the news of the muter leave their posts out. What has run out is
 * shown nowhere and taken away with the owner's next change. */
#ifndef VECHE_QUIET_H
#define VECHE_QUIET_H

#include "graph/quiet.h"
#include "quiet.sql.h"

#define FILTER_LEAST 2 /* characters */
#define FILTER_MAX 100

/* For how long. Chosen in forms by number. */
typedef enum quiet_span { SPAN_EVER, SPAN_DAY, SPAN_WEEK, SPAN_MONTH, SPANS } quiet_span;

/* The acts of c->viewer; those that write run inside an act. */

/* Mutes, or changes for how long. E_INVALID for oneself, E_NOT_FOUND for nobody, E_GONE for who is not there any more, E_LIMIT past
 * QUIET_MUTES_MAX. Idempotent but for the moment of its end. */
rc quiet_mute_set(ctx *c, int64_t other, quiet_span span);
rc quiet_mute_end(ctx *c, int64_t other);
/* Those that hold, in the order of their numbers. */
rc quiet_mute_list(ctx *c, mute_line_list *out);

/* Adds a filter, or changes the one of the same words (folded). The words are clean, FILTER_LEAST to FILTER_MAX characters. E_INVALID
 * when folding leaves too little of them, E_LIMIT past QUIET_FILTERS_MAX. */
rc quiet_filter_set(ctx *c, str words, bool whole, bool warns, quiet_span span);
rc quiet_filter_end(ctx *c, int64_t ordinal);
rc quiet_filter_list(ctx *c, filter_line_list *out);

#endif
