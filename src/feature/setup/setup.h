/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The server's own settings, and the page on which its owner sets it up once. */
#ifndef VECHE_SETUP_H
#define VECHE_SETUP_H

#include "base/ctx.h"
#include "http/site.h"

#define SETUP_LINK_MS (INT64_C(3600000))

/* Reads the table `site`. What is missing has its default; origin is empty before set-up. */
rc setup_site_load(ctx *c, site *out);
/* Stores one setting and emits CHANGE_SITE. Inside an act. Keys: name, origin, signup, lang, ready. */
rc setup_site_set(ctx *c, const char *key, str value);
/* At every start: makes the key of the form tokens once. Inside an act. */
rc setup_first_start(ctx *c);
/* Makes a new one-time link token, valid for SETUP_LINK_MS, and forgets the one before. Inside an act. */
rc setup_link(ctx *c, str *token);
/* "https://host[:port]" or "http://host[:port]", lower case, nothing behind it; E_INVALID otherwise. */
rc setup_origin_parse(arena *a, str typed, str *origin, str *host);

#endif
