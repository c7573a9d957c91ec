/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pictures on pages, and from forms. */
#ifndef VECHE_PHOTO_WEB_H
#define VECHE_PHOTO_WEB_H

#include "feature/photo/photo.h"
#include "page/view.h"

extern const route photo_routes[];

/* A form's pictures: the files of the field "photo", and the lines of the field "alt", one for each, in order. `read` in prepare: their kind and the words about them;
 * `make` in slow; `done` in finally: whether the post that was to have them is there or not decides about the files. */
typedef struct photo_form {
    photo_new items[PHOTOS_MAX];
    size_t len;  /* sent */
    size_t made;
} photo_form;
rc photo_form_read(req *r, photo_form *f);
rc photo_form_make(req *r, photo_form *f);
void photo_form_done(req *r, photo_form *f, bool kept);

/* A picture on its own page, among those of its post. */
typedef struct photo_stand {
    photo_list all;
    const photo *at, *before, *after; /* among them; NULL: none */
    person author;
    int64_t ordinal, time, index; /* of the post; index: from 1 */
} photo_stand;

/* "#8a8f93" */
str photo_colour(const view *v, const photo *p);

/* Prints a post's pictures as a grid; judged already. Nothing when there are none. `version` as of fragments. */
rc photo_put(view *v, out *o, int64_t post, uint32_t version);

/* The address of a size for this viewer. */
url photo_url(const view *v, const photo *p, int box, bool webp);

#endif
