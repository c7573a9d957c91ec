/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* rc: what a function that can fail returns. One code for each HTTP status that Veche answers; the caller must look. */
#ifndef VECHE_RC_H
#define VECHE_RC_H

/* Clang lets a type say that it must not be dropped, gcc only a function: so the clang build refuses every call whose rc
 * nobody looks at. (A macro named `rc` would make gcc see it too, and break every variable of that name.) */
#ifdef __clang__
#define RC_LOOK __attribute__((warn_unused_result))
#else
#define RC_LOOK
#endif

typedef enum RC_LOOK rc {
    OK = 0,
    E_SYNTAX,    /* 400: not understood */
    E_LOGIN,     /* 401: log in first */
    E_DENIED,    /* 403: understood, not allowed */
    E_NOT_FOUND, /* 404: absent, or not for this viewer: nobody can tell which */
    E_METHOD,    /* 405: this address exists, not for this method */
    E_SLOW,      /* 408: the body did not come in time */
    E_CONFLICT,  /* 409: somebody was faster, or the name is taken */
    E_GONE,      /* 410: was here, was deleted */
    E_TOO_LARGE, /* 413 */
    E_TYPE,      /* 415 */
    E_INVALID,   /* 422: understood, a value is wrong */
    E_LIMIT,     /* 429: too often */
    E_INTERNAL,  /* 500 */
    E_BUSY,      /* 503: try again in a moment */
    E_FULL,      /* 507: the disk is full */
    RC_COUNT
} rc_code;

typedef rc_code rc;

/* The HTTP status (200 for OK) and its reason phrase (RFC 9110 §15). */
int rc_status(rc_code code);
const char *rc_reason(rc_code code);

/* Passes a failure up. */
#define TRY(expression)                  \
    do {                                 \
        rc_code try_rc_ = (expression);  \
        if (try_rc_ != OK) return try_rc_; \
    } while (0)

#endif
