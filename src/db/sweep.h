/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The base's own jobs: what is past its time leaves the database. Each runs a slice of SWEEP_SLICE rows and comes back at once
 * while there is more, else after ten minutes. */
#ifndef VECHE_SWEEP_H
#define VECHE_SWEEP_H

#include "db/jobs.h"

#define CHANGE_KEPT_MS (7 * MS_DAY) /* who is further behind refills */
#define ONCE_KEPT_MS MS_DAY
#define SWEEP_SLICE 500

extern const job_kind sweep_change, sweep_once;

#endif
