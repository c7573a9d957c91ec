/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/account/account.h"

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/utf8.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "db/change.h"

/* ---- members ---- */

rc account_count(ctx *c, int64_t *num)
{
    account_count_row row;
    TRY(sql_account_count(c->db, c->arena, &row));
    *num = row.num;
    return OK;
}

void account_prepare(arena *a, new_member *m)
{
    m->skeleton = account_skeleton(a, m->name);
    m->search = account_search_key(a, m->given, m->family, m->name);
}

rc account_create(ctx *c, const new_member *m, int64_t *num)
{
    account_next_num_row next;
    TRY(sql_account_next_num(c->db, c->arena, &next));
    int64_t claimed;
    TRY(sql_account_claim_name(c->db, m->name, m->skeleton, next.num, c->now, &claimed));
    if (claimed == 0) return fail(c, E_CONFLICT, MSG(L_account_name_taken), "the name is taken");
    unsigned char public_id[16];
    random_bytes(public_id, sizeof public_id);
    int64_t bucket = bucket_of(next.num);
    TRY(sql_account_insert(c->db, bucket, next.num, (str){(char *)public_id, sizeof public_id}, m->name, m->given, m->family, m->search,
                           m->gender, (int64_t)m->role, (int64_t)m->lang, clock_day(c->now)));
    TRY(account_words(c, next.num, m->search));
    TRY(sql_account_set_password(c->db, bucket, next.num, m->password));
    TRY(change_emit(c, CHANGE_MEMBER, next.num, 0));
    *num = next.num;
    return OK;
}

rc account_find(ctx *c, str name, int64_t *num)
{
    account_by_name_row row;
    if (!utf8_valid(name) || memchr(name.ptr, 0, name.len)) return E_NOT_FOUND; /* a log-in form may bring anything */
    TRY(sql_account_by_name(c->db, c->arena, name, &row));
    *num = row.num;
    return OK;
}

/* ---- passwords ---- */

/* Whatever passes here can be hashed: a character has four bytes at most. */
_Static_assert(4 * PASSWORD_MAX <= PASSWORD_MAX_BYTES, "the longest password can be hashed");

msg account_password_fault(str typed, str name)
{
    size_t count = utf8_count(typed);
    if (count < PASSWORD_MIN) return msg_n(L_account_password_short, PASSWORD_MIN);
    if (count > PASSWORD_MAX) return msg_n(L_form_long, PASSWORD_MAX);
    return str_eq(typed, name) ? MSG(L_account_password_name) : MSG(L_NONE);
}

rc account_password(ctx *c, int64_t num, str *stored)
{
    account_password_row row;
    TRY(sql_account_password(c->db, c->arena, bucket_of(num), num, &row));
    *stored = row.password;
    return OK;
}

rc account_password_change(ctx *c, int64_t num, str was, str hashed)
{
    int64_t changed;
    TRY(sql_account_change_password(c->db, hashed, bucket_of(num), num, was, &changed));
    return changed ? OK : fail(c, E_CONFLICT, MSG(L_account_password_wrong), "another password was stored meanwhile");
}

rc account_epoch(ctx *c, int64_t num, int64_t *epoch)
{
    account_epoch_row row;
    TRY(sql_account_epoch(c->db, c->arena, bucket_of(num), num, &row));
    *epoch = row.epoch;
    return OK;
}

/* ---- sessions ---- */

_Static_assert(SESSIONS_MAX < GRAPH_SESSIONS_MAX, "memory sees every session");

#define SID_NUM 4
#define SID_BYTES (SID_NUM + 32)

str account_token_of(arena *a, int64_t num, const unsigned char secret[TOKEN_BYTES])
{
    unsigned char token[SID_BYTES];
    for (int i = 0; i < SID_NUM; i++) token[i] = (unsigned char)(num >> 8 * (SID_NUM - 1 - i));
    memcpy(token + SID_NUM, secret, TOKEN_BYTES);
    return base64url_encode(a, (str){(char *)token, sizeof token});
}

str account_token_new(arena *a, int64_t num)
{
    unsigned char secret[TOKEN_BYTES];
    random_bytes(secret, sizeof secret);
    str token = account_token_of(a, num, secret);
    explicit_bzero(secret, sizeof secret);
    return token;
}

