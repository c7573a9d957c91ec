/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Presence on pages. Lists set person.online by presence_online and need nothing else: the layout draws the dot and says the word.
 * A page of somebody's own has room for more words. */
#ifndef VECHE_PRESENCE_WEB_H
#define VECHE_PRESENCE_WEB_H

#include "feature/presence/presence.h"
#include "page/view.h"

/* The request's viewer is here. Never fails: what could not be stored now is stored with a later request. */
void presence_note(req *r);

/* "online now", "last seen today after 15:00", "был в сети вчера в 15 часов"; empty when nothing may be said. In the server's time
 * zone, as all times. `g` is the member's. */
html presence_words(const view *v, presence p, gender g);

#endif
