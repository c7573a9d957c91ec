/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A passkey's device in software, for tests: makes keys and signs as WebAuthn §6 says, honestly or with one thing wrong. */
#ifndef VECHE_TESTS_AUTHENTICATOR_H
#define VECHE_TESTS_AUTHENTICATOR_H

#include "base/arena.h"

typedef enum device_kind { DEVICE_ES256 = -7, DEVICE_EDDSA = -8, DEVICE_RS256 = -257, DEVICE_ES384 = -35 } device_kind;

typedef struct device device;

typedef struct device_said {
    str id, client, attestation, data, signature;
} device_said;

/* What the browser and the device are told; and flags (present 1, verified 4) and the counter that they answer with. */
typedef struct device_asked {
    str type, challenge, origin, host;
    unsigned flags;
    uint32_t count;
} device_asked;

device *device_open(arena *a, device_kind kind);
void device_close(device *d);
/* A registration (attestation) and a log-in (data and signature). In the arena. */
device_said device_make(arena *a, device *d, const device_asked *asked);
device_said device_sign(arena *a, device *d, const device_asked *asked);

#endif
