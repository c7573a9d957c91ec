/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The world of the test templates. */
#ifndef TPLC_TEST_VIEW_H
#define TPLC_TEST_VIEW_H

#include "base/html.h"
#include "base/lang.h"

typedef struct view {
    lang lang;
    str token;
} view;

typedef struct person {
    str name, nick;
    url photo;
    gender gender;
} person;

typedef struct comment {
    person author;
    str text;
} comment;

typedef struct comments {
    comment *items;
    size_t len;
} comments;

typedef struct wall_post {
    int64_t id, likes;
    bool edited;
    person author;
    html text;
    comments comments;
} wall_post;

typedef struct page_args {
    str title;
    int width;
} page_args;

#endif
