/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Accounts: signing up, names, passwords, sessions, invitations (FEATURES A1, A2, A6 of docs/features.md). */
#ifndef VECHE_ACCOUNT_H
#define VECHE_ACCOUNT_H

#include "account.sql.h"
#include "base/ctx.h"
#include "crypto/token.h"
#include "db/jobs.h"
#include "graph/graph.h"
#include "http/site.h"

#define ACCOUNT_NAME_MIN 3
#define ACCOUNT_NAME_MAX 32
#define PASSWORD_MIN 10  /* characters */
#define PASSWORD_MAX 256
#define GIVEN_MAX 40
#define SESSIONS_MAX 50
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

/* A name as it is stored, of what somebody typed: without blanks around and "@", in lower case. In the arena. */
str account_name_typed(arena *a, str typed);
/* Why a name cannot be had, or L_NONE: length, characters, a reserved word. Says nothing about whether it is taken. */
enum lang_key account_name_fault(str name);

/* Does it look like one of the house's own words? Asked of names that have no fault, when somebody wants one. */
bool account_name_poses(arena *a, str name);

/* Fills in what is made of the names. Before the act: ICU takes its time. */
void account_prepare(arena *a, new_member *m);
/* Makes a member that account_prepare() has seen: name, row, password. Inside an act. E_CONFLICT when the name or a look-alike is taken; *num is new. */
rc account_create(ctx *c, const new_member *m, int64_t *num);

/* The member behind a name; E_NOT_FOUND. */
rc account_find(ctx *c, str name, int64_t *num);

/* ---- passwords ---- */

/* Why a password cannot be had by whoever goes by that name, or L_NONE as its key: too short, too long, the name itself. Counted
 * in characters, whatever the bytes are. */
msg account_password_fault(str typed, str name);
/* What is stored of a member's password. */
rc account_password(ctx *c, int64_t num, str *stored);
/* Stores another one in the place of `was`. Inside an act; E_CONFLICT when `was` is no longer there. */
rc account_password_change(ctx *c, int64_t num, str was, str hashed);

/* A number that rises with a new password and whenever all of a member's sessions, or all but one, are ended: a log-in that was begun
 * before, and waits for its second step, names the old one and is over. */
rc account_epoch(ctx *c, int64_t num, int64_t *epoch);

/* ---- sessions ---- */

/* A fresh token for a session, in the arena: whose it is, so that memory or a shard can be asked at once, and 256 random bits. */
str account_token_new(arena *a, int64_t num);
/* The same with bits of the caller's: for worlds that are made from a seed. */
str account_token_of(arena *a, int64_t num, const unsigned char secret[TOKEN_BYTES]);
/* Whose a token says it is, and what is stored of it; false when it is none of ours. hash: 32 bytes in the arena. */
bool account_token_read(arena *a, str token, int64_t *num, str *hash);

typedef struct account_session_found {
    int64_t member;
    role role;
    str hash;
    const graph_session *session; /* until graph_leave */
} account_session_found;
/* Whose session a token opens; E_NOT_FOUND when it is none, is over, or its member is not active. */
rc account_session(ctx *c, str token, account_session_found *out);
/* The same by what is stored of the token. */
rc account_session_by_hash(ctx *c, int64_t num, str hash, account_session_found *out);
/* c->viewer's sessions that last, the one used last first. */
rc account_sessions(ctx *c, account_session_line_list *out);

/* Opens a session for the token. Inside an act. The caller has made sure that the member is active. Past SESSIONS_MAX the one that
 * was used longest ago ends. */
rc account_session_open(ctx *c, int64_t num, str token, bool keep, str label);
/* Notes that a session and its member were here today. Inside an act; idempotent. `hash` as account_token_read gives it. */
rc account_seen(ctx *c, int64_t num, str hash);
/* From now on the session with this hash is opened by another token, and by that alone. Inside an act. */
rc account_session_rotate(ctx *c, str hash, str token);
/* End one of c->viewer's sessions: by its hash, by its number in their list, or all but the one with this hash. Inside an act;
 * one that is not there is none. */
rc account_session_end(ctx *c, str hash);
rc account_session_end_ordinal(ctx *c, int64_t ordinal);
rc account_sessions_end_others(ctx *c, str hash);
/* Takes expired sessions and invitations out of the database, a slice at a time; repeats. */
extern const job_kind account_sweep;
/* Ends all sessions of a member: suspension, a new password. Inside an act. */
rc account_sessions_end(ctx *c, int64_t num);

/* ---- invitations ---- */

#define INVITE_USES_MAX 50
#define INVITE_DAYS 30
#define INVITES_MAX 50

/* An invitation that still lets somebody in, by a member who is still here; E_NOT_FOUND for whatever else may have been typed. */
rc account_invitation(ctx *c, str code, account_invite_row *out);
/* Uses it up once. Inside an act; E_NOT_FOUND. */
rc account_invitation_use(ctx *c, str code, account_invite_row *out);
/* c->viewer's own that still let somebody in, the newest first. */
rc account_invitations(ctx *c, account_invite_line_list *out);
/* Makes one of c->viewer's for 1 to INVITE_USES_MAX people, or takes one back. Inside an act. E_CONFLICT: there are INVITES_MAX
 * already that let somebody in. */
rc account_invitation_make(ctx *c, int64_t uses, bool befriend);
rc account_invitation_end(ctx *c, str code);

/* ---- finding people ---- */

/* What people search finds a member by: names in Latin and Cyrillic, lower case, words parted by blanks. In the arena. */
str account_search_key(arena *a, str given, str family, str name);
/* Stores the words of a search key: people_find looks for their beginnings. Inside an act; to be called when names change. */
rc account_words(ctx *c, int64_t num, str search);
/* The confusable skeleton of a name (UTS 39 §4): the same for names that look alike. In the arena. */
str account_skeleton(arena *a, str name);
/* The words of a query, at most SEARCH_WORDS, the longest first: stored words that begin as the i-th one lie from spans[i].from up to
 * spans[i].end. Where fewer were typed, the other spans hold all words, so that any will do. In the arena. */
#define SEARCH_WORDS 3
typedef struct search_span { str from, end; } search_span;
typedef struct search_words { search_span spans[SEARCH_WORDS]; size_t len; } search_words;
search_words account_search_words(arena *a, str query);
/* How many members have ever signed up: also the number of the newest. In any transaction. */
rc account_count(ctx *c, int64_t *num);

#endif
