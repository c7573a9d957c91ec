/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Included before everything else (-include): these functions cannot be used safely, so they do not compile. */
#ifndef VECHE_BANNED_H
#define VECHE_BANNED_H

/* System headers declare them, some as macros; read those first, then poison the names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef alloca
#undef gets
#undef sprintf
#undef strcat
#undef strcpy
#undef strncat
#undef strncpy
#undef vsprintf

#pragma GCC poison strcpy strcat strncpy strncat strtok strtok_r sprintf vsprintf gets
#pragma GCC poison srand srandom drand48 system popen tmpnam mktemp
#pragma GCC poison gmtime localtime ctime asctime alloca atoi atol atoll

/* libsodium has a member of the one name and OpenSSL parameters of the other, so they cannot be poisoned. */
long random(void) __attribute__((deprecated("use random_bytes")));
int rand(void) __attribute__((deprecated("use random_bytes")));

#endif
