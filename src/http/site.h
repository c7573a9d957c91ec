/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* site: the server's own settings, as one immutable value. A change makes a new one; a request keeps the one it began with.
 * Loaded from the table `site` by feature/setup. */
#ifndef VECHE_SITE_H
#define VECHE_SITE_H

#include "base/lang.h"

typedef enum signup { SIGNUP_OPEN, SIGNUP_INVITATION, SIGNUP_CLOSED } signup;

#define SITE_KEY_BYTES 32

typedef struct site {
    uint32_t version;        /* 1, 2, …: this process has loaded the settings so many times */
    char name[128];          /* UTF-8, shown in the head */
    char origin[272];        /* "https://veche.example", "http://127.0.0.1:8080"; empty before set-up */
    char host[256];          /* "veche.example" */
    signup signup;
    lang lang;               /* for guests whose browser names none of ours */
    bool ready;              /* an owner exists */
    bool secure;             /* the origin is https: cookies are Secure and __Host- */
    unsigned char key[SITE_KEY_BYTES]; /* keys the form tokens */
    unsigned char setup_hash[32];      /* SHA-256 of the one-time link's token */
    int64_t setup_expires;
} site;

#endif
