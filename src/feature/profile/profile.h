/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A member's page: what they tell about themselves, and what of it somebody else may see (FEATURES B1 of docs/features.md). */
#ifndef VECHE_PROFILE_H
#define VECHE_PROFILE_H

#include "graph/privacy.h"

#define PROFILE_NAME_MAX 40 /* characters of each name */
#define PROFILE_TOWN_MAX 60
#define STATUS_MAX 100
#define BIRTH_YEAR_MIN 1900

/* How much of the birthday those see whom PRIVACY_BIRTHDAY lets in. Stored: numbers are forever. */
typedef enum birthday_show { BIRTHDAY_HIDDEN, BIRTHDAY_DAY, BIRTHDAY_FULL, BIRTHDAY_SHOWS } birthday_show;

/* month 0: not told at all; year 0: only the day is told. */
typedef struct birthday { int year, month, day; } birthday;

/* Stored as the decimal number yyyymmdd; 0 for none. */
int64_t birthday_pack(birthday b);
birthday birthday_unpack(int64_t stored);
/* Could somebody who writes at `now` have been born then? A day without a year may be 29 February. */
bool birthday_possible(birthday b, int64_t now);

/* What members tell about themselves. */
typedef struct profile_told {
    str given, family, patronymic, maiden, nickname, home_town;
    gender gender;
    birthday birthday;
    birthday_show birthday_show;
} profile_told;

typedef struct profile {
    profile_told told; /* birthday: as far as the viewer may know it */
    str status;
    bool friends_open, wall_open;
    int64_t friends, followers, posts; /* friends: 0 unless friends_open; posts: those the viewer may see */
} profile;

/* A member's page as c->viewer may see it, in the arena. Refuses like privacy_check of PRIVACY_PROFILE. */
rc profile_get(ctx *c, int64_t num, profile *out);

#define FACES_MAX 8
/* Some friends for the page: those whom the viewer shares come first. Only people whose page is there. */
typedef struct faces {
    int64_t nums[FACES_MAX];
    size_t len;
    size_t mutual; /* how many friends they share, of those whom the viewer may meet (500 are looked at) */
} faces;
/* Refuses like privacy_check of PRIVACY_FRIENDS. */
rc profile_faces(ctx *c, int64_t num, faces *out);

/* What c->viewer tells, whole: for their own form. */
rc profile_own(ctx *c, profile_told *out);
/* Stores it, with the key that people search finds it by: account_search_key() of the names, made before the act. Inside an act;
 * the texts are clean and short enough. E_INVALID for an impossible birthday. */
rc profile_save(ctx *c, const profile_told *told, str search);
/* c->viewer's status line, clean, at most STATUS_MAX characters; empty takes it away. Inside an act. */
rc profile_set_status(ctx *c, str status);

#endif
