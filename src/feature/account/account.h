/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Accounts: signing up, names, passwords, sessions, invitations (FEATURES A1, A2, A6 of docs/features.md). */
#ifndef VECHE_ACCOUNT_H
#define VECHE_ACCOUNT_H

#include "base/ctx.h"
#include "db/jobs.h"
#include "http/site.h"

#define ACCOUNT_NAME_MIN 3
#define ACCOUNT_NAME_MAX 32
#define PASSWORD_MIN 10
#define PASSWORD_MAX 256
#define GIVEN_MAX 40
#define SESSION_MS (90 * INT64_C(86400000))
#define SESSION_SHORT_MS (1 * INT64_C(86400000))

typedef struct new_member {
    str name, given, family;
    str password; /* as hashed by password_hash() */
    int gender;
    role role;
    lang lang;
    str skeleton, search; /* account_prepare() makes them of the names */
} new_member;

/* Why a name cannot be had, or L_NONE: length, characters, a reserved word. Says nothing about whether it is taken. */
enum lang_key account_name_fault(str name);

/* Fills in what is made of the names. Before the act: ICU takes its time. */
void account_prepare(arena *a, new_member *m);
/* Makes a member that account_prepare() has seen: name, row, password. Inside an act. E_CONFLICT when the name or a look-alike is taken; *num is new. */
rc account_create(ctx *c, const new_member *m, int64_t *num);

/* The member behind a name; E_NOT_FOUND. */
rc account_find(ctx *c, str name, int64_t *num);

/* A fresh token for a session and what is stored of it. The token carries the member's bucket, so that a shard can be told
 * before anything is looked up; 256 random bits follow. Both in the arena. */
str account_token_new(arena *a, int64_t num);
/* The bucket and hash of a token; false when it is none of ours. hash: 32 bytes in the arena. */
bool account_token_read(arena *a, str token, int64_t *bucket, str *hash);

/* Opens a session for the token. Inside an act. The caller has made sure that the member is active. */
rc account_session_open(ctx *c, int64_t num, str token, bool keep, str label);
/* Notes that a session and its member were here today. Inside an act; idempotent. `hash` as account_token_read gives it. */
rc account_seen(ctx *c, int64_t num, str hash);
/* Takes expired sessions and invitations out of the database, a slice at a time; repeats. */
extern const job_kind account_sweep;
/* Ends all sessions of a member: suspension, a new password. Inside an act. */
rc account_sessions_end(ctx *c, int64_t num);

/* What people search finds a member by: names in Latin and Cyrillic, lower case, words parted by blanks. In the arena. */
str account_search_key(arena *a, str given, str family, str name);
/* Stores the words of a search key: people_find looks for their beginnings. Inside an act; to be called when names change. */
rc account_words(ctx *c, int64_t num, str search);
/* The confusable skeleton of a name (UTS 39 §4): the same for names that look alike. In the arena. */
str account_skeleton(arena *a, str name);
/* A LIKE pattern (escape '!') for the keys in which a word begins with this one; several words parted by blanks must stand as
 * they are. The words have been through account_search_key, so that the alphabet does not matter. In the arena. */
str account_search_pattern(arena *a, str words);
/* How many members have ever signed up: also the number of the newest. In any transaction. */
rc account_count(ctx *c, int64_t *num);

#endif
