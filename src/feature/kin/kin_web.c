/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/kin/kin_web.h"

#include "feature/account/account.h"
#include "kin_pages.tpl.h"

#define RELATIONS "/settings/profile/relations"
#define CLAIM "/settings/profile/claims/{num:int}_{ordinal:int}"

static msg bond_word(int64_t kind, gender g)
{
    if (kind <= BOND_NONE || kind >= BONDS) return MSG(L_NONE);
    return (msg){.key = (enum lang_key)((int)L_kin_bond_1 + (int)kind - 1), .g = g};
}

static msg family_word(int64_t kind, gender g)
{
    if (kind < FAMILY_GRANDPARENT || kind >= FAMILIES) return MSG(L_kin_family_6);
    return (msg){.key = (enum lang_key)((int)L_kin_family_1 + (int)kind - 1), .g = g};
}

/* ---- somebody's page ---- */

static rc row_of(ctx *c, const relative *r, kin_row *out)
{
    *out = (kin_row){.ordinal = r->ordinal, .member = r->other != 0, .name = r->name, .waits = r->waits};
    return out->member ? view_person(c, r->other, &out->who) : OK;
}

rc kin_view_of(view *v, int64_t num, gender g, kin_view *out)
{
    ctx *c = v->r->c;
    kin told;
    bool open;
    *out = (kin_view){.bond = {.word = MSG(L_NONE)}};
    TRY(privacy_may(c, num, PRIVACY_DETAILS, &open));
    if (!open) return OK;
    TRY(kin_get(c, num, &told));
    TRY(row_of(c, &told.bond, &out->bond));
    out->bond.word = bond_word(told.bond.kind, g);
    out->family.items = ARENA_ARRAY(c->arena, kin_row, told.family.len);
    for (size_t i = 0; i < told.family.len; i++) {
        kin_row *row = &out->family.items[out->family.len++];
        TRY(row_of(c, &told.family.items[i], row));
        row->word = family_word(told.family.items[i].kind, row->member ? row->who.gender : GENDER_UNKNOWN);
    }
    if (c->viewer.num != num) return OK;
    kin_claim_list waiting;
    TRY(kin_waiting(c, &waiting));
    out->waiting = (int64_t)waiting.len;
    return OK;
}

/* ---- the form ---- */

static rc claims_of(view *v, gender own, claim_row_list *out)
{
    ctx *c = v->r->c;
    kin_claim_list all;
    TRY(kin_waiting(c, &all));
    *out = (claim_row_list){.items = ARENA_ARRAY(c->arena, claim_row, all.len)};
    for (size_t i = 0; i < all.len; i++) {
        claim_row *row = &out->items[out->len++];
        const kin_claim *claim = &all.items[i];
        row->ordinal = claim->ordinal;
        TRY(view_person(c, claim->owner, &row->who));
        bool bonded = claim->ordinal == 0;
        str word = view_say(v, bonded ? bond_word(claim->kind, row->who.gender) : family_word(claim->kind, own)).s;
        row->words = view_say(v, (msg){.key = bonded ? L_kin_claim_bond : L_kin_claim_family, .g = row->who.gender, .s = row->who.full, .s2 = word});
    }
    return OK;
}

static rc relations_show(req *r)
{
    ctx *c = r->c;
    view v;
    kin told;
    kin_form form = {.partner = STR("")};
    TRY(view_init(&v, r, NAV_SETTINGS, MSG(L_profile_form_title)));
    form.gender = v.me.gender;
    TRY(kin_get(c, c->viewer.num, &told));
    TRY(kin_view_of(&v, c->viewer.num, form.gender, &form.now));
    TRY(claims_of(&v, form.gender, &form.claims));
    form.bond = told.bond.kind;
    if (form.now.bond.member) form.partner = arena_cat(c->arena, STR("@"), form.now.bond.who.name, STR(""));
    tpl_kin_form(r->out, &v, &form);
    return OK;
}

