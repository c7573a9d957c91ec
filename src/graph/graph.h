/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* graph: what many features ask thousands of times a second, kept in memory: who stands how to whom, privacy settings,
 * circles, names, and for each wall a ring of its newest posts. It is a cache over the database.
 *
 *   slot[num] ─┬─ person   names, state, role            invalidated by CHANGE_MEMBER
 *              ├─ edges    near half-edges, sorted       CHANGE_EDGES
 *              ├─ doors    privacy settings, circles     CHANGE_PRIVACY
 *              ├─ ring     the newest posts of the wall  CHANGE_WALL
 *              ├─ liked    what the member liked last    CHANGE_LIKED
 *              └─ sessions where they are logged in, and what they do not want to read (quiet.h)   CHANGE_SESSIONS
 *
 * A part is immutable once it hangs in its slot. A change takes it out and stamps the slot with a new epoch; the next reader
 * fills it again from its own snapshot. So the order in which changes arrive does not matter, a restart needs no loading,
 * and several servers agree by hearing of each other's changes.
 *
 * The stale fill. A reader whose snapshot began before a commit must not hang an old part behind that commit's change.
 * Therefore ctx.epoch is read *before* the snapshot begins; a part may hang in its slot only if the slot's stamp is not
 * newer than that; otherwise the reader uses it alone and it dies with the request.
 *
 * Freeing (quiescent-state reclamation). Readers take no locks and count nothing: between graph_enter and graph_leave a part
 * that they saw stays alive; a part taken out is freed when every reader has left once since.
 *
 * Inside an act (ctx.writing) memory may be older than the transaction: everything is then read from the database. */
#ifndef VECHE_GRAPH_H
#define VECHE_GRAPH_H

#include "base/ctx.h"
#include "base/ids.h"
#include "db/change.h"

typedef struct graph graph;
typedef struct graph_reader graph_reader;

/* `budget` bytes at most are kept; past it parts that were not used lately are dropped. */
graph *graph_open(size_t budget);
void graph_close(graph *g);

/* One per thread that reads. */
graph_reader *graph_reader_open(graph *g);
void graph_reader_close(graph_reader *r);
/* Before the snapshot begins: returns the epoch for ctx.epoch. */
uint64_t graph_enter(graph_reader *r);
/* After the answer is built: nothing borrowed from the graph may be used any more. */
void graph_leave(graph_reader *r);

/* After a commit and before its answers. Any thread. */
void graph_publish(void *graph_, const change *changes);

/* All that was read before is out of date, whatever it was: who follows others' changes has missed some. Any thread. */
void graph_forget(graph *g);

/* fills: parts read from the database; refused: fills that were older than their slot's last change; drops: parts taken out. */
typedef struct graph_stats { uint64_t fills, refused, drops; size_t bytes, slots; } graph_stats;
graph_stats graph_stats_get(graph *g);

/* ---- half-edges: what `owner` is to `other`, seen from the owner ---- */
enum edge_bit {
    EDGE_OUT = 1,        /* owner follows other */
    EDGE_IN = 2,         /* other follows owner */
    EDGE_FRIEND = 4,
    EDGE_ASK_OUT = 8,    /* owner asked for friendship; not answered, or declined without a word */
    EDGE_ASK_IN = 16,    /* other asked; stays after a decline, so that adding them later makes friends at once, and when they
                            withdraw after it (then without their ASK_OUT), so that asking again does not undo it */
    EDGE_NEW = 32,       /* other asked and waits for an answer */
    EDGE_BLOCKS = 64,    /* owner blocked other */
    EDGE_BLOCKED = 128   /* other blocked owner */
};
/* Bits that memory keeps: everything but a silent follower. Stored as edge.near. */
#define EDGE_NEAR_MASK (EDGE_OUT | EDGE_FRIEND | EDGE_ASK_OUT | EDGE_ASK_IN | EDGE_NEW | EDGE_BLOCKS | EDGE_BLOCKED)

typedef struct edge { uint32_t other; uint32_t bits; } edge;
typedef struct edge_list { const edge *items; size_t len; } edge_list; /* sorted by other */

/* The bits between two members, 0 when nothing; near ones only (a silent follower reads as 0). */
rc graph_edge(ctx *c, int64_t owner, int64_t other, unsigned *bits);
/* All near half-edges of a member. Borrowed until graph_leave. */
rc graph_edges(ctx *c, int64_t owner, edge_list *out);
/* Friends of both, at most `most`, in the order of their numbers; *total counts all. */
rc graph_mutual(ctx *c, int64_t a, int64_t b, size_t most, int64_t *out, size_t *len, size_t *total);
/* True when the two share a friend: stops at the first. */
rc graph_friend_of_friend(ctx *c, int64_t a, int64_t b, bool *yes);
/* True when `other` is in the owner's circle. */
rc graph_in_circle(ctx *c, int64_t owner, int64_t circle, int64_t other, bool *yes);
/* True when the owner has such a circle, be it empty. */
rc graph_circle_is(ctx *c, int64_t owner, int64_t circle, bool *yes);
/* The owner's circles, in the order of their numbers. Titles are borrowed until graph_leave, the list lives in c->arena. Nobody
 * but the owner is to learn that they exist. */
