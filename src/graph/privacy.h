/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Privacy is one function: privacy_judge. Pages, lists, counts, news, permalinks and (later) search, streams, media and
 * exports reach it through privacy_check and privacy_see_post; nothing else decides.
 *
 * The order: a guest passes only for "everyone" → the owner passes → an exception wins → a block → the allow list → the base
 * level. A circle lets in only who is still a friend, and keeps out whoever is in it; one that is gone keeps out everybody
 * (who deletes a circle has its people put into the list by audience_forget_circle). A suspended owner's things are closed to
 * all but staff, a gone owner's to everybody. When in doubt, deny: "everyone" with exceptions is closed to guests, because
 * whoever is excepted would only have to log out.
 *
 * Presence is mutual: a member sees that of another only if the other's settings let them in and their own settings would let the
 * other in. So two members see each other's or neither does, and whoever hides sees nobody's.
 *
 * Looking at one's own page as somebody else (ctx.page_of, feature/profile/profile_as_web.c). The same functions answer, but
 * the owner must learn nothing about others from it, neither from what stands there nor from what is missing:
 *
 *   - What is the owner's own is judged by what the owner knows: their settings, their circles, their half of the edge. Whether the
 *     other blocks them, or whom the other shows their presence to, is not asked.
 *   - "A friend of friends" is somebody with whom the owner sees a friend in common: the other's list is open to the owner, and
 *     the friend to be met there. A friendship that is hidden from the owner stays hidden.
 *   - What belongs to third people (friends' faces, words of others on the wall, relatives) is shown if the owner sees it and a
 *     member whom nobody knows would see it too. So a block, a circle or an exception of theirs that is about the other does not
 *     show. Their presence is never shown. So a friend of a third person may see a little more than the owner is shown here.
 *   - What the other alone knows (their likes, friends in common, what they filter) is left out by whoever prints it. */
#ifndef VECHE_PRIVACY_H
#define VECHE_PRIVACY_H

#include "graph/audience.h"
#include "graph/graph.h"

/* What has a setting of its own. Stored in privacy.item: numbers are forever. */
typedef enum privacy_item {
    PRIVACY_PROFILE = 1,     /* see my page at all */
    PRIVACY_WALL = 2,        /* see my wall */
    PRIVACY_POST = 3,        /* post on my wall */
    PRIVACY_FRIENDS = 4,     /* see my friends */
    PRIVACY_BIRTHDAY = 5,    /* see my birthday */
    PRIVACY_FOUND = 6,       /* be found in lists of people */
    PRIVACY_PRESENCE = 7,    /* see when I am here; mutual, see above */
    PRIVACY_COMMENT = 8,     /* comment on what stands on my wall */
    PRIVACY_DETAILS = 9,     /* see what I tell about myself: relations, school and work, contacts, interests, views */
    PRIVACY_ITEMS
} privacy_item;

/* The defaults of a new member. */
extern const int64_t privacy_default[PRIVACY_ITEMS];

/* Viewers who are nobody in particular, for looking at one's own page: a member without any tie, one who shares a friend, a friend in
 * no circle. No member has such a number. */
enum { VIEWER_MEMBER = -1, VIEWER_FRIEND_OF_FRIEND = -2, VIEWER_FRIEND = -3 };

/* How the viewer stands to an owner, as far as an audience can ask. friend_of_friend and circles are looked up lazily. */
typedef struct relation {
    ctx *c;
    int64_t viewer, owner;
    bool guest, self, friend_;
    bool blocked, blocks; /* the owner blocks the viewer, the viewer the owner */
} relation;

rc privacy_relation(ctx *c, int64_t owner, relation *out);
/* THE function. */
rc privacy_judge(const relation *r, const audience *a, bool *may);

/* OK when c->viewer may; E_NOT_FOUND when the owner does not exist; E_GONE when suspended or gone; E_DENIED otherwise, with a
 * sentence for the member. PRIVACY_WALL, POST, FRIENDS, PRESENCE, COMMENT and DETAILS need PRIVACY_PROFILE as well. Staff see what a member sees,
 * except that suspension hides nothing from them but presence. */
rc privacy_check(ctx *c, int64_t owner, privacy_item item);
/* The same as a question. */
rc privacy_may(ctx *c, int64_t owner, privacy_item item, bool *may);

/* May the viewer be shown this member beside something else (who likes a post, friends that two share): they are to be found by
 * the viewer, and their page is open to them. Oneself, always. */
rc privacy_may_meet(ctx *c, int64_t num, bool *may);

/* May the viewer see the words of this author, where what they stand under is open: the author is there, not suspended (but for
 * staff), and does not block the viewer. */
rc privacy_see_author(ctx *c, int64_t author, bool *may);

/* May the viewer see this post: its owner's page and wall, its own audience (judged against the owner of the wall; the author
 * passes), the author not suspended and not blocking the viewer. */
rc privacy_see_post(ctx *c, int64_t owner, int64_t author, int64_t audience, bool *may);

#endif
