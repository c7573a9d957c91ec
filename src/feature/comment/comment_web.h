/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A post's own page, with what was said under it; a comment's page; the forms. */
#ifndef VECHE_COMMENT_WEB_H
#define VECHE_COMMENT_WEB_H

#include "feature/comment/comment.h"
#include "graph/quiet.h"
#include "page/view.h"

extern const route comment_routes[];

typedef struct comment_view {
    comment_row row;
    person author, answered;
    html text;
    const quiet_filter *filter; /* the reader's own, if one speaks about it; NULL on the comment's own page */
    bool stub;    /* a thread's beginning that is not there, or not for this viewer: nothing else is set */
    bool answers; /* `answered` may be named */
    bool inside;  /* an answer, in its thread */
    bool here;    /* whose page this is */
    bool liked, may_edit, may_delete;
} comment_view;
typedef struct comment_view_list { comment_view *items; size_t len; } comment_view_list;

typedef struct comment_form {
    bool may;        /* else the page says why not */
    int64_t parent;  /* the number of the comment that is answered; 0: none */
    str answered;    /* who wrote that */
} comment_form;

/* What stands under a post. */
typedef struct comments_view {
    wall_post post;
    comment_view_list list;
    comment_form form;
    bool threads, alone; /* sorted by threads; a comment's own page */
    url earlier, later;  /* empty: nothing there */
} comments_view;

#endif
