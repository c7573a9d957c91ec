/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* job: what the web process asks a media process for, and what comes back; two frames (base/frames.h) over their channel.
 *
 *   FRAME_JOB    descriptors: the file as it came, then one to write for each size of the plan. numbers: plan, crop
 *   FRAME_DONE   numbers: result, width and height when upright, colour, then for each size its bytes, width and height
 *
 * One job a process: it ends with its answer, so that a picture which has taken it over meets no other member's picture. */
#ifndef VECHE_JOB_H
#define VECHE_JOB_H

#include "base/frames.h"

typedef enum media_plan { PLAN_PHOTO, PLAN_AVATAR, PLAN_COVER, PLAN_COUNT } media_plan;

/* What a plan makes. A size that would be no larger than the one before it is left out, except for the first. */
#define MEDIA_SIZES 5
typedef struct media_size {
    int box;      /* the picture fits into a square of this side; 0: no such size */
    bool webp;    /* else JPEG */
    int quality;
} media_size;
extern const media_size media_sizes[PLAN_COUNT][MEDIA_SIZES];

/* A part of the upright picture, in thousandths of its width and height. */
typedef struct media_crop { int x, y, width, height; } media_crop;
#define CROP_ALL ((media_crop){0, 0, 1000, 1000})

typedef struct media_job {
    media_plan plan;
    media_crop crop;
    int in;
    int out[MEDIA_SIZES]; /* as many as the plan has */
} media_job;

typedef enum media_result {
    MEDIA_FINE,
    MEDIA_TYPE,    /* none of the four formats */
    MEDIA_BROKEN,  /* not what it says it is, or cut off */
    MEDIA_LARGE,   /* too many pixels */
    MEDIA_FRAMES,  /* moves for too long */
    MEDIA_RATIO,   /* unpacks to too much */
    MEDIA_FULL,    /* no room on the disk */
    MEDIA_DIED,    /* the process ended over it */
    MEDIA_HUNG,    /* … or did not end in time */
    MEDIA_AWAY,    /* there is no process that could */
    MEDIA_RESULTS
} media_result;

typedef struct media_made { int64_t bytes, width, height; } media_made; /* bytes 0: left out */
typedef struct media_picture {
    media_result result;
    int64_t width, height;
    int64_t colour; /* 0xRRGGBB: the average, for the moment before the picture is there */
    media_made made[MEDIA_SIZES];
} media_picture;

int media_plan_sizes(media_plan plan);
/* False: no job, or no answer, of ours. Pure; any frame may come. */
void media_job_write(const media_job *job, frame *f);
bool media_job_read(const frame *f, media_job *job);
void media_picture_write(const media_picture *p, frame *f);
bool media_picture_read(const frame *f, media_plan plan, media_picture *p);

#endif
