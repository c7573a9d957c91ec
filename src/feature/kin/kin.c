/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/kin/kin.h"

#include "base/ids.h"

#define BOND_ORDINAL 0
enum claim_state { CLAIM_WAITS, CLAIM_AGREED, CLAIM_DECLINED };

bool bond_names(int64_t kind)
{
    return kind > BOND_NONE && kind < BONDS && kind != BOND_SINGLE && kind != BOND_SEARCHING;
}

/* ---- reading ---- */

static bool agreed(const kin_agreed_row_list *all, int64_t member, int64_t ordinal)
{
    for (size_t i = 0; i < all->len; i++)
        if (all->items[i].member == member && all->items[i].ordinal == ordinal) return true;
    return false;
}

/* *shown: is there something for the viewer? The relationship stays without its name, a relative is nothing without. */
static rc relative_read(ctx *c, const kin_rows_row *row, const kin_agreed_row_list *yes, bool own, relative *out, bool *shown)
{
    *out = (relative){row->ordinal, row->kind, row->other, row->name, false};
    *shown = true;
    if (!row->other) return OK;
    const member_card *card;
    TRY(graph_member(c, row->other, &card));
    bool may = own && card->state == MEMBER_ACTIVE, said = agreed(yes, row->other, row->ordinal);
    out->waits = !said;
    if (!own && said) TRY(privacy_may_meet(c, row->other, &may));
    if (may) return OK;
    out->other = 0;
    out->waits = false;
    *shown = row->ordinal == BOND_ORDINAL;
    return OK;
}

rc kin_get(ctx *c, int64_t owner, kin *out)
{
    kin_rows_row_list rows;
    kin_agreed_row_list yes = {0};
    int64_t others[64];
    size_t len = 0;
    *out = (kin){0};
    TRY(privacy_check(c, owner, PRIVACY_DETAILS));
    TRY(sql_kin_rows(c->db, c->arena, bucket_of(owner), owner, &rows));
    for (size_t i = 0; i < rows.len; i++)
        if (rows.items[i].other) others[len++] = rows.items[i].other;
    if (len) TRY(sql_kin_agreed(c->db, c->arena, others, len, owner, &yes));
    out->family.items = ARENA_ARRAY(c->arena, relative, rows.len);
    for (size_t i = 0; i < rows.len; i++) {
        relative one;
        bool shown;
        TRY(relative_read(c, &rows.items[i], &yes, c->viewer.num == owner, &one, &shown));
        if (one.ordinal == BOND_ORDINAL) out->bond = one;
        else if (shown) out->family.items[out->family.len++] = one;
    }
    return OK;
}

rc kin_waiting(ctx *c, kin_claim_list *out)
{
    int64_t me = c->viewer.num;
    kin_claim_list all;
    TRY(sql_kin_waiting(c->db, c->arena, bucket_of(me), me, KIN_WAITING_MAX, &all));
    *out = (kin_claim_list){.items = all.items};
    for (size_t i = 0; i < all.len; i++) {
        const member_card *card;
        TRY(graph_member(c, all.items[i].owner, &card));
        if (card->state == MEMBER_ACTIVE) out->items[out->len++] = all.items[i];
    }
    return OK;
}

/* ---- writing ---- */

static rc must_be_friend(ctx *c, int64_t other)
{
    unsigned bits;
    TRY(graph_edge(c, c->viewer.num, other, &bits));
    return bits & EDGE_FRIEND ? OK : fail(c, E_DENIED, MSG(L_kin_not_friend), "not a friend");
}

static rc claim_of(ctx *c, int64_t member, int64_t owner, int64_t ordinal, kin_claim_of_row *claim, bool *there)
{
    rc_code found = sql_kin_claim_of(c->db, c->arena, bucket_of(member), member, owner, ordinal, claim);
    *there = found == OK;
    return found == E_NOT_FOUND ? OK : found;
}

/* A no that was said stays said until the other says it themselves. */
static rc claim_put(ctx *c, int64_t member, int64_t owner, int64_t ordinal, int64_t kind, bool so)
{
    kin_claim_of_row was;
    bool there;
    TRY(claim_of(c, member, owner, ordinal, &was, &there));
    int64_t state = so ? CLAIM_AGREED : there && was.state == CLAIM_DECLINED ? CLAIM_DECLINED : CLAIM_WAITS;
    return sql_kin_claim_put(c->db, bucket_of(member), member, owner, ordinal, kind, state);
}

/* Nobody says any more that they are together: my claim is gone, theirs waits for somebody to say so. */
static rc bond_end(ctx *c, int64_t other)
{
    int64_t me = c->viewer.num;
    kin_claim_of_row theirs;
    bool there;
    TRY(sql_kin_claim_drop(c->db, bucket_of(other), other, me, BOND_ORDINAL));
    TRY(claim_of(c, me, other, BOND_ORDINAL, &theirs, &there));
    if (!there || theirs.state != CLAIM_AGREED) return OK;
    return sql_kin_claim_put(c->db, bucket_of(me), me, other, BOND_ORDINAL, theirs.kind, CLAIM_DECLINED);
}

