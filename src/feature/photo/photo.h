/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pictures on posts (FEATURES D2 of docs/features.md). A picture belongs to one post and lives in the bucket of that wall's owner;
 * who sees it is who sees the post, asked anew each time. Its bytes are files (media/media.h). */
#ifndef VECHE_PHOTO_H
#define VECHE_PHOTO_H

#include "db/jobs.h"
#include "graph/privacy.h"
#include "http/site.h"
#include "media/media.h"
#include "photo.sql.h"

#define PHOTOS_MAX 10
#define PHOTO_ALT_MAX 500 /* code points */
#define PHOTO_BYTES_MAX (20u << 20)

/* Pictures that were made for a post (media_make). */
typedef struct photo_new {
    media_set set;
    str alt;
} photo_new;

/* Inside the act that writes the post. */
rc photo_attach(ctx *c, int64_t owner, int64_t post, const photo_new *items, size_t len);
/* A post's pictures in their order. Not judged: for whoever has judged the post. */
rc photo_of(ctx *c, int64_t post, photo_list *out);
/* One picture with its post; E_NOT_FOUND also for whom the post is not, E_GONE for a deleted one that they could see. */
rc photo_get(ctx *c, int64_t owner, int64_t id, photo_row *out);
/* With the words of a post its pictures are erased; the files follow (photo_sweep). Inside an act. */
rc photo_erase(ctx *c, int64_t bucket, int64_t post);

/* The sizes of a picture as it is shown. */
int64_t photo_width(int64_t width, int64_t height, int box);
int64_t photo_height(int64_t width, int64_t height, int box);
/* The number of the largest size of that format that there is and that fits into `box`; of the smallest otherwise. */
int photo_size(int64_t sizes, int box, bool webp);

/* Whoever holds this opens that size of that picture as that viewer, for one to two hours; the text is the same within an hour. It
 * is no key by itself: privacy is asked again. `of`: "media/…" without the first slash, in the arena. */
str photo_pass(arena *a, const site *s, int64_t photo, int size, int64_t viewer, int64_t now);
/* The viewer (0: a guest) of a genuine pass that is not over; false otherwise. */
bool photo_pass_read(const site *s, int64_t photo, int size, str pass, int64_t now, int64_t *viewer);

/* Takes files away that belong to no picture any more, and those that a crash left undecided. */
extern const job_kind photo_sweep;

#endif
