/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/rc.h"

static const struct {
    int status;
    const char *reason;
} answers[RC_COUNT] = {
    [OK] = {200, "OK"},
    [E_SYNTAX] = {400, "Bad Request"},
    [E_LOGIN] = {401, "Unauthorized"},
    [E_DENIED] = {403, "Forbidden"},
    [E_NOT_FOUND] = {404, "Not Found"},
    [E_METHOD] = {405, "Method Not Allowed"},
    [E_SLOW] = {408, "Request Timeout"},
    [E_CONFLICT] = {409, "Conflict"},
    [E_GONE] = {410, "Gone"},
    [E_TOO_LARGE] = {413, "Content Too Large"},
    [E_TYPE] = {415, "Unsupported Media Type"},
    [E_INVALID] = {422, "Unprocessable Content"},
    [E_LIMIT] = {429, "Too Many Requests"},
    [E_INTERNAL] = {500, "Internal Server Error"},
    [E_BUSY] = {503, "Service Unavailable"},
    [E_FULL] = {507, "Insufficient Storage"},
};

/* A number that is no code of ours is a bug of ours. */
static rc_code known(rc_code code) { return (unsigned)code < RC_COUNT ? code : E_INTERNAL; }

int rc_status(rc_code code) { return answers[known(code)].status; }
const char *rc_reason(rc_code code) { return answers[known(code)].reason; }