typedef struct graph_circle { int64_t ordinal, members; str title; } graph_circle;
typedef struct graph_circle_list { const graph_circle *items; size_t len; } graph_circle_list;
rc graph_circles(ctx *c, int64_t owner, graph_circle_list *out);
/* The stored audience of a privacy setting, or its default; see privacy.h. */
rc graph_setting(ctx *c, int64_t owner, int item, int64_t *audience);

/* ---- people as lists show them ---- */
typedef enum member_state { MEMBER_ACTIVE = 0, MEMBER_SUSPENDED = 1, MEMBER_GONE = 2 } member_state;

typedef struct member_card {
    int64_t num;
    int gender, role, state; /* before the names: judging needs no more than the first cache line */
    int64_t version;         /* rises when anything shown here changes */
    str name, given, family;
} member_card;
/* Names and state of a member; E_NOT_FOUND, with a sentence, for a number nobody has. Borrowed until graph_leave. Not judged: callers ask
 * privacy.h first, or show only a name beside something that the viewer may see. */
rc graph_member(ctx *c, int64_t num, const member_card **out);

/* ---- who is here: the minute of each member's latest request to this process. It is in no database, and lost with it. ---- */
/* The member asks for something at c->now. True when it is the first request of an hour, or the first one since
 * graph_here_again: somebody should store the hour. A read and, once a minute, a write. */
bool graph_here(ctx *c, int64_t num);
/* The hour could not be stored: the member's next request in another minute says so again. */
void graph_here_again(ctx *c, int64_t num);
/* When that minute began, in ms; 0 for nobody seen. */
int64_t graph_here_last(const ctx *c, int64_t num);

/* ---- what was told to the viewer ---- */
#define NOTICES_COUNTED 99 /* whoever has more has "99" */
/* How many lines of notices the viewer has not read. */
rc graph_notices(ctx *c, int64_t *fresh);

/* ---- sessions ---- */
#define SESSION_HASH 32
#define GRAPH_SESSIONS_MAX 64 /* of one member; the account keeps them below */
typedef struct graph_session {
    int64_t created_day, last_day, expires; /* ms */
    unsigned char hash[SESSION_HASH]; /* of the token */
} graph_session;
/* The member's session of this hash, which may have expired; E_NOT_FOUND, without a sentence, when there is none. Borrowed until
 * graph_leave. */
rc graph_session_of(ctx *c, int64_t num, str hash, const graph_session **out);

/* ---- rings and the news ---- */
#define RING_POSTS 32
typedef struct ring_post {
    int64_t id, audience, original; /* original: of a repost, the id of what it passes on */
    uint32_t owner, author, ordinal, version, likes, comments, reposts;
    bool poll;
    uint8_t photos; /* how many */
} ring_post;

#define NEWS_SCAN_MAX 500
typedef struct news_page {
    ring_post *items; /* in the arena; judged for c->viewer, newest first */
    size_t len;
    int64_t next;     /* pass as `before` for the next page; 0: this was the end */
} news_page;
/* Merges the walls of those whom the viewer follows, and the viewer's own: posts that the walls' owners wrote, below `before`
 * (INT64_MAX: from the newest), at most `want`. Looks at NEWS_SCAN_MAX candidates at most and then returns a short page.
 * Memory may be newer than the snapshot: whoever reads a post's text and does not find it, or finds it for another audience,
 * leaves that post out. */
rc graph_news(ctx *c, int64_t before, size_t want, news_page *out);

/* A page of one wall, below `before`, judged for the viewer: all posts on it, or only those that its owner wrote. The same
 * bounds; next is 0 when nothing older may be seen. Whether the wall as such is open is the caller's question. */
rc graph_wall(ctx *c, int64_t owner, int64_t before, bool owners_only, size_t want, news_page *out);

/* Part of the news: only friends, only those followed without friendship, or only one of the viewer's circles. */
typedef enum news_kind { NEWS_ALL, NEWS_FRIENDS, NEWS_FOLLOWED, NEWS_CIRCLE } news_kind;
typedef struct news_choice {
    news_kind kind;
    int64_t circle; /* NEWS_CIRCLE: its ordinal */
} news_choice;
/* The same for a part. The viewer's own posts belong to NEWS_ALL only. */
rc graph_news_of(ctx *c, news_choice which, int64_t before, size_t want, news_page *out);

/* ---- likes ---- */
/* liked[i]: does the viewer like the post ids[i]? False for guests, and where somebody is stood in for (privacy.h). What the viewer liked last is in memory; one query answers
 * for all posts that are older than that. */
rc graph_liked(ctx *c, const int64_t *ids, size_t len, bool *liked);

#endif
