/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The one place where "may they see this?" is answered.
 *
 *   privacy_check ─┬─▶ closed_state   is the owner there, not suspended?
 *   privacy_may  ──┤
 *                  └─▶ judge_item ─┐  presence: twice, there and back
 *   privacy_see_post ─▶ door_try ──┼─▶ privacy_judge(relation, audience)
 *   the news merge ───▶ door_see ──┘        guest → self → exceptions → block → allowed → base level
 *
 * A relation holds what is free to know: one half-edge. What costs more (circles, friends of friends) is looked up only when
 * an audience asks. Two decisions that the words of the rule leave open are taken on the safe side: a guest does not pass
 * "everyone except …", because whoever is excepted would only have to log out; and to a member who is gone nobody is let in,
 * staff included, because there is nothing left to look after. */
#include "graph/privacy.h"

#include "graph/door.h"

const int64_t privacy_default[PRIVACY_ITEMS] = {
    [0] = LEVEL_NOBODY,
    [PRIVACY_PROFILE] = LEVEL_EVERYONE,
    [PRIVACY_WALL] = LEVEL_EVERYONE,
    [PRIVACY_POST] = LEVEL_FRIENDS,
    [PRIVACY_FRIENDS] = LEVEL_MEMBERS,
    [PRIVACY_BIRTHDAY] = LEVEL_FRIENDS,
    [PRIVACY_FOUND] = LEVEL_EVERYONE,
    [PRIVACY_PRESENCE] = LEVEL_FRIENDS,
    [PRIVACY_COMMENT] = LEVEL_MEMBERS,
    [PRIVACY_DETAILS] = LEVEL_MEMBERS,
};

/* ---- the rule ---- */

static relation relation_from(ctx *c, int64_t owner, unsigned bits)
{
    int64_t viewer = c->viewer.num;
    return (relation){.c = c,
                      .viewer = viewer,
                      .owner = owner,
                      .guest = viewer == 0,
                      .self = viewer != 0 && viewer == owner,
                      .blocked = (bits & EDGE_BLOCKED) != 0,
                      .blocks = (bits & EDGE_BLOCKS) != 0,
                      .friend_ = (bits & EDGE_FRIEND) != 0};
}

/* ---- looking at one's own page as somebody else (privacy.h) ---- */

static bool stands_in(const ctx *c) { return c->page_of != 0; }
static bool looks_at_others(const ctx *c, int64_t owner) { return stands_in(c) && owner != c->page_of; }

/* The viewer who really looks, until step_in. */
typedef struct stand_in { viewer as; int64_t page_of; } stand_in;

static stand_in step_out(ctx *c)
{
    stand_in who = {c->viewer, c->page_of};
    c->viewer = (viewer){c->page_of, ROLE_MEMBER};
    c->page_of = 0;
    return who;
}

static void step_in(ctx *c, stand_in who)
{
    c->viewer = who.as;
    c->page_of = who.page_of;
}

/* Of the two half-edges only the owner's own is asked. */
static rc relation_known(ctx *c, int64_t owner, relation *out)
{
    unsigned bits = 0;
    int64_t num = c->viewer.num;
    *out = (relation){.c = c, .viewer = num, .owner = owner, .guest = num == 0};
    if (looks_at_others(c, owner)) {
        if (num) out->viewer = VIEWER_MEMBER;
        return OK;
    }
    if (num > 0) TRY(graph_edge(c, owner, num, &bits));
    out->friend_ = num == VIEWER_FRIEND || (bits & EDGE_FRIEND);
    out->blocked = (bits & EDGE_BLOCKS) != 0;
    return OK;
}

/* A friend of both whom the owner could find on the other's page. */
static rc shares_friend(ctx *c, int64_t other, bool *yes)
{
    int64_t nums[100];
    size_t len, all;
    TRY(privacy_may(c, other, PRIVACY_FRIENDS, yes));
    if (!*yes) return OK;
    *yes = false;
    TRY(graph_mutual(c, c->viewer.num, other, sizeof nums / sizeof *nums, nums, &len, &all));
    for (size_t i = 0; i < len && !*yes; i++) TRY(privacy_may_meet(c, nums[i], yes));
    return OK;
}

static rc friend_of_friend_known(ctx *c, const relation *r, bool *yes)
{
    *yes = r->viewer == VIEWER_FRIEND_OF_FRIEND;
    if (r->viewer <= 0) return OK;
    stand_in who = step_out(c);
    rc_code code = shares_friend(c, r->viewer, yes);
    step_in(c, who);
    return code;
}

rc privacy_relation(ctx *c, int64_t owner, relation *out)
{
    unsigned bits = 0;
    if (stands_in(c)) return relation_known(c, owner, out);
    if (c->viewer.num != 0 && c->viewer.num != owner) TRY(graph_edge(c, c->viewer.num, owner, &bits));
    *out = relation_from(c, owner, bits);
    return OK;
}

