/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/html.h"

/* Browsers read "//host" and "/\host" as another site, and drop tabs and line ends before they look. */
static bool is_local(str path)
{
    if (path.len > URL_LOCAL_MAX || !str_starts(path, STR("/")) || str_starts(path, STR("//"))) return false;
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.ptr[i];
        if (c < 0x20 || c == 0x7F || c == '\\') return false;
    }
    return true;
}

url url_local(str path) { return (url){is_local(path) ? path : STR("/")}; }
