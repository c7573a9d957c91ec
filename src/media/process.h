/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The media process: loads the decoders, gives up everything else, waits for one job, does it, ends. */
#ifndef VECHE_PROCESS_H
#define VECHE_PROCESS_H

/* Ends the process with 0 after its job, or when nobody wants one any more. Returns an exit code, 3, when it cannot decode here (with
 * a line in the log). */
int media_process(int channel);

#endif