bool account_token_read(arena *a, str token, int64_t *num, str *hash)
{
    unsigned char bytes[SID_BYTES];
    if (!base64url_decode_exact(token, bytes, sizeof bytes)) return false;
    *num = 0;
    for (int i = 0; i < SID_NUM; i++) *num = *num << 8 | bytes[i];
    *hash = sha256_str(a, (str){(char *)bytes, sizeof bytes});
    explicit_bzero(bytes, sizeof bytes);
    return *num > 0 && *num <= INT32_MAX;
}

rc account_session_by_hash(ctx *c, int64_t num, str hash, account_session_found *out)
{
    const member_card *card;
    *out = (account_session_found){.member = num, .hash = hash};
    TRY(graph_session_of(c, num, hash, &out->session));
    TRY(graph_member(c, num, &card));
    out->role = (role)card->role;
    return card->state == MEMBER_ACTIVE && out->session->expires > c->now ? OK : E_NOT_FOUND;
}

rc account_session(ctx *c, str token, account_session_found *out)
{
    int64_t num;
    str hash;
    if (!account_token_read(c->arena, token, &num, &hash)) return E_NOT_FOUND;
    return account_session_by_hash(c, num, hash, out);
}

/* Memory holds sessions; all that is done to them below is told. */
static rc sessions_moved(ctx *c, int64_t num) { return change_emit(c, CHANGE_SESSIONS, num, 0); }

rc account_sessions(ctx *c, account_session_line_list *out)
{
    int64_t num = c->viewer.num;
    return sql_account_sessions(c->db, c->arena, bucket_of(num), num, c->now, out);
}

/* Ends those that were used longest ago, so that there is a place for one more. */
static rc make_room(ctx *c, int64_t num)
{
    account_session_count_row have;
    account_session_oldest_list oldest;
    int64_t bucket = bucket_of(num), ended;
    TRY(sql_account_session_count(c->db, c->arena, bucket, num, &have));
    if (have.sessions < SESSIONS_MAX) return OK;
    TRY(sql_account_session_oldest(c->db, c->arena, bucket, num, have.sessions - SESSIONS_MAX + 1, &oldest));
    for (size_t i = 0; i < oldest.len; i++) TRY(sql_account_session_end(c->db, bucket, oldest.items[i].hash, &ended));
    return OK;
}

rc account_session_open(ctx *c, int64_t num, str token, bool keep, str label)
{
    int64_t bucket = bucket_of(num), named;
    str hash;
    if (!account_token_read(c->arena, token, &named, &hash) || named != num) return E_INTERNAL;
    /* To the day, like all that is kept of a session: the moment of a log-in is nobody's business. */
    int64_t expires = clock_day(c->now + (keep ? SESSION_MS : SESSION_SHORT_MS)) + MS_DAY;
    account_session_number_row next;
    TRY(make_room(c, num));
    TRY(sql_account_session_number(c->db, c->arena, clock_day(c->now), bucket, num, &next));
    TRY(sql_account_session_insert(c->db, bucket, hash, num, next.ordinal, clock_day(c->now), expires, label));
    return sessions_moved(c, num);
}

rc account_sessions_end(ctx *c, int64_t num)
{
    int64_t ended;
    TRY(sql_account_session_end_all(c->db, bucket_of(num), num, &ended));
    TRY(sql_account_epoch_next(c->db, bucket_of(num), num));
    return ended ? sessions_moved(c, num) : OK;
}

rc account_session_rotate(ctx *c, str hash, str token)
{
    int64_t num, renamed;
    str fresh;
    if (!account_token_read(c->arena, token, &num, &fresh)) return E_INTERNAL;
    TRY(sql_account_session_rename(c->db, fresh, bucket_of(num), hash, num, &renamed));
    return renamed ? sessions_moved(c, num) : fail(c, E_LOGIN, MSG(L_NONE), "the session is over");
}

rc account_session_end(ctx *c, str hash)
{
    int64_t ended, num = c->viewer.num;
    TRY(sql_account_session_end(c->db, bucket_of(num), hash, &ended));
    return ended ? sessions_moved(c, num) : OK;
}

