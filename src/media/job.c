/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "media/job.h"

#include "media/confine.h"
#include "media/sniff.h"

const media_size media_sizes[PLAN_COUNT][MEDIA_SIZES] = {
    [PLAN_PHOTO] = {{320, true, 75}, {640, true, 78}, {1280, true, 80}, {2560, true, 80}, {1280, false, 82}},
    [PLAN_AVATAR] = {{100, true, 80}, {200, true, 82}, {400, true, 82}},
    [PLAN_COVER] = {{640, true, 78}, {1280, true, 80}, {2560, true, 78}},
};

int media_plan_sizes(media_plan plan)
{
    int n = 0;
    while (n < MEDIA_SIZES && media_sizes[plan][n].box) n++;
    return n;
}

void media_job_write(const media_job *job, frame *f)
{
    *f = (frame){.kind = FRAME_JOB, .fd_count = 1 + media_plan_sizes(job->plan), .fds = {job->in},
                 .numbers = {job->plan, job->crop.x, job->crop.y, job->crop.width, job->crop.height}};
    for (int i = 1; i < f->fd_count; i++) f->fds[i] = job->out[i - 1];
}

static bool crop_fits(const int64_t n[4])
{
    for (int i = 0; i < 4; i++)
        if (n[i] < 0 || n[i] > 1000) return false;
    return n[2] > 0 && n[3] > 0 && n[0] + n[2] <= 1000 && n[1] + n[3] <= 1000;
}

bool media_job_read(const frame *f, media_job *job)
{
    const int64_t *n = f->numbers;
    if (f->kind != FRAME_JOB || n[0] < 0 || n[0] >= PLAN_COUNT || !crop_fits(n + 1)) return false;
    *job = (media_job){.plan = (media_plan)n[0], .crop = {(int)n[1], (int)n[2], (int)n[3], (int)n[4]}, .in = f->fds[0]};
    if (f->fd_count != 1 + media_plan_sizes(job->plan)) return false;
    for (int i = 1; i < f->fd_count; i++) job->out[i - 1] = f->fds[i];
    return true;
}

void media_picture_write(const media_picture *p, frame *f)
{
    *f = (frame){.kind = FRAME_DONE, .numbers = {p->result, p->width, p->height, p->colour}};
    for (int i = 0; i < MEDIA_SIZES; i++) {
        int64_t *n = f->numbers + 4 + 3 * i;
        n[0] = p->made[i].bytes, n[1] = p->made[i].width, n[2] = p->made[i].height;
    }
}

/* The other side may have been taken over by the picture: nothing of what it says is believed beyond what could be. */
bool media_picture_read(const frame *f, media_plan plan, media_picture *p)
{
    const int64_t *n = f->numbers;
    *p = (media_picture){.result = MEDIA_DIED};
    if (f->kind != FRAME_DONE || f->fd_count || n[0] < 0 || n[0] > MEDIA_FULL) return false;
    if (n[0] != MEDIA_FINE) {
        p->result = (media_result)n[0];
        return true;
    }
    if (n[1] < 1 || n[1] > PICTURE_SIDE_MAX || n[2] < 1 || n[2] > PICTURE_SIDE_MAX || n[3] < 0 || n[3] > 0xFFFFFF) return false;
    media_picture said = {.result = MEDIA_FINE, .width = n[1], .height = n[2], .colour = n[3]};
    for (int i = 0; i < media_plan_sizes(plan); i++) {
        const int64_t *m = n + 4 + 3 * i;
        int64_t box = media_sizes[plan][i].box;
        if (m[0] == 0 && i > 0) continue;
        if (m[0] < 1 || m[0] > (int64_t)MEDIA_FILE_MAX || m[1] < 1 || m[1] > box || m[2] < 1 || m[2] > box) return false;
        said.made[i] = (media_made){m[0], m[1], m[2]};
    }
    *p = said;
    return true;
}
