/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What two members are to each other is two bit sets; what an act makes of them is a table. Everything else here keeps the
 * table's result: both halves and the counters, the lower bucket first, so that two acts that meet never wait for each other.
 *
 *                 ┌────────── cancel ──────────┐
 *                 ▼                            │
 *   nothing ──────┴── add ──▶ asked ── accept, or the other adds ──▶ friends
 *      ▲  ▲                     │ ▲                                    │
 *      │  └─ unfollow ─┐ decline│ │reopen                              │ remove
 *      │               │        ▼ │                                    ▼
 *      │               └──── follower ◀────────────────────────────────┘
 *      └── unblock ── blocked ◀── block, from anywhere
 */
#include "feature/friends/friends.h"

#include "base/ids.h"
#include "db/change.h"
#include "feature/kin/kin.h"
#include "feature/notify/notice.h"
#include "friends.sql.h"

/* ---- the table ---- */

#define ASKED (EDGE_OUT | EDGE_ASK_OUT)
#define WAITS (EDGE_IN | EDGE_ASK_IN | EDGE_NEW)
#define FRIENDS (EDGE_OUT | EDGE_IN | EDGE_FRIEND)
#define SHUT (EDGE_BLOCKS | EDGE_BLOCKED)
#define ALL (~0u)

/* A row applies when my half has all bits of `has` and none of `lacks`, and theirs all of `theirs`; the first one of its act that
 * applies is taken. Whoever withdraws a request that was declined leaves the decline where it is, in the other's half, and does
 * not learn of it: asking again does not ring again. */
static const struct step {
    friend_act act;
    unsigned has, lacks, theirs;
    unsigned mine_off, mine_on, theirs_off, theirs_on;
} steps[] = {
    {ACT_ADD, EDGE_ASK_IN, 0, EDGE_ASK_OUT, ALL, FRIENDS, ALL, FRIENDS},
    {ACT_ADD, 0, EDGE_FRIEND | EDGE_ASK_OUT | SHUT, EDGE_ASK_IN, 0, ASKED, 0, EDGE_IN},
    {ACT_ADD, 0, EDGE_FRIEND | EDGE_ASK_OUT | SHUT, 0, EDGE_ASK_IN, ASKED, 0, WAITS},
    {ACT_CANCEL, EDGE_ASK_OUT, 0, EDGE_NEW, ASKED, 0, WAITS, 0},
    {ACT_CANCEL, EDGE_ASK_OUT, 0, 0, ASKED, 0, EDGE_IN, 0},
    {ACT_ACCEPT, EDGE_NEW, 0, 0, ALL, FRIENDS, ALL, FRIENDS},
    {ACT_DECLINE, EDGE_NEW, 0, 0, EDGE_NEW, 0, 0, 0},
    {ACT_REOPEN, EDGE_ASK_IN, EDGE_NEW, EDGE_ASK_OUT, 0, EDGE_NEW, 0, 0},
    {ACT_REMOVE, EDGE_FRIEND, 0, 0, EDGE_FRIEND | EDGE_OUT, 0, EDGE_FRIEND | EDGE_IN, 0},
    {ACT_FOLLOW, 0, EDGE_OUT | SHUT, 0, 0, EDGE_OUT, 0, EDGE_IN},
    {ACT_UNFOLLOW, EDGE_OUT, 0, 0, EDGE_OUT, 0, EDGE_IN, 0},
    {ACT_BLOCK, 0, EDGE_BLOCKS, 0, ALL ^ EDGE_BLOCKED, EDGE_BLOCKS, ALL ^ EDGE_BLOCKS, EDGE_BLOCKED},
    {ACT_UNBLOCK, EDGE_BLOCKS, 0, 0, EDGE_BLOCKS, 0, EDGE_BLOCKED, 0},
};

bool friends_next(friend_act act, unsigned *mine, unsigned *theirs)
{
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const struct step *s = &steps[i];
        if (s->act != act || (*mine & s->has) != s->has || *mine & s->lacks || (*theirs & s->theirs) != s->theirs) continue;
        *mine = (*mine & ~s->mine_off) | s->mine_on;
        *theirs = (*theirs & ~s->theirs_off) | s->theirs_on;
        return true;
    }
    return false;
}