/* A circle lets in only who is still a friend, but keeps out whoever is in it: the end of a friendship opens no door. Nor does
 * the end of a circle: nobody knows any more who was in one that is gone, so it keeps out everybody. */
static rc listed(const relation *r, const num_list *members, const num_list *circles, bool opens, bool *yes)
{
    *yes = false;
    for (size_t i = 0; i < members->len && !*yes; i++) *yes = members->items[i] == r->viewer;
    for (size_t i = 0; i < circles->len && !*yes && (r->friend_ || !opens); i++) {
        TRY(graph_in_circle(r->c, r->owner, circles->items[i], r->viewer, yes));
        if (*yes || opens) continue;
        bool there;
        TRY(graph_circle_is(r->c, r->owner, circles->items[i], &there));
        *yes = !there;
    }
    return OK;
}

static rc base_level(const relation *r, level base, bool *may)
{
    switch (base) {
    case LEVEL_EVERYONE:
    case LEVEL_MEMBERS: *may = true; return OK;
    case LEVEL_FRIENDS_OF_FRIENDS:
        *may = r->friend_;
        if (!r->friend_ && stands_in(r->c)) return friend_of_friend_known(r->c, r, may);
        return r->friend_ ? OK : graph_friend_of_friend(r->c, r->viewer, r->owner, may);
    case LEVEL_FRIENDS: *may = r->friend_; return OK;
    case LEVEL_NOBODY:
    case LEVEL_COUNT: break;
    }
    *may = false;
    return OK;
}

rc privacy_judge(const relation *r, const audience *a, bool *may)
{
    bool hit = false;
    *may = false;
    if (r->guest) {
        *may = a->base == LEVEL_EVERYONE && !a->except_members.len && !a->except_circles.len;
        return OK;
    }
    if (r->self) return *may = true, OK;
    TRY(listed(r, &a->except_members, &a->except_circles, false, &hit));
    if (hit || r->blocked) return OK;
    TRY(listed(r, &a->allow_members, &a->allow_circles, true, &hit));
    if (hit) return *may = true, OK;
    return base_level(r, a->base, may);
}

static rc judge_stored(const relation *r, int64_t stored, bool *may)
{
    const audience *a;
    *may = false;
    TRY(audience_get(r->c, stored, &a));
    return privacy_judge(r, a, may);
}

/* ---- settings ---- */

static bool needs_profile(privacy_item item)
{
    return item == PRIVACY_WALL || item == PRIVACY_POST || item == PRIVACY_FRIENDS || item == PRIVACY_PRESENCE ||
           item == PRIVACY_COMMENT || item == PRIVACY_DETAILS;
}

static rc judge_setting(const relation *r, privacy_item item, bool *may)
{
    int64_t stored;
    if (needs_profile(item)) {
        TRY(judge_setting(r, PRIVACY_PROFILE, may));
        if (!*may) return OK;
    }
    TRY(graph_setting(r->c, r->owner, (int)item, &stored));
    return judge_stored(r, stored, may);
}

/* The same two with their places changed; a half-edge says of both sides who blocks whom. */
static relation mirrored(const relation *r)
{
    relation back = *r;
    back.viewer = r->owner;
    back.owner = r->viewer;
    back.blocked = r->blocks;
    back.blocks = r->blocked;
    return back;
}

static rc judge_item(const relation *r, privacy_item item, bool *may)
{
    TRY(judge_setting(r, item, may));
    if (item != PRIVACY_PRESENCE || !*may || r->guest || r->self || stands_in(r->c)) return OK;
    relation back = mirrored(r);
    return judge_setting(&back, item, may);
}

/* Does the member's state close everything to this viewer? */
static bool closed_state(const ctx *c, const member_card *m)
{
    return m->state != MEMBER_ACTIVE && !(m->state == MEMBER_SUSPENDED && c->viewer.role >= ROLE_STAFF);
}

/* Staff look after a suspended member's things; when the member was here is not among them. */
static bool closed_item(const ctx *c, const member_card *m, privacy_item item)
{
    return closed_state(c, m) || (m->state != MEMBER_ACTIVE && item == PRIVACY_PRESENCE);
}

static const enum lang_key closed_sentence[PRIVACY_ITEMS] = {
    [PRIVACY_PROFILE] = L_graph_closed_profile, [PRIVACY_WALL] = L_graph_closed_wall,
    [PRIVACY_POST] = L_graph_closed_post,       [PRIVACY_FRIENDS] = L_graph_closed_friends,
    [PRIVACY_BIRTHDAY] = L_graph_closed_item,   [PRIVACY_FOUND] = L_graph_closed_item,
    [PRIVACY_PRESENCE] = L_graph_closed_item, [PRIVACY_COMMENT] = L_graph_closed_comment,
    [PRIVACY_DETAILS] = L_graph_closed_item,
};

