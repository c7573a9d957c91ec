/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* confine: after this the process can compute, talk on the descriptors that it has or is handed, and end. Nothing else. */
#ifndef VECHE_CONFINE_H
#define VECHE_CONFINE_H

#include <stdbool.h>

#define MEDIA_CPU_S 20
#define MEDIA_MEMORY ((size_t)1 << 30)   /* address space; not under a sanitizer, which needs terabytes of it */
#define MEDIA_FILE_MAX ((size_t)32 << 20) /* of each file that it writes */
#define MEDIA_DESCRIPTORS 32

/* Limits (setrlimit), no privileges, not dumpable, Landlock without a single rule where the kernel has it, and an allow-list of
 * system calls (seccomp): whatever is not on it ends the process. For ever, for all threads. False when the kernel does not take
 * the allow-list: then nothing may be decoded. */
bool media_confine(void);

#endif