/* ---- one half ---- */

typedef struct half {
    int64_t owner, other;
    unsigned was, bits;
    int64_t at;
    str message;
} half;

static rc half_read(ctx *c, int64_t owner, int64_t other, half *h)
{
    friends_half_row row = {0};
    rc_code found = sql_friends_half(c->db, c->arena, bucket_of(owner), owner, other, &row);
    if (found != OK && found != E_NOT_FOUND) return found;
    unsigned bits = (unsigned)row.bits;
    *h = (half){.owner = owner, .other = other, .was = bits, .bits = bits, .at = row.at, .message = row.message};
    return OK;
}

static int64_t has(unsigned bits, unsigned bit) { return (bits & bit) != 0; }
static int64_t follower(unsigned bits) { return (bits & (EDGE_IN | EDGE_FRIEND)) == EDGE_IN; }
static int64_t follows(unsigned bits) { return (bits & (EDGE_OUT | EDGE_FRIEND)) == EDGE_OUT; }

static rc half_count(ctx *c, const half *h)
{
    int64_t friends = has(h->bits, EDGE_FRIEND) - has(h->was, EDGE_FRIEND);
    int64_t followers = follower(h->bits) - follower(h->was);
    int64_t requests = has(h->bits, EDGE_NEW) - has(h->was, EDGE_NEW);
    int64_t followed = follows(h->bits) - follows(h->was);
    int64_t asked = has(h->bits, EDGE_ASK_OUT) - has(h->was, EDGE_ASK_OUT);
    int64_t blocks = has(h->bits, EDGE_BLOCKS) - has(h->was, EDGE_BLOCKS);
    if (!friends && !followers && !requests && !followed && !asked && !blocks) return OK;
    return sql_friends_counters_move(c->db, friends, followers, requests, followed, asked, blocks, bucket_of(h->owner), h->owner);
}

/* The moment of a friendship stays while it lasts: a friend who rose to the top of the list because they had stopped reading
 * you would tell you so. */
static int64_t half_moment(const ctx *c, const half *h)
{
    return h->was & h->bits & EDGE_FRIEND ? h->at : c->now;
}

static rc half_write(ctx *c, const half *h)
{
    int64_t bucket = bucket_of(h->owner), near = (h->bits & EDGE_NEAR_MASK) != 0;
    if (h->bits == h->was) return OK;
    if (h->bits)
        TRY(sql_friends_half_put(c->db, bucket, h->owner, h->other, h->bits, near, half_moment(c, h), h->message));
    else
        TRY(sql_friends_half_drop(c->db, bucket, h->owner, h->other));
    TRY(half_count(c, h));
    /* Memory does not hold silent followers: their coming and going leaves a celebrity's list where it is. */
    if (!((h->bits ^ h->was) & EDGE_NEAR_MASK)) return OK;
    return change_emit(c, CHANGE_EDGES, h->owner, 0);
}

/* ---- two halves ---- */

static bool goes_first(const half *a, const half *b)
{
    int64_t one = bucket_of(a->owner), two = bucket_of(b->owner);
    return one != two ? one < two : a->owner < b->owner;
}

static rc pair_write(ctx *c, const half *mine, const half *theirs)
{
    bool mine_first = goes_first(mine, theirs);
    if (!mine_first) TRY(half_write(c, theirs));
    TRY(half_write(c, mine));
    return mine_first ? half_write(c, theirs) : OK;
}

static rc is_full(ctx *c, int64_t num, bool *full)
{
    friends_counters_row row;
    TRY(sql_friends_counters(c->db, c->arena, bucket_of(num), num, &row));
    *full = row.friends >= FRIENDS_MAX;
    return OK;
}

/* ---- acts ---- */

/* Some acts reach out to the other; the rest only let go, and are always free. */
static bool reaches_out(friend_act act) { return act == ACT_ADD || act == ACT_ACCEPT || act == ACT_FOLLOW; }

static rc check_reach(ctx *c, const member_card *other, unsigned mine)
{
    int state = other->state;
    if (state != MEMBER_ACTIVE) return fail(c, E_DENIED, MSG(L_friends_not_there), "the other's state is %d", state);
    if (mine & EDGE_BLOCKS) return fail(c, E_DENIED, MSG(L_friends_you_block), "the viewer blocks the other");
    if (mine & EDGE_BLOCKED) return fail(c, E_DENIED, MSG(L_friends_blocks_you), "the other blocks the viewer");
    return OK;
}

