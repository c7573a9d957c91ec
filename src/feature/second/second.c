/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/second/second.h"

#include <string.h>

#include "base/clock.h"
#include "base/ids.h"
#include "crypto/otp.h"
#include "crypto/random.h"
#include "crypto/token.h"
#include "feature/second/passkeys.h"
#include "feature/second/ticket.h"
#include "passkeys.sql.h"
#include "second.sql.h"

rc second_get(ctx *c, int64_t num, second_state *out)
{
    second_app_row app;
    recovery_count_row left;
    rc_code found = sql_second_app(c->db, c->arena, bucket_of(num), num, &app);
    passkey_count_row keys;
    *out = (second_state){.app = found == OK};
    if (found != OK && found != E_NOT_FOUND) return found;
    TRY(sql_passkey_count(c->db, c->arena, bucket_of(num), num, &keys));
    TRY(sql_recovery_count(c->db, c->arena, bucket_of(num), num, &left));
    out->codes = left.codes;
    out->passkeys = keys.passkeys;
    return OK;
}

/* ---- recovery codes ---- */

#define SALT 16

void recovery_codes_new(recovery_codes *out) { random_bytes(out->bytes, sizeof out->bytes); }

str recovery_code_text(arena *a, const unsigned char code[RECOVERY_BYTES])
{
    str all = base32_encode(a, (str){(const char *)code, RECOVERY_BYTES});
    return arena_printf(a, "%.4s-%.4s-%.4s-%.4s", all.ptr, all.ptr + 4, all.ptr + 8, all.ptr + 12);
}

static str recovery_hash(arena *a, str salt, const unsigned char code[RECOVERY_BYTES])
{
    return sha256_str(a, arena_cat(a, salt, (str){(const char *)code, RECOVERY_BYTES}, STR("")));
}

static rc store_codes(ctx *c, const recovery_codes *codes)
{
    int64_t num = c->viewer.num, bucket = bucket_of(num);
    TRY(sql_recovery_drop(c->db, bucket, num));
    for (int i = 0; i < RECOVERY_CODES; i++) {
        unsigned char bytes[SALT];
        random_bytes(bytes, sizeof bytes);
        str salt = {(const char *)bytes, sizeof bytes};
        TRY(sql_recovery_insert(c->db, bucket, num, i, salt, recovery_hash(c->arena, salt, codes->bytes[i])));
    }
    return OK;
}

static rc recovery_try(ctx *c, int64_t num, const unsigned char code[RECOVERY_BYTES], second_answer *out)
{
    recovery_row_list rows;
    int64_t used = 0;
    TRY(sql_recovery_all(c->db, c->arena, bucket_of(num), num, &rows));
    for (size_t i = 0; i < rows.len && !used; i++) {
        str hash = recovery_hash(c->arena, rows.items[i].salt, code);
        if (rows.items[i].hash.len != hash.len || !bytes_equal(rows.items[i].hash.ptr, hash.ptr, hash.len)) continue;
        TRY(sql_recovery_use(c->db, bucket_of(num), num, rows.items[i].ordinal, hash, &used));
    }
    *out = used ? SECOND_RECOVERY : SECOND_WRONG;
    return OK;
}

/* ---- the app ---- */

rc second_app_on(ctx *c, str secret, int64_t step, const recovery_codes *codes)
{
    int64_t fresh;
    TRY(sql_second_app_insert(c->db, bucket_of(c->viewer.num), c->viewer.num, secret, step, &fresh));
    if (!fresh) return fail(c, E_CONFLICT, MSG(L_second_is_on), "an app is on already");
    return store_codes(c, codes);
}

rc second_codes_renew(ctx *c, const recovery_codes *codes)
{
    second_state now;
    TRY(second_get(c, c->viewer.num, &now));
    return now.app ? store_codes(c, codes) : fail(c, E_CONFLICT, MSG(L_second_is_off), "no app is on");
}

rc second_app_off(ctx *c, int64_t num)
{
    int64_t dropped;
    TRY(sql_recovery_drop(c->db, bucket_of(num), num));
    return sql_second_app_drop(c->db, bucket_of(num), num, &dropped);
}

rc second_all_off(ctx *c, int64_t num, bool *had)
{
    second_state now;
    int64_t dropped;
    TRY(second_get(c, num, &now));
    *had = now.app || now.passkeys > 0;
    TRY(passkeys_drop(c, num, &dropped));
    return second_app_off(c, num);
}

static rc code_try(ctx *c, int64_t num, const second_app_row *app, uint32_t code, second_answer *out)
{
    int64_t hour = c->now / MS_HOUR, taken = 0;
    if (app->misses_from == hour && app->misses >= SECOND_MISSES) return *out = SECOND_LOCKED, OK;
    int64_t step = otp_match(app->secret, c->now, code, app->last_step);
    if (step) TRY(sql_second_step_take(c->db, step, bucket_of(num), num, &taken));
    *out = taken ? SECOND_CODE : SECOND_WRONG;
    return taken ? OK : sql_second_miss(c->db, hour, bucket_of(num), num);
}

rc second_try(ctx *c, int64_t num, str typed, second_answer *out)
{
    second_app_row app;
    unsigned char code[RECOVERY_BYTES];
    uint32_t digits;
    TRY(sql_second_app(c->db, c->arena, bucket_of(num), num, &app));
    if (otp_read(typed, &digits)) return code_try(c, num, &app, digits, out);
    *out = SECOND_WRONG;
    return base32_decode_exact(typed, code, sizeof code) ? recovery_try(c, num, code, out) : OK;
}

/* ---- what is over ---- */

#define SWEEP_SLICE 100
#define SWEEP_PAUSE_MS MS_HOUR

static rc sweep_run(ctx *c, str payload)
{
    second_spent_row_list old;
    TRY(sql_second_spent_old(c->db, c->arena, c->now - 2 * TICKET_MS, SWEEP_SLICE, &old));
    for (size_t i = 0; i < old.len; i++) TRY(sql_second_spent_drop(c->db, old.items[i].bucket, old.items[i].hash));
    return job_add(c, &second_sweep, payload, old.len == SWEEP_SLICE ? 0 : c->now + SWEEP_PAUSE_MS);
}

const job_kind second_sweep = {"second_sweep", sweep_run, JOB_SLICE_MS, .repeats = true};
