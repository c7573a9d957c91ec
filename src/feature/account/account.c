/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/account/account.h"

#include <unicode/uspoof.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "account.sql.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/utf8.h"
#include "crypto/random.h"
#include "crypto/token.h"
#include "db/change.h"

/* ---- names ---- */

/* First path segments that are, or may become, pages of our own; and words that would let somebody pose as the house. */
static const char *const reserved[] = {
    "about", "account", "admin", "administrator", "albums", "api", "articles", "audio", "blog", "bookmarks", "circles",
    "communities", "community", "desk", "docs", "events", "feed", "friends", "groups", "health", "healthz", "help", "home", "index",
    "inbox", "join", "ledger", "letopis", "login", "logout", "mail", "media", "members", "messages", "method", "moderator",
    "news", "nodeinfo", "notifications", "oauth", "official", "outbox", "owner", "people", "photos", "post", "posts", "privacy",
    "robots.txt", "root", "rules", "search", "security", "settings", "setup", "staff", "static", "status", "support", "system", "tags",
    "terms", "undefined", "user", "users", "veche", "verify", "video", "view", "wall", "www"};

static bool is_reserved(str name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (str_eq(name, str_of(reserved[i]))) return true;
    /* /id12 and /wall12_3 are addresses of their own. */
    str rest = str_starts(name, STR("id")) ? str_skip(name, 2) : str_starts(name, STR("wall")) ? str_skip(name, 4) : STR("x");
    for (size_t i = 0; i < rest.len; i++)
        if ((rest.ptr[i] < '0' || rest.ptr[i] > '9') && rest.ptr[i] != '_') return false;
    return true;
}

enum lang_key account_name_fault(str name)
{
    if (name.len < NAME_MIN || name.len > NAME_MAX) return L_account_name_length;
    for (size_t i = 0; i < name.len; i++) {
        char ch = name.ptr[i];
        bool letter = ch >= 'a' && ch <= 'z', digit = ch >= '0' && ch <= '9';
        bool joint = (ch == '_' || ch == '.') && i > 0 && i + 1 < name.len && name.ptr[i - 1] != '.' && name.ptr[i - 1] != '_';
        if (!letter && !(digit && i > 0) && !joint) return L_account_name_characters;
    }
    return is_reserved(name) ? L_account_name_reserved : L_NONE;
}

/* UTS 39 §4: two names with the same skeleton look alike (rn and m, 1 and l). */
static str skeleton_of(arena *a, str name)
{
    UErrorCode status = U_ZERO_ERROR;
    USpoofChecker *checker = uspoof_open(&status);
    char buffer[256];
    int32_t len = uspoof_getSkeletonUTF8(checker, 0, name.ptr, (int32_t)name.len, buffer, (int32_t)sizeof buffer, &status);
    uspoof_close(checker);
    if (U_FAILURE(status) || len >= (int32_t)sizeof buffer) die("skeleton of a name: %s", u_errorName(status));
    return arena_str(a, (str){buffer, (size_t)len});
}

static str transliterate(arena *a, const char *rule, str s)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar id[64], text[1024];
    int32_t id_len, len = 0;
    u_strFromUTF8(id, 64, &id_len, rule, -1, &status);
    u_strFromUTF8(text, 512, &len, s.ptr, (int32_t)s.len, &status);
    UTransliterator *t = utrans_openU(id, id_len, UTRANS_FORWARD, NULL, 0, NULL, &status);
    int32_t limit = len;
    if (U_SUCCESS(status)) utrans_transUChars(t, text, &len, 1024, 0, &limit, &status);
    if (t) utrans_close(t);
    char utf8[2048];
    int32_t bytes = 0;
    u_strToUTF8(utf8, sizeof utf8, &bytes, text, len, &status);
    if (U_FAILURE(status)) return s;
    return arena_str(a, (str){utf8, (size_t)bytes});
}

