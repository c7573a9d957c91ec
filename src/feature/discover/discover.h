/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whom one may know, and whose birthday comes (FEATURES C3 of docs/features.md). Made when the page of friends is opened and kept
 * nowhere: what somebody hides is gone from it with the next look.
 *
 * The work for one page is bounded: SUGGEST_FRIENDS lists of friends, SUGGEST_EDGES people of each, SUGGEST_JUDGED of those who
 * occur most are judged; BIRTHDAY_FRIENDS birthdays are looked at, by their keys, BIRTHDAY_BATCH in a query. Whoever has more friends
 * gets other ones of them looked through on another day.
 *
 * What it may tell. Somebody is suggested by the friends whose lists of friends are open to the viewer, and the number counts those
 * alone: it says nothing that the viewer could not look up. They are to be found, their page is open, and there is nothing between
 * the two yet: no friendship, request, following or block. */
#ifndef VECHE_DISCOVER_H
#define VECHE_DISCOVER_H

#include "graph/privacy.h"

#define SUGGESTIONS 5
#define SUGGEST_FRIENDS 100
#define SUGGEST_EDGES 200
#define SUGGEST_JUDGED 60
#define BIRTHDAYS 6
#define BIRTHDAY_DAYS 7
#define BIRTHDAY_FRIENDS 2000
#define BIRTHDAY_BATCH 500

typedef struct suggestion { int64_t num, mutual; } suggestion;
typedef struct suggestion_list { suggestion items[SUGGESTIONS]; size_t len; } suggestion_list;
/* For c->viewer; those with whom most is shared first. */
rc discover_suggest(ctx *c, suggestion_list *out);
/* c->viewer does not want to see them suggested. Inside an act; idempotent. E_NOT_FOUND for nobody, E_INVALID for oneself. */
rc discover_dismiss(ctx *c, int64_t other);

typedef struct birthday_ahead {
    int64_t num;
    int days; /* 0: today */
    int age;  /* that they reach; 0: the year is not for the viewer */
} birthday_ahead;
typedef struct birthday_ahead_list { birthday_ahead items[BIRTHDAYS]; size_t len; } birthday_ahead_list;
/* Friends of c->viewer whose birthday is today or within BIRTHDAY_DAYS days and whose owner lets the viewer know it; the next first. On
 * 28 February of other years those of the 29th are meant too. */
rc discover_birthdays(ctx *c, birthday_ahead_list *out);

#endif
