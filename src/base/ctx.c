/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/ctx.h"

#include <stdarg.h>

#define DETAIL_MAX 512

rc fail_at(ctx *c, rc_code code, const char *file, int line, msg sentence, const char *detail, ...)
{
    char text[DETAIL_MAX];
    va_list args;
    va_start(args, detail);
    int len = vsnprintf(text, sizeof text, detail, args);
    va_end(args);
    size_t kept = len < 0 ? 0 : (size_t)len < sizeof text ? (size_t)len : sizeof text - 1;
    c->err = (failure){code, file, line, arena_str(c->arena, (str){text, kept}), sentence};
    return code;
}