/* Both halves say the same, or neither counts. */
static rc bond_begin(ctx *c, int64_t kind, int64_t other)
{
    int64_t me = c->viewer.num;
    kin_claim_of_row theirs;
    bool there;
    TRY(claim_of(c, me, other, BOND_ORDINAL, &theirs, &there));
    bool same = there && theirs.kind == kind;
    if (!there) TRY(must_be_friend(c, other));
    if (there && (same || theirs.state == CLAIM_AGREED))
        TRY(sql_kin_claim_put(c->db, bucket_of(me), me, other, BOND_ORDINAL, theirs.kind, same ? CLAIM_AGREED : CLAIM_DECLINED));
    return claim_put(c, other, me, BOND_ORDINAL, kind, same);
}

rc kin_bond(ctx *c, int64_t kind, int64_t other)
{
    int64_t me = c->viewer.num, bucket = bucket_of(me);
    kin_row_row was = {0};
    if (kind < BOND_NONE || kind >= BONDS) return fail(c, E_INVALID, MSG(L_form_choice), "no such relationship");
    if (other && (other == me || !bond_names(kind))) return fail(c, E_INVALID, MSG(L_kin_no_partner), "a partner where none can be");
    rc_code found = sql_kin_row(c->db, c->arena, bucket, me, BOND_ORDINAL, &was);
    if (found != OK && found != E_NOT_FOUND) return found;
    if (other) TRY(bond_begin(c, kind, other));
    if (was.other && was.other != other) TRY(bond_end(c, was.other));
    if (kind == BOND_NONE) return sql_kin_drop(c->db, bucket, me, BOND_ORDINAL);
    return sql_kin_put(c->db, bucket, me, BOND_ORDINAL, kind, STR(""), other);
}

rc kin_add(ctx *c, int64_t kind, str name, int64_t other)
{
    int64_t me = c->viewer.num, bucket = bucket_of(me), ordinal = BOND_ORDINAL + 1, relatives = 0;
    kin_rows_row_list rows;
    if (kind < FAMILY_GRANDPARENT || kind >= FAMILIES) return fail(c, E_INVALID, MSG(L_form_choice), "no such relative");
    if (other == me) return fail(c, E_INVALID, MSG(L_kin_self), "oneself as a relative");
    if (other) TRY(must_be_friend(c, other));
    TRY(sql_kin_rows(c->db, c->arena, bucket, me, &rows));
    for (size_t i = 0; i < rows.len; i++) {
        if (rows.items[i].ordinal == BOND_ORDINAL) continue;
        relatives++;
        ordinal = rows.items[i].ordinal + 1;
        if (other && rows.items[i].other == other) return fail(c, E_INVALID, MSG(L_kin_twice), "the same relative twice");
    }
    if (relatives >= KIN_FAMILY_MAX) return fail(c, E_LIMIT, msg_n(L_kin_full, KIN_FAMILY_MAX), "too many relatives");
    TRY(sql_kin_put(c->db, bucket, me, ordinal, kind, other ? STR("") : name, other));
    return other ? claim_put(c, other, me, ordinal, kind, false) : OK;
}

rc kin_remove(ctx *c, int64_t ordinal)
{
    int64_t me = c->viewer.num, bucket = bucket_of(me);
    kin_row_row was;
    if (ordinal == BOND_ORDINAL) return OK;
    rc_code found = sql_kin_row(c->db, c->arena, bucket, me, ordinal, &was);
    if (found == E_NOT_FOUND) return OK;
    TRY(found);
    if (was.other) TRY(sql_kin_claim_drop(c->db, bucket_of(was.other), was.other, me, ordinal));
    return sql_kin_drop(c->db, bucket, me, ordinal);
}

rc kin_answer(ctx *c, int64_t owner, int64_t ordinal, bool yes)
{
    int64_t me = c->viewer.num;
    kin_claim_of_row claim;
    bool there;
    TRY(claim_of(c, me, owner, ordinal, &claim, &there));
    if (!there) return fail(c, E_GONE, MSG(L_kin_gone), "the claim was taken back");
    if (yes && ordinal == BOND_ORDINAL) return kin_bond(c, claim.kind, owner);
    return sql_kin_claim_put(c->db, bucket_of(me), me, owner, ordinal, claim.kind, yes ? CLAIM_AGREED : CLAIM_DECLINED);
}

static rc part_half(ctx *c, int64_t one, int64_t other)
{
    int64_t bucket = bucket_of(one);
    TRY(sql_kin_part_bond(c->db, bucket, one, other));
    TRY(sql_kin_part_relatives(c->db, bucket, one, other));
    return sql_kin_part_claims(c->db, bucket, one, other);
}

rc kin_part(ctx *c, int64_t a, int64_t b)
{
    bool a_first = bucket_of(a) != bucket_of(b) ? bucket_of(a) < bucket_of(b) : a < b;
    TRY(part_half(c, a_first ? a : b, a_first ? b : a));
    return part_half(c, a_first ? b : a, a_first ? a : b);
}