/* "@olga" is somebody here; *num stays 0 for what does not begin like that. */
static rc read_member(req *r, const char *field, str typed, int64_t *num)
{
    *num = 0;
    if (!str_starts(typed, STR("@"))) return OK;
    str name = str_skip(typed, 1);
    rc_code found = name.len && name.len <= ACCOUNT_NAME_MAX ? account_find(r->c, name, num) : E_NOT_FOUND;
    if (found == E_NOT_FOUND) return req_fault(r, field, msg_s(L_kin_unknown, name));
    return found;
}

typedef struct kin_state {
    int64_t kind, other;
    str name;
} kin_state;

static rc bond_prepare(req *r)
{
    kin_state *s = r->state = ARENA_NEW(r->c->arena, kin_state);
    s->kind = req_field_int(r, "bond", -1);
    if (s->kind < BOND_NONE || s->kind >= BONDS) return req_fault(r, "bond", MSG(L_form_choice));
    TRY(req_text(r, "partner", 0, ACCOUNT_NAME_MAX + 1, false, &s->name));
    if (!s->name.len) return OK;
    if (!str_starts(s->name, STR("@"))) s->name = arena_cat(r->c->arena, STR("@"), s->name, STR(""));
    return read_member(r, "partner", s->name, &s->other);
}

/* What the rules refuse stands beside the field that it is about. */
static rc beside(req *r, const char *field, rc_code code)
{
    return code == E_DENIED || code == E_INVALID || code == E_LIMIT ? req_fault(r, field, r->c->err.sentence) : code;
}

static rc bond_act(req *r)
{
    const kin_state *s = r->state;
    return beside(r, "partner", kin_bond(r->c, s->kind, s->other));
}

static rc bond_saved(req *r) { return req_redirect_toast(r, url_local(STR(RELATIONS)), L_profile_saved, STR("")); }

static rc family_prepare(req *r)
{
    kin_state *s = r->state = ARENA_NEW(r->c->arena, kin_state);
    s->kind = req_field_int(r, "family", -1);
    if (s->kind < FAMILY_GRANDPARENT || s->kind >= FAMILIES) return req_fault(r, "family", MSG(L_form_choice));
    TRY(req_name(r, "relative", 1, KIN_NAME_MAX, &s->name));
    return read_member(r, "relative", s->name, &s->other);
}

static rc family_act(req *r)
{
    const kin_state *s = r->state;
    return beside(r, "relative", kin_add(r->c, s->kind, s->name, s->other));
}

static rc family_saved(req *r) { return req_redirect_toast(r, url_local(STR(RELATIONS)), L_kin_added, STR("")); }

static rc remove_act(req *r) { return kin_remove(r->c, req_capture_int(r, "ordinal")); }

static rc removed(req *r) { return req_redirect_toast(r, url_local(STR(RELATIONS)), L_kin_removed, STR("")); }

static bool says_yes(const req *r) { return str_ends(r->path, STR("/agree")); }

static rc answer_act(req *r)
{
    return kin_answer(r->c, req_capture_int(r, "num"), req_capture_int(r, "ordinal"), says_yes(r));
}

static rc answered(req *r)
{
    return req_redirect_toast(r, url_local(STR(RELATIONS)), says_yes(r) ? L_kin_agreed : L_kin_declined, STR(""));
}

const route kin_routes[] = {
    {GET, RELATIONS, .show = relations_show, .who = MEMBER},
    {POST, RELATIONS, .prepare = bond_prepare, .act = bond_act, .show = bond_saved, .again = relations_show, .who = MEMBER,
     .idempotent = true, .per_minute = 20},
    {POST, "/settings/profile/family", .prepare = family_prepare, .act = family_act, .show = family_saved, .again = relations_show,
     .who = MEMBER, .per_minute = 20},
    {POST, "/settings/profile/family/{ordinal:int}/delete", .act = remove_act, .show = removed, .who = MEMBER, .idempotent = true},
    {POST, CLAIM "/agree", .act = answer_act, .show = answered, .who = MEMBER, .idempotent = true},
    {POST, CLAIM "/decline", .act = answer_act, .show = answered, .who = MEMBER, .idempotent = true},
    {0}};
