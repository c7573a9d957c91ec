/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* plain: the product once more, as short and as slow as it can be written: arrays, loops, no database, no memory state, none
 * of the server's code. It is read against docs and headers, not against the sources; tests/model/model_test.c compares.
 *
 * An operation is asked of the server and of this; both answer with a line of text. */
#ifndef VECHE_TESTS_PLAIN_H
#define VECHE_TESTS_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAIN_MEMBERS 48 /* numbers 1 … 48: sets of members are bits of a uint64_t */
#define PLAIN_CIRCLES 64
#define PLAIN_POSTS 16384
#define PLAIN_TEXT 64
#define PLAIN_WORDINGS 24
#define PLAIN_COMMENTS 16384
#define PLAIN_ITEMS 10
#define PLAIN_HOUR INT64_C(3600000)

typedef enum op_kind {
    OP_SIGN_UP, OP_RELATE, OP_CIRCLE_NEW, OP_CIRCLE_DROP, OP_CIRCLE_ADD, OP_CIRCLE_TAKE, OP_PRIVACY, OP_POST, OP_EDIT,
    OP_AUDIENCE, OP_DELETE, OP_RESTORE, OP_LIKE, OP_UNLIKE, OP_SUSPEND, OP_REINSTATE, OP_ROLE, OP_SWEEP, OP_COMMENT,
    OP_COMMENT_EDIT, OP_COMMENT_DELETE, OP_COMMENT_RESTORE, OP_COMMENT_LIKE, OP_COMMENT_UNLIKE, OP_REPOST, OP_WRITES,
    OP_NEWS = OP_WRITES, OP_WALL, OP_PERMALINK, OP_PROFILE, OP_MAY, OP_EDGES, OP_PEOPLE, OP_MUTUAL,
    OP_COMMENTS, OP_COMMENT_PAGE, OP_KINDS
} op_kind;

/* In the order of the server's friend_act. */
typedef enum relate { R_ADD, R_CANCEL, R_ACCEPT, R_DECLINE, R_REOPEN, R_REMOVE, R_FOLLOW, R_UNFOLLOW, R_BLOCK, R_UNBLOCK, R_KINDS } relate;

/* Everybody from `base` on, besides and except: bit n is member or circle n. */
typedef struct plain_audience {
    int base;
    uint64_t allow_members, allow_circles, except_members, except_circles;
} plain_audience;

typedef struct op {
    op_kind kind;
    int64_t now;
    int viewer;             /* 0: a guest; -1: the server's console */
    int other;              /* a member: owner of the wall, the other side */
    int n;                  /* ordinal of a post, comment or circle, a privacy item, an act, a role */
    int version;            /* OP_COMMENT: the comment that is answered */
    uint64_t members;
    plain_audience audience;
    char text[PLAIN_TEXT];  /* as typed */
    char stored[PLAIN_TEXT]; /* as it must be kept */
} op;

typedef struct line { char text[400000]; size_t len; } line;
void line_add(line *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

typedef struct plain plain;
plain *plain_open(void);
void plain_close(plain *p);
/* Does it and answers: the HTTP status, then what is seen. */
void plain_do(plain *p, const op *o, line *answer);

/* For whoever chooses the next operation. */
int plain_members(const plain *p);
bool plain_active(const plain *p, int num);
int plain_role(const plain *p, int num);
/* A post made lately: false when there is none. */
bool plain_some_post(const plain *p, uint64_t random, int *owner, int *ordinal, int *author, int *version);
/* A comment made lately, and the post under which it stands. */
bool plain_some_comment(const plain *p, uint64_t random, int *owner, int *number, int *post, int *author, int *version);

#endif
