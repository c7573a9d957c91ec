/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The page of a tag. */
#ifndef VECHE_TAG_WEB_H
#define VECHE_TAG_WEB_H

#include "http/req.h"

extern const route tag_routes[];

#endif
