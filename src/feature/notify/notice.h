/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Notices: what others did that concerns a member (FEATURES J1 of docs/features.md).
 *
 *   kind        about        told to
 *   like        a post       its author
 *   like        a comment    its author
 *   comment     a post       its author, and the owner of the wall
 *   answer      a comment    its author
 *   mention     a post or    whoever is named in it
 *               a comment
 *   wall        a post       the owner of the wall, when somebody else writes there
 *   repost      a post       its author
 *   friends     –            whoever had asked
 *
 * A notice holds numbers and no words. What it is about is judged when it is read, as if the member opened it by its address; so
 * whatever is deleted, hidden or suspended by then is not shown. Between members of whom one blocks the other there are none, and a
 * block takes those away that there were. */
#ifndef VECHE_NOTICE_H
#define VECHE_NOTICE_H

#include "db/jobs.h"
#include "graph/privacy.h"
#include "notice.sql.h"

/* Stored: numbers are for ever. */
typedef enum notice_kind {
    NOTICE_LIKE = 1, NOTICE_LIKE_COMMENT, NOTICE_COMMENT, NOTICE_ANSWER, NOTICE_MENTION, NOTICE_WALL, NOTICE_REPOST, NOTICE_FRIENDS,
    NOTICE_KINDS
} notice_kind;

#define NOTICES_PAGE 30        /* groups */
#define NOTICES_SCAN_MAX 300   /* rows that are looked at for a page */
#define NOTICE_ACTORS 3        /* by name; the rest is counted */
#define NOTICES_KEPT_MS (90 * INT64_C(86400000))

typedef struct notice_of {
    notice_kind kind;
    int64_t about;   /* shown together with others about the same */
    int64_t post;    /* where it leads; 0: to the actor */
    int64_t comment; /* among the post's; 0: none */
} notice_of;

/* c->viewer did that, and `member` is told. Inside an act. Nothing happens to oneself, across a block, or when the member does not
 * want to hear of that kind. Once is enough: the moment alone is new when it happens again. */
rc notice_tell(ctx *c, int64_t member, notice_of what);
/* The same for somebody who may not be able to read the post (its owner, author and audience): then nothing happens either. */
rc notice_tell_reader(ctx *c, int64_t member, notice_of what, int64_t owner, int64_t author, int64_t audience);
/* c->viewer took it back. */
rc notice_untell(ctx *c, int64_t member, notice_kind kind, int64_t about);
/* A block: what each was told of the other goes. Inside an act. */
rc notice_part(ctx *c, int64_t a, int64_t b);

/* Several rows as one line. */
typedef struct notice_group {
    notice_of what;      /* of the newest */
    int64_t actors[NOTICE_ACTORS]; /* the newest first */
    size_t named;
    int64_t others;      /* besides those */
    int64_t at;
    bool fresh;          /* newer than what was read */
} notice_group;
typedef struct notice_page {
    notice_group *items; /* in the arena */
    size_t len;
    int64_t newest;      /* for notice_seen; 0: there is none */
    int64_t next;        /* pass as `before` for the next page; 0: this was the end */
} notice_page;
/* The viewer's notices below `before` (INT64_MAX: from the newest). Actors are judged here; what it is about by whoever shows it. */
rc notice_read(ctx *c, int64_t before, notice_page *out);

/* The viewer has read everything up to that moment. Inside an act. */
rc notice_seen(ctx *c, int64_t at);
/* Which kinds the viewer does not hear of: 1 << kind. */
rc notice_off(ctx *c, unsigned *off);
rc notice_set_off(ctx *c, unsigned off);

/* Takes old ones away. */
extern const job_kind notice_sweep;

#endif