/* Does the one who really looks see it? Asked before anything of third people is shown to whom they stand in for. */
static rc seen_by_owner(ctx *c, int64_t owner, privacy_item item, bool *may)
{
    *may = false;
    if (item == PRIVACY_PRESENCE) return OK;
    stand_in who = step_out(c);
    rc_code code = privacy_may(c, owner, item, may);
    step_in(c, who);
    return code;
}

rc privacy_check(ctx *c, int64_t owner, privacy_item item)
{
    const member_card *m;
    relation r;
    bool may;
    if (looks_at_others(c, owner)) return fail(c, E_DENIED, MSG(L_graph_closed_item), "standing in for somebody");
    TRY(graph_member(c, owner, &m));
    if (closed_item(c, m, item)) {
        enum lang_key why = m->state == MEMBER_SUSPENDED ? L_graph_suspended : L_graph_gone;
        return fail(c, E_GONE, MSG(why), "the member's state is %d", m->state);
    }
    TRY(privacy_relation(c, owner, &r));
    TRY(judge_item(&r, item, &may));
    if (may) return OK;
    enum lang_key why = item > 0 && item < PRIVACY_ITEMS ? closed_sentence[item] : L_graph_closed_item;
    return fail(c, E_DENIED, MSG(why), "privacy item %d", (int)item);
}

rc privacy_may(ctx *c, int64_t owner, privacy_item item, bool *may)
{
    const member_card *m;
    relation r;
    *may = false;
    if (looks_at_others(c, owner)) {
        TRY(seen_by_owner(c, owner, item, may));
        if (!*may) return OK;
        *may = false;
    }
    rc found = graph_member(c, owner, &m);
    if (found == E_NOT_FOUND || (found == OK && closed_item(c, m, item))) return OK;
    TRY(found);
    TRY(privacy_relation(c, owner, &r));
    return judge_item(&r, item, may);
}

rc privacy_may_meet(ctx *c, int64_t num, bool *may)
{
    *may = c->viewer.num != 0 && c->viewer.num == num;
    if (*may) return OK;
    TRY(privacy_may(c, num, PRIVACY_FOUND, may));
    return *may ? privacy_may(c, num, PRIVACY_PROFILE, may) : OK;
}

/* ---- posts ---- */

rc door_try(ctx *c, int64_t owner, unsigned bits, door *d)
{
    const member_card *m;
    *d = (door){.r = relation_from(c, owner, bits), .known = true};
    rc found = graph_member(c, owner, &m);
    if (found == E_NOT_FOUND || (found == OK && closed_state(c, m))) return OK;
    TRY(found);
    if (stands_in(c)) TRY(relation_known(c, owner, &d->r));
    return judge_item(&d->r, PRIVACY_WALL, &d->open);
}

rc door_see(door *d, int64_t stored, bool *may)
{
    *may = false;
    if (!d->open) return OK;
    if (stored >= 0 && stored <= LEVEL_MAX) {
        uint8_t bit = (uint8_t)(1u << stored);
        if (!(d->asked & bit)) {
            TRY(judge_stored(&d->r, stored, may));
            d->asked |= bit;
            if (*may) d->yes |= bit;
        }
        *may = (d->yes & bit) != 0;
        return OK;
    }
    if (stored != d->last) {
        TRY(judge_stored(&d->r, stored, &d->last_yes));
        d->last = stored;
    }
    *may = d->last_yes;
    return OK;
}

/* Whoever wrote on another's wall, or a comment, is asked as well: a block closes the blocker's words wherever they stand. */
rc privacy_see_author(ctx *c, int64_t author, bool *may)
{
    const member_card *m;
    relation r;
    *may = false;
    if (looks_at_others(c, author)) {
        stand_in who = step_out(c);
        rc_code code = privacy_see_author(c, author, may);
        step_in(c, who);
        return code;
    }
    rc found = graph_member(c, author, &m);
    if (found == E_NOT_FOUND || (found == OK && closed_state(c, m))) return OK;
    TRY(found);
    TRY(privacy_relation(c, author, &r));
    *may = !r.blocked;
    return OK;
}

rc privacy_see_post(ctx *c, int64_t owner, int64_t author, int64_t stored, bool *may)
{
    unsigned bits = 0;
    door d;
    *may = false;
    if (looks_at_others(c, owner)) return OK;
    if (c->viewer.num != 0 && c->viewer.num != owner && !stands_in(c)) TRY(graph_edge(c, c->viewer.num, owner, &bits));
    TRY(door_try(c, owner, bits, &d));
    if (!d.open) return OK;
    if (author != owner) {
        TRY(privacy_see_author(c, author, may));
        if (!*may) return OK;
    }
    /* Who wrote it passes the post's own audience, but not a wall that was closed to them since. */
    if (c->viewer.num != 0 && c->viewer.num == author) return *may = true, OK;
    return door_see(&d, stored, may);
}
