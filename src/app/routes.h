/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VECHE_ROUTES_H
#define VECHE_ROUTES_H

#include "http/req.h"

/* Every address that this server answers: one table per feature, ended by NULL. The access matrix is made from it. */
extern const route *const route_tables[];

#endif
