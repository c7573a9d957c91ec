/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "crypto/random.h"

#include <pthread.h>
#include <sodium.h>

#include "base/log.h"
#include "crypto/sodium_start.h"

static void start(void)
{
    if (sodium_init() < 0) die("libsodium does not start");
}

void sodium_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
}

void random_bytes(void *buf, size_t len)
{
    sodium_start();
    randombytes_buf(buf, len);
}
