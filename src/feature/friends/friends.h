/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Friends, followers and blocks (FEATURES C1, C2, B5 of docs/features.md).
 *
 * A relation is two half-edges (graph/graph.h), changed together. The acts, seen from A acting on B:
 *
 *   add      nothing between → A asks, and follows.   B asked before (even if declined) → friends.
 *   cancel   A's request is taken back; A no longer follows. Had it been declined, it stays so: asking again does not ring again.
 *   accept   B's waiting request → friends.
 *   decline  B's waiting request → B stays as a follower; nothing tells B.
 *   reopen   B's declined request waits again: a decline undone.
 *   remove   friends → B, if B read A, stays as A's follower; A no longer follows B.
 *   follow / unfollow   without friendship; between friends: B's posts in A's news or not.
 *   block    everything between them ends, both ways; while logged in, B then sees nothing of A.
 *   unblock  nothing comes back by itself.
 *
 * Circles are left as they are: a circle lets in only who is still a friend (graph/privacy.h). */
#ifndef VECHE_FRIENDS_H
#define VECHE_FRIENDS_H

#include "graph/privacy.h"

#define FRIENDS_MAX 10000
#define FOLLOWS_MAX 10000 /* without friendship */
#define ASKS_MAX 1000     /* requests sent that nobody accepted */
#define BLOCKS_MAX 10000
#define FRIENDS_MESSAGE_MAX 200 /* code points of the words that go with a request */

typedef enum friend_act { ACT_ADD, ACT_CANCEL, ACT_ACCEPT, ACT_DECLINE, ACT_REOPEN, ACT_REMOVE, ACT_FOLLOW, ACT_UNFOLLOW,
                          ACT_BLOCK, ACT_UNBLOCK, ACT_COUNT } friend_act;

/* The bits of both sides after an act; false when the act does nothing in this state (then nothing is written). Pure. */
bool friends_next(friend_act act, unsigned *mine, unsigned *theirs);

/* c->viewer acts on `other`. Inside an act. `message` goes with a request. E_LIMIT past FRIENDS_MAX on either side, and past
 * the other limits on the viewer's; E_DENIED when blocked or the other is suspended, E_INVALID for oneself, E_NOT_FOUND for nobody. Idempotent: what is already
 * so stays so. Privacy is not asked: whose page is closed can still be asked for friendship. */
rc friends_do(ctx *c, friend_act act, int64_t other, str message);

/* Makes two members friends without asking: an invitation that says so. Inside an act. Where a block, a full list or a
 * suspension stands in the way nothing happens: the invitation let somebody in all the same. */
rc friends_befriend(ctx *c, int64_t a, int64_t b);

#endif
