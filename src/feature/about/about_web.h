/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VECHE_ABOUT_WEB_H
#define VECHE_ABOUT_WEB_H

#include "http/req.h"

extern const route about_routes[];

#endif
