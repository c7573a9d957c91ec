/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VECHE_PAGE_ERROR_H
#define VECHE_PAGE_ERROR_H

#include "http/req.h"

/* A whole page for a failure: what happened, what is safe, what was typed, and where to go on. Works without a database. */
void page_error(req *r, rc_code code);

#endif
