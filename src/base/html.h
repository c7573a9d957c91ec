/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What templates print. The C type chooses the escaping, so that nobody has to remember it:
 *   str    escaped            html   raw (only templates and the sanitiser make one)
 *   url    a whole address, escaped for an attribute; only url_… functions make one
 *   ints   decimal
 * A char * does not compile. (Sentences of lang/ are printed by {% t %} and {% say %}.) */
#ifndef VECHE_HTML_H
#define VECHE_HTML_H

#include "base/out.h"

typedef struct html { str s; } html;
typedef struct url { str s; } url;

/* A local address: begins with one '/', no second one, no control bytes or backslash, at most URL_LOCAL_MAX
 * bytes; anything else becomes "/". */
#define URL_LOCAL_MAX 2048
url url_local(str path);

static inline void put_html(out *o, html h) { out_str(o, h.s); }
static inline void put_url(out *o, url u) { out_escape(o, u.s); }
static inline void put_int(out *o, int64_t v) { out_int(o, v); }
static inline void put_uint(out *o, uint64_t v) { out_uint(o, v); }

#define PUT_NUMBERS int: put_int, unsigned: put_int, int64_t: put_int, uint64_t: put_uint
/* {{ x }} in text. */
#define PUT(o, x) _Generic((x), str: out_escape, html: put_html, PUT_NUMBERS)((o), (x))
/* {{ x }} in a quoted attribute: no html, whose quotation marks would end it. */
#define PUT_ATTR(o, x) _Generic((x), str: out_escape, PUT_NUMBERS)((o), (x))
/* {{ x }} as a part of a local address: "/wall{{ owner }}". */
#define PUT_PART(o, x) _Generic((x), str: out_percent, PUT_NUMBERS)((o), (x))

#endif
