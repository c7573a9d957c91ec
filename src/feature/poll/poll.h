/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Polls (FEATURES D9 of docs/features.md): one beside a post, made with it and as visible as it is. Each member who sees it chooses one
 * answer, or several where that is allowed; may take the choice back where that is allowed; nobody chooses after its end. Of an
 * anonymous one nobody is told who chose what; the database knows, or somebody could choose twice. */
#ifndef VECHE_POLL_H
#define VECHE_POLL_H

#include "feature/wall/wall.h"
#include "poll.sql.h"

#define POLL_ANSWERS_MIN 2
#define POLL_ANSWERS_MAX 10
#define POLL_QUESTION_MAX 200 /* code points */
#define POLL_ANSWER_MAX 100
#define POLL_DAYS_MAX 30

typedef struct poll_draft {
    str question, answers[POLL_ANSWERS_MAX];
    size_t len;
    bool anonymous, several, changes;
    int64_t days; /* until its end; 0: none */
} poll_draft;

/* Inside the act that makes the post, by its author. */
rc poll_add(ctx *c, int64_t owner, int64_t ordinal, const poll_draft *draft);

typedef struct poll {
    poll_row row;
    poll_answer_list answers; /* in their order */
    unsigned mine; /* bit n: the viewer chose the answer n (from 1) */
    bool over;
} poll;
typedef struct poll_list { poll *items; size_t len; } poll_list;
/* The polls of posts that the viewer may see, at most 64; in no order. */
rc poll_read(ctx *c, const int64_t *posts, size_t len, poll_list *out);

/* The viewer chooses: bit n is the answer n. E_INVALID for none, for several where one is asked for, for one that is not there;
 * E_CONFLICT, with a sentence, when they have chosen already or it is over. The same choice again changes nothing. */
rc poll_choose(ctx *c, int64_t owner, int64_t ordinal, unsigned answers);
/* Takes the choice back. E_CONFLICT where that is not allowed or it is over. Without a choice nothing happens. */
rc poll_take_back(ctx *c, int64_t owner, int64_t ordinal);

/* Who chose this answer of a poll that is not anonymous (else E_DENIED), above `after`, as wall_likes. */
rc poll_who(ctx *c, const wall_post *p, int64_t answer, int64_t after, poll_voter_list *out, int64_t *next);

/* For the sweep of posts. */
rc poll_forget(ctx *c, int64_t bucket, int64_t post);

#endif
