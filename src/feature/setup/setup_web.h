/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VECHE_SETUP_WEB_H
#define VECHE_SETUP_WEB_H

#include "http/req.h"

extern const route setup_routes[];

#endif