str account_search_key(arena *a, str given, str family, str name)
{
    str all = arena_printf(a, " %.*s %.*s %.*s", STR_ARG(given), STR_ARG(family), STR_ARG(name));
    /* Ольга, Саша, Юля as a Russian would type them in Latin: olga, sasha, yulya. */
    return transliterate(a, "Russian-Latin/BGN; Any-Latin; Latin-ASCII; Lower; ['\u2019] Remove", all);
}

/* The search key has a blank before each word. */
str account_search_pattern(arena *a, str words)
{
    char *text = arena_alloc(a, 2 * words.len + 3);
    size_t len = 0;
    text[len++] = '%';
    text[len++] = ' ';
    for (size_t i = 0; i < words.len; i++) {
        char ch = words.ptr[i];
        if (ch == '%' || ch == '_' || ch == '!') text[len++] = '!';
        text[len++] = ch;
    }
    text[len++] = '%';
    return (str){text, len};
}

/* ---- members ---- */

rc account_count(ctx *c, int64_t *num)
{
    account_count_row row;
    TRY(sql_account_count(c->db, c->arena, &row));
    *num = row.num;
    return OK;
}

rc account_create(ctx *c, const new_member *m, int64_t *num)
{
    account_next_num_row next;
    TRY(sql_account_next_num(c->db, c->arena, &next));
    int64_t claimed;
    TRY(sql_account_claim_name(c->db, m->name, skeleton_of(c->arena, m->name), next.num, c->now, &claimed));
    if (claimed == 0) return fail(c, E_CONFLICT, MSG(L_account_name_taken), "the name is taken");
    unsigned char public_id[16];
    random_bytes(public_id, sizeof public_id);
    int64_t bucket = bucket_of(next.num);
    TRY(sql_account_insert(c->db, bucket, next.num, (str){(char *)public_id, sizeof public_id}, m->name, m->given, m->family,
                           account_search_key(c->arena, m->given, m->family, m->name), m->gender, (int64_t)m->role,
                           (int64_t)m->lang, clock_day(c->now)));
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

/* ---- sessions ---- */

#define SID_BYTES 34

str account_token_new(arena *a, int64_t num)
{
    unsigned char token[SID_BYTES];
    int64_t bucket = bucket_of(num);
    token[0] = (unsigned char)(bucket >> 8);
    token[1] = (unsigned char)(bucket & 255);
    random_bytes(token + 2, SID_BYTES - 2);
    return base64url_encode(a, (str){(char *)token, sizeof token});
}

bool account_token_read(arena *a, str token, int64_t *bucket, str *hash)
{
    unsigned char bytes[SID_BYTES];
    if (!base64url_decode_exact(token, bytes, sizeof bytes)) return false;
    *bucket = bytes[0] << 8 | bytes[1];
    *hash = sha256_str(a, (str){(char *)bytes, sizeof bytes});
    return *bucket < BUCKETS;
}

rc account_session_open(ctx *c, int64_t num, str token, bool keep, str label)
{
    int64_t bucket;
    str hash;
    if (!account_token_read(c->arena, token, &bucket, &hash)) return E_INTERNAL;
    /* To the day, like all that is kept of a session: the moment of a log-in is nobody's business. */
    int64_t expires = clock_day(c->now + (keep ? SESSION_MS : SESSION_SHORT_MS)) + MS_DAY;
    TRY(sql_account_session_insert(c->db, bucket, hash, num, clock_day(c->now), expires, label));
    return sql_account_member_seen(c->db, clock_day(c->now), bucket, num);
}

rc account_sessions_end(ctx *c, int64_t num)
{
    int64_t ended;
    return sql_account_session_end_all(c->db, bucket_of(num), num, &ended);
}

rc account_seen(ctx *c, int64_t num, str hash)
{
    int64_t fresh, bucket = bucket_of(num);
    TRY(sql_account_session_seen(c->db, clock_day(c->now), bucket, hash, &fresh));
    return fresh ? sql_account_member_seen(c->db, clock_day(c->now), bucket, num) : OK;
}

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
