/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Polls on pages: inside posts, in the form of a new post, and who chose what. */
#ifndef VECHE_POLL_WEB_H
#define VECHE_POLL_WEB_H

#include "feature/poll/poll.h"
#include "page/view.h"

extern const route poll_routes[];

/* What a post's form says about a poll. *there: false when nothing was filled in. */
rc poll_from_form(req *r, poll_draft *out, bool *there);

/* A poll inside its post: to choose, or what was chosen. */
typedef struct poll_view {
    int64_t owner, ordinal;
    poll poll;
    bool choosing; /* the viewer may choose, and has not yet */
} poll_view;
void poll_put(view *v, out *o, int64_t owner, int64_t ordinal, const poll *q);

#endif
