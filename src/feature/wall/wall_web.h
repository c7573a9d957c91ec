/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Posts on pages: the wall, the news, a post's own page. */
#ifndef VECHE_WALL_WEB_H
#define VECHE_WALL_WEB_H

#include "feature/friends/circles.h"
#include "feature/wall/wall.h"
#include "graph/quiet.h"
#include "page/view.h"

extern const route wall_routes[];

/* What of a post may be kept as a fragment: everything but likes. */
typedef struct post_head {
    person author, owner;
    int64_t ordinal, time, edited_at, audience;
    html text;
    str warning;    /* the text is behind it */
    bool folded;    /* the rest of the text is on the post's own page */
    bool elsewhere; /* on somebody else's wall */
    bool may_edit, may_choose, may_delete, pinned;
    bool guest;     /* then there is no menu */
} post_head;

/* What is patched in. */
typedef struct post_acts {
    int64_t owner, ordinal, likes, comments, reposts;
    bool liked, guest;
    bool may_repost;
    bool still; /* only to be looked at */
} post_acts;

typedef struct composer {
    person owner; /* whose wall */
    str to;       /* back to here after posting */
    bool own;     /* then an audience can be chosen */
    circle_line_list circles; /* … or one of these circles */
    bool open;    /* shown again after a refusal */
} composer;

/* The composer's fields: kept where nothing was typed, or made by wall_pages.html's composer_parts. */
void tpl_composer_rest(out *o, const view *v, const composer *w);

/* Prints posts in order; judged already (graph_news, wall_page). What the snapshot does not have is left out. */
rc wall_put_posts(view *v, out *o, const ring_post *posts, size_t len);
/* The same with a button that takes each out of the viewer's bookmarks. */
rc wall_put_kept(view *v, out *o, const ring_post *posts, size_t len);
/* One post on its own page: lists fold what is long, here it stands whole. */
rc wall_put_post(view *v, out *o, const ring_post *p);
/* The filter of the reader's own that speaks about somebody's words (as stored), if any; never about the reader's own. */
const quiet_filter *wall_filter(ctx *c, const quiet *q, int64_t author, str words);
/* A post as reposts show it: judged already (wall_originals). */
rc wall_put_original(view *v, out *o, const wall_post *p);
/* Can it be passed on? Of a repost the page for it says so. */
bool wall_may_repost(const ring_post *p);

/* Which value of the audience picker is the chosen one; `stored` as it has it ("3", "c2", empty: as it is). */
str wall_audience_chosen(const view *v, str stored, const circle_line_list *circles);

/* A composer for the viewer's own wall; `circles` are the viewer's. */
void wall_composer(view *v, out *o, str to, const circle_line_list *circles);
/* The posts alone, as whoever is stood in for would see them: nothing to act with. `path` is the page's own address, ready for
 * another argument. Prints nothing where the wall is closed. */
rc wall_look(view *v, out *o, int64_t owner, int64_t before, str path);
/* Composer (where the viewer may post), tabs and the first page of a wall, inside somebody's page. */
rc wall_section(view *v, out *o, int64_t owner);

#endif
