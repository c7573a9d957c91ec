/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* health: how the process is, for the operator's page. Whoever runs the server fills it in (server_config.health), since most of it
 * is known to nobody else; a page gets it by req_health. */
#ifndef VECHE_HEALTH_H
#define VECHE_HEALTH_H

#include "http/server.h"

typedef struct health {
    const char *version;
    const char *data;   /* the data folder */
    int64_t started;    /* ms UTC */
    lane_stats lane;
    graph_stats graph;
    server_stats server;
} health;

#endif