rc account_session_end_ordinal(ctx *c, int64_t ordinal)
{
    int64_t ended, num = c->viewer.num;
    TRY(sql_account_session_end_ordinal(c->db, bucket_of(num), num, ordinal, &ended));
    return ended ? sessions_moved(c, num) : OK;
}

rc account_sessions_end_others(ctx *c, str hash)
{
    int64_t ended, num = c->viewer.num;
    TRY(sql_account_session_end_others(c->db, bucket_of(num), num, hash, &ended));
    TRY(sql_account_epoch_next(c->db, bucket_of(num), num));
    return ended ? sessions_moved(c, num) : OK;
}

rc account_seen(ctx *c, int64_t num, str hash)
{
    int64_t fresh, bucket = bucket_of(num);
    TRY(sql_account_session_seen(c->db, clock_day(c->now), bucket, hash, &fresh));
    if (!fresh) return OK;
    TRY(sessions_moved(c, num));
    return sql_account_member_seen(c->db, clock_day(c->now), bucket, num);
}

/* ---- invitations ---- */

#define INVITE_BYTES 15

static bool is_code(str code)
{
    unsigned char bytes[INVITE_BYTES];
    return base64url_decode_exact(code, bytes, sizeof bytes);
}

rc account_invitation(ctx *c, str code, account_invite_row *out)
{
    const member_card *owner;
    if (!is_code(code)) return E_NOT_FOUND;
    TRY(sql_account_invite(c->db, c->arena, code, c->now, out));
    TRY(graph_member(c, out->owner, &owner));
    return owner->state == MEMBER_ACTIVE ? OK : E_NOT_FOUND;
}

rc account_invitation_use(ctx *c, str code, account_invite_row *out)
{
    int64_t used;
    TRY(account_invitation(c, code, out));
    TRY(sql_account_invite_use(c->db, code, c->now, &used));
    return used ? OK : E_NOT_FOUND;
}

rc account_invitations(ctx *c, account_invite_line_list *out)
{
    return sql_account_invites(c->db, c->arena, c->viewer.num, c->now, out);
}

rc account_invitation_make(ctx *c, int64_t uses, bool befriend)
{
    unsigned char bytes[INVITE_BYTES];
    account_invite_count_row have;
    TRY(sql_account_invite_count(c->db, c->arena, c->viewer.num, c->now, &have));
    if (have.invitations >= INVITES_MAX) return fail(c, E_CONFLICT, msg_n(L_account_invites_many, INVITES_MAX), "enough invitations");
    random_bytes(bytes, sizeof bytes);
    str code = base64url_encode(c->arena, (str){(char *)bytes, sizeof bytes});
    return sql_account_invite_insert(c->db, code, c->viewer.num, uses, befriend, clock_day(c->now), c->now + INVITE_DAYS * MS_DAY);
}

rc account_invitation_end(ctx *c, str code)
{
    int64_t ended;
    return is_code(code) ? sql_account_invite_end(c->db, code, c->viewer.num, &ended) : OK;
}

/* ---- what is over ---- */

#define SWEEP_SLICE 100
#define SWEEP_PAUSE_MS MS_HOUR

static rc sweep_run(ctx *c, str payload)
{
    account_expired_list sessions;
    account_expired_invite_list invites;
    TRY(sql_account_expired_sessions(c->db, c->arena, c->now, SWEEP_SLICE, &sessions));
    for (size_t i = 0; i < sessions.len; i++) {
        int64_t ended;
        TRY(sql_account_session_end(c->db, sessions.items[i].bucket, sessions.items[i].hash, &ended));
    }
    TRY(sql_account_expired_invites(c->db, c->arena, c->now, SWEEP_SLICE, &invites));
    for (size_t i = 0; i < invites.len; i++) TRY(sql_account_invite_drop(c->db, invites.items[i].code));
    bool more = sessions.len == SWEEP_SLICE || invites.len == SWEEP_SLICE;
    return job_add(c, &account_sweep, payload, more ? 0 : c->now + SWEEP_PAUSE_MS);
}

const job_kind account_sweep = {"account_sweep", sweep_run, JOB_SLICE_MS, .repeats = true};
