/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Inside crypto/ only: makes libsodium ready, once, however many threads come first. */
#ifndef VECHE_SODIUM_START_H
#define VECHE_SODIUM_START_H

void sodium_start(void);

#endif