/* What the viewer alone makes more of. */
static rc check_own_room(ctx *c, const half *mine)
{
    bool follow = follows(mine->bits) > follows(mine->was), ask = has(mine->bits & ~mine->was, EDGE_ASK_OUT);
    bool block = has(mine->bits & ~mine->was, EDGE_BLOCKS);
    if (!follow && !ask && !block) return OK;
    friends_counters_row row;
    TRY(sql_friends_counters(c->db, c->arena, bucket_of(mine->owner), mine->owner, &row));
    if (ask && row.asked >= ASKS_MAX) return fail(c, E_LIMIT, msg_n(L_friends_asks_full, ASKS_MAX), "too many open requests");
    if (follow && row.follows >= FOLLOWS_MAX) return fail(c, E_LIMIT, msg_n(L_friends_follows_full, FOLLOWS_MAX), "follows too many");
    if (block && row.blocks >= BLOCKS_MAX) return fail(c, E_LIMIT, msg_n(L_friends_blocks_full, BLOCKS_MAX), "blocks too many");
    return OK;
}

static rc check_room(ctx *c, const half *mine, const half *theirs)
{
    bool full;
    TRY(check_own_room(c, mine));
    if (!(mine->bits & ~mine->was & EDGE_FRIEND)) return OK;
    TRY(is_full(c, mine->owner, &full));
    if (full) return fail(c, E_LIMIT, msg_n(L_friends_full, FRIENDS_MAX), "the viewer's friends are full");
    TRY(is_full(c, theirs->owner, &full));
    if (full) return fail(c, E_LIMIT, msg_n(L_friends_full_there, FRIENDS_MAX), "the other's friends are full");
    return OK;
}

/* The words of a request lie with whoever was asked, for as long as the request does. */
static void keep_message(half *h, const half *asker, str fresh)
{
    if (!(asker->bits & EDGE_ASK_OUT)) h->message = STR("");
    else if (!(asker->was & EDGE_ASK_OUT)) h->message = fresh;
}

rc friends_do(ctx *c, friend_act act, int64_t other, str message)
{
    const member_card *card;
    half mine, theirs;
    if (other == c->viewer.num) return fail(c, E_INVALID, MSG(L_friends_self), "a member and the same member");
    TRY(graph_member(c, other, &card));
    TRY(half_read(c, c->viewer.num, other, &mine));
    TRY(half_read(c, other, c->viewer.num, &theirs));
    if (reaches_out(act)) TRY(check_reach(c, card, mine.was));
    if (!friends_next(act, &mine.bits, &theirs.bits)) return OK;
    TRY(check_room(c, &mine, &theirs));
    keep_message(&mine, &theirs, STR(""));
    keep_message(&theirs, &mine, message);
    if (act == ACT_BLOCK) TRY(kin_part(c, mine.owner, other));
    TRY(pair_write(c, &mine, &theirs));
    if (act == ACT_BLOCK) return notice_part(c, mine.owner, other);
    bool friends = mine.bits & ~mine.was & EDGE_FRIEND;
    return friends ? notice_tell(c, other, (notice_of){NOTICE_FRIENDS, 0, 0, 0}) : OK;
}

static rc is_reachable(ctx *c, int64_t num, bool *yes)
{
    const member_card *card;
    bool full;
    TRY(graph_member(c, num, &card));
    TRY(is_full(c, num, &full));
    *yes = card->state == MEMBER_ACTIVE && !full;
    return OK;
}

rc friends_befriend(ctx *c, int64_t a, int64_t b)
{
    bool reachable;
    half one, two;
    TRY(is_reachable(c, a, &reachable));
    if (reachable) TRY(is_reachable(c, b, &reachable));
    TRY(half_read(c, a, b, &one));
    TRY(half_read(c, b, a, &two));
    if (!reachable || one.was & (SHUT | EDGE_FRIEND)) return OK;
    one.bits = two.bits = FRIENDS;
    keep_message(&one, &two, STR(""));
    keep_message(&two, &one, STR(""));
    return pair_write(c, &one, &two);
}
