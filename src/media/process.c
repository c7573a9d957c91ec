/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "media/process.h"

#include <unistd.h>

#include "base/log.h"
#include "media/confine.h"
#include "media/decode.h"

int media_process(int channel)
{
    frame f;
    media_job job;
    media_picture made = {.result = MEDIA_BROKEN};
    if (!decode_open()) return 3;
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    if (!media_confine()) {
        log_error("pictures cannot be read: the kernel takes no list of system calls");
        return 3;
    }
    if (frame_receive(channel, -1, &f) != FRAME_CAME) _exit(0);
    if (!media_job_read(&f, &job)) die("not a job");
    decode_run(&job, &made);
    media_picture_write(&made, &f);
    (void)frame_send(channel, &f); /* nobody there: then nobody waits */
    _exit(0); /* whatever libraries do at the end of a process needs calls that are given up */
}
