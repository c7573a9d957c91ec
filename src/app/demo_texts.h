/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The words of the demo world: a river town where half of the people write English and half Russian. Nobody in it exists.
 *
 * A Russian text may hold choices by the author's gender, "{посадила|посадил}": female first; demo_words() takes the right one.
 * They speak of seasons, so each says when it may be written. */
#ifndef VECHE_DEMO_TEXTS_H
#define VECHE_DEMO_TEXTS_H

#include "base/arena.h"
#include "base/lang.h"

enum demo_season { DEMO_WINTER = 1, DEMO_SPRING = 2, DEMO_SUMMER = 4, DEMO_AUTUMN = 8, DEMO_ALWAYS = 15 };

typedef struct demo_text {
    unsigned seasons; /* bits of demo_season */
    const char *text;
} demo_text;

/* A chapter of the quarrel about the old park, told in order. */
typedef struct demo_chapter {
    int days_ago, hour;
    const char *text;
} demo_chapter;

/* A name as it is written and as it stands in an address. */
typedef struct demo_given {
    gender gender;
    const char *name, *slug;
} demo_given;
typedef struct demo_family {
    const char *female, *male;
    const char *slug_female, *slug_male;
} demo_family;

typedef struct demo_words {
    const demo_text *posts;       /* on one's own wall */
    const demo_chapter *story;
    const char *const *greetings; /* on a friend's wall, on their birthday */
    const char *const *notes;     /* on a friend's wall, any day */
    const char *const *statuses;
    const char *const *towns;     /* the first is the town itself */
    const char *const *circles;
    const char *const *requests;  /* words that go with a request for friendship */
    const demo_given *given;
    const demo_family *family;
    size_t posts_len, story_len, greetings_len, notes_len, statuses_len, towns_len, circles_len, requests_len, given_len,
        family_len;
} demo_words;

extern const demo_words demo_words_of[LANG_COUNT];

/* The text as an author of that gender writes it, in the arena. */
str demo_text_for(arena *a, const char *text, gender author);

#endif
