/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* people: three members in a world, for tests of what they may see and do with each other. */
#ifndef VECHE_TESTS_PEOPLE_H
#define VECHE_TESTS_PEOPLE_H

#include "support/world.h"

/* Anna and Boris are friends, Vera is a stranger. */
typedef struct people {
    world *w;
    int64_t anna, boris, vera;
} people;
extern db_engine people_engine; /* for the next people_open */
/* cmocka's set-up and its opposite; *state becomes the people. */
int people_open(void **state);
int people_close(void **state);

#endif
