/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Random bytes from the kernel, fit for keys. */
#ifndef VECHE_RANDOM_H
#define VECHE_RANDOM_H

#include <stddef.h>

/* Never fails: without a source of randomness the process ends. */
void random_bytes(void *buf, size_t len);

#endif
