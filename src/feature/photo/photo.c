/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/photo/photo.h"

#include "base/ids.h"
#include "crypto/token.h"

#define HOUR_MS INT64_C(3600000)
#define PASS_MAC 16
#define SWEEP_SLICE 50
#define SWEEP_PAUSE_MS (10 * INT64_C(60000))
#define UNDECIDED_S 3600

/* ---- rows ---- */

rc photo_attach(ctx *c, int64_t owner, int64_t post, const photo_new *items, size_t len)
{
    int64_t bucket = bucket_of(owner);
    for (size_t i = 0; i < len; i++) {
        const media_picture *p = &items[i].set.picture;
        int64_t sizes = 0;
        for (int s = 0; s < MEDIA_SIZES; s++)
            if (p->made[s].bytes) sizes |= INT64_C(1) << s;
        str file = {(const char *)items[i].set.id.bytes, MEDIA_ID_BYTES};
        TRY(sql_photo_insert(c->db, bucket, id_next(c->ids, bucket, c->now), owner, post, (int64_t)i, file, sizes, p->width, p->height,
                             p->colour, items[i].alt));
    }
    return OK;
}

rc photo_of(ctx *c, int64_t post, photo_list *out)
{
    return sql_photo_of_post(c->db, c->arena, id_bucket(post), post, out);
}

rc photo_get(ctx *c, int64_t owner, int64_t id, photo_row *out)
{
    bool may;
    rc_code found = sql_photo_and_post(c->db, c->arena, bucket_of(owner), id, owner, out);
    if (found == E_NOT_FOUND) return fail(c, E_NOT_FOUND, MSG(L_NONE), "no such picture");
    if (found != OK) return found;
    TRY(privacy_see_post(c, out->owner, out->author, out->audience, &may));
    if (!may) return fail(c, E_NOT_FOUND, MSG(L_NONE), "not for this viewer");
    if (out->deleted_at) return fail(c, E_GONE, MSG(L_wall_gone), "its post is deleted");
    return OK;
}

rc photo_erase(ctx *c, int64_t bucket, int64_t post)
{
    photo_list all;
    TRY(sql_photo_of_post(c->db, c->arena, bucket, post, &all));
    for (size_t i = 0; i < all.len; i++) TRY(sql_photo_say_gone(c->db, bucket, all.items[i].file));
    return all.len ? sql_photo_forget(c->db, bucket, post) : OK;
}

/* ---- sizes ---- */

int64_t photo_width(int64_t width, int64_t height, int box)
{
    int64_t longest = width > height ? width : height;
    if (longest <= box) return width;
    int64_t w = (width * box + longest / 2) / longest;
    return w < 1 ? 1 : w;
}

int64_t photo_height(int64_t width, int64_t height, int box)
{
    return photo_width(height, width, box);
}

int photo_size(int64_t sizes, int box, bool webp)
{
    int best = 0;
    for (int i = 0; i < MEDIA_SIZES; i++) {
        const media_size *s = &media_sizes[PLAN_PHOTO][i];
        bool there = (sizes & INT64_C(1) << i) && s->webp == webp && s->box <= box;
        if (there && (s->webp != media_sizes[PLAN_PHOTO][best].webp || s->box > media_sizes[PLAN_PHOTO][best].box)) best = i;
    }
    return best;
}

/* ---- passes ---- */

/* The length of what is signed is fixed and its first bytes are nobody else's, so that no form token is a pass. */
static void pass_mac(const site *s, int64_t photo, int size, int64_t viewer, int64_t hour, unsigned char mac[PASS_MAC])
{
    unsigned char full[MAC_BYTES];
    int64_t input[6] = {INT64_C(0x6F746F6870206576), photo, size, viewer, hour, 0};
    mac_bytes(s->key, sizeof s->key, (str){(const char *)input, sizeof input}, full);
    memcpy(mac, full, PASS_MAC);
}

str photo_pass(arena *a, const site *s, int64_t photo, int size, int64_t viewer, int64_t now)
{
    unsigned char mac[PASS_MAC];
    int64_t hour = now / HOUR_MS + 2;
    pass_mac(s, photo, size, viewer, hour, mac);
    str text = base64url_encode(a, (str){(const char *)mac, sizeof mac});
    return arena_printf(a, "%lld.%lld.%.*s", (long long)viewer, (long long)hour, STR_ARG(text));
}

bool photo_pass_read(const site *s, int64_t photo, int size, str pass, int64_t now, int64_t *viewer)
{
    unsigned char given[PASS_MAC], mac[PASS_MAC];
    int64_t hour;
    str rest = pass, who = str_cut(&rest, '.'), until = str_cut(&rest, '.');
    if (!str_int(who, viewer) || !str_int(until, &hour) || *viewer < 0 || hour < 0) return false;
    if (!base64url_decode_exact(rest, given, sizeof given)) return false;
    pass_mac(s, photo, size, *viewer, hour, mac);
    return bytes_equal(given, mac, sizeof mac) && hour > now / HOUR_MS;
}

/* ---- sweeping ---- */

static media_id id_of(str file)
{
    media_id id = {{0}};
    if (file.len == sizeof id.bytes) memcpy(id.bytes, file.ptr, sizeof id.bytes);
    return id;
}

/* Files are no part of the transaction. They go before the row that names them: if that is rolled back, they go again. */
static rc sweep_gone(ctx *c, size_t *done)
{
    photo_gone_list gone;
    TRY(sql_photo_gone_some(c->db, c->arena, SWEEP_SLICE, &gone));
    for (size_t i = 0; i < gone.len; i++) {
        media_id id = id_of(gone.items[i].file);
        media_discard(c->media, &id, PLAN_PHOTO);
        TRY(sql_photo_gone_done(c->db, gone.items[i].bucket, gone.items[i].file));
    }
    *done = gone.len;
    return OK;
}

static rc sweep_undecided(ctx *c)
{
    media_id ids[SWEEP_SLICE];
    int n = media_unsettled(c->media, UNDECIDED_S, ids, SWEEP_SLICE);
    for (int i = 0; i < n; i++) {
        photo_file_known_row row;
        rc_code known = sql_photo_file_known(c->db, c->arena, (str){(const char *)ids[i].bytes, MEDIA_ID_BYTES}, &row);
        if (known != OK && known != E_NOT_FOUND) return known;
        if (known == OK) media_settle(c->media, &(media_set){.id = ids[i], .plan = PLAN_PHOTO});
        else media_discard(c->media, &ids[i], PLAN_PHOTO);
    }
    return OK;
}

static rc sweep_run(ctx *c, str payload)
{
    size_t done = 0;
    if (c->media) {
        TRY(sweep_gone(c, &done));
        TRY(sweep_undecided(c));
    }
    return job_add(c, &photo_sweep, payload, done == SWEEP_SLICE ? 0 : c->now + SWEEP_PAUSE_MS);
}

const job_kind photo_sweep = {"photo_sweep", sweep_run, JOB_SLICE_MS, .repeats = true};
