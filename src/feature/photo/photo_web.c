/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/photo/photo_web.h"

#include <unistd.h>

#include "base/ids.h"
#include "base/utf8.h"
#include "media/sniff.h"
#include "page/fragment.h"
#include "photo_pages.tpl.h"

#define SHAPE_PHOTOS 32 /* beside those of posts */
#define KEEP_S 3600

/* ---- from a form ---- */

static rc refuse(req *r, media_result result)
{
    static const enum lang_key words[MEDIA_RESULTS] = {
        [MEDIA_FINE] = L_NONE, [MEDIA_TYPE] = L_photo_type, [MEDIA_BROKEN] = L_photo_broken, [MEDIA_LARGE] = L_photo_large,
        [MEDIA_FRAMES] = L_photo_frames, [MEDIA_RATIO] = L_photo_ratio, [MEDIA_FULL] = L_NONE, [MEDIA_DIED] = L_photo_broken,
        [MEDIA_HUNG] = L_photo_hung, [MEDIA_AWAY] = L_photo_away};
    msg sentence = MSG(words[result]);
    (void)req_fault(r, "photo", sentence);
    rc_code code = result == MEDIA_FULL ? E_FULL : result == MEDIA_AWAY ? E_BUSY : result == MEDIA_TYPE ? E_TYPE : E_INVALID;
    return fail(r->c, code, sentence, "a picture was refused: %d", (int)result);
}

rc photo_form_read(req *r, photo_form *f)
{
    str lines;
    *f = (photo_form){.len = r->upload_count};
    if (req_text(r, "alt", 0, PHOTOS_MAX * (PHOTO_ALT_MAX + 2), true, &lines) != OK) return E_INVALID;
    for (size_t i = 0; i < r->upload_count; i++) {
        char head[16];
        ssize_t n = pread(r->uploads[i].fd, head, sizeof head, 0);
        if (n != sizeof head || picture_kind_of((str){head, sizeof head}) == PICTURE_NONE) return refuse(r, MEDIA_TYPE);
        str line = str_trim(str_cut(&lines, '\n'));
        f->items[i].alt = line.ptr ? line : STR("");
        if (utf8_count(f->items[i].alt) > PHOTO_ALT_MAX) return req_fault(r, "alt", (msg){.key = L_photo_alt_bad, .n = PHOTO_ALT_MAX});
    }
    return OK;
}

rc photo_form_make(req *r, photo_form *f)
{
    for (; f->made < f->len; f->made++) {
        media_result result = media_make(r->media, r->uploads[f->made].fd, PLAN_PHOTO, &CROP_ALL, &f->items[f->made].set);
        if (result != MEDIA_FINE) return refuse(r, result);
    }
    return OK;
}

void photo_form_done(req *r, photo_form *f, bool kept)
{
    for (size_t i = 0; i < f->made; i++) {
        if (kept) media_settle(r->media, &f->items[i].set);
        else media_discard(r->media, &f->items[i].set.id, PLAN_PHOTO);
    }
    f->made = 0;
}

/* ---- on pages ---- */

url photo_url(const view *v, const photo *p, int box, bool webp)
{
    const req *r = v->r;
    int size = photo_size(p->sizes, box, webp);
    str pass = photo_pass(r->c->arena, r->site, p->id, size, v->who.num, r->c->now);
    return (url){arena_printf(r->c->arena, "/media/%lld_%lld/%d/%.*s", (long long)p->owner, (long long)p->id, size, STR_ARG(pass))};
}

str photo_colour(const view *v, const photo *p)
{
    return arena_printf(v->r->c->arena, "#%06llx", (unsigned long long)p->colour & 0xFFFFFF);
}

/* What is kept of a post's pictures is the rows; addresses are for one viewer and one hour. */
typedef struct kept_photo {
    int64_t id, owner, sizes, width, height, colour;
    size_t alt_len;
} kept_photo;

static void keep(req *r, const fragment_key *key, const photo_list *list)
{
    out o;
    out_init(&o, PHOTOS_MAX * (sizeof(kept_photo) + 4 * PHOTO_ALT_MAX) + 16);
    for (size_t i = 0; i < list->len; i++) {
        const photo *p = &list->items[i];
        kept_photo k = {p->id, p->owner, p->sizes, p->width, p->height, p->colour, p->alt.len};
        out_bytes(&o, (const char *)&k, sizeof k);
        out_str(&o, p->alt);
    }
    OUT_LIT(&o, "."); /* never empty */
    if (!o.failed) fragment_keep(r->fragments, key, out_get(&o));
    out_drop(&o);
}

static bool kept(req *r, const fragment_key *key, photo_list *list)
{
    out o;
    out_init(&o, PHOTOS_MAX * (sizeof(kept_photo) + 4 * PHOTO_ALT_MAX) + 16);
    bool there = fragment_write(r->fragments, key, &o);
    str rest = arena_str(r->c->arena, out_get(&o));
    *list = (photo_list){ARENA_ARRAY(r->c->arena, photo, PHOTOS_MAX), 0};
    while (there && rest.len > sizeof(kept_photo) && list->len < PHOTOS_MAX) {
        kept_photo k;
        memcpy(&k, rest.ptr, sizeof k);
        rest = str_skip(rest, sizeof k);
        list->items[list->len] = (photo){.id = k.id, .owner = k.owner, .position = (int64_t)list->len, .sizes = k.sizes, .width = k.width,
                                         .height = k.height, .colour = k.colour, .alt = str_take(rest, k.alt_len)};
        list->len++;
        rest = str_skip(rest, k.alt_len);
    }
    out_drop(&o);
    return there;
}

rc photo_put(view *v, out *o, int64_t post, uint32_t version)
{
    req *r = v->r;
    photo_list list;
    fragment_key key = {.id = post, .version = version, .shape = SHAPE_PHOTOS};
    if (!kept(r, &key, &list)) {
        TRY(photo_of(r->c, post, &list));
        keep(r, &key, &list);
    }
    if (list.len) tpl_photo_grid(o, v, &list);
    return OK;
}

/* ---- addresses ---- */

/* An id has 19 digits, more than a captured number may have. -1: none. */
static int64_t photo_of_address(const req *r)
{
    int64_t id;
    return str_int(req_capture(r, "photo"), &id) && id > 0 ? id : -1;
}

static rc viewer_page(req *r)
{
    view v;
    photo_row row;
    photo_list list;
    person author;
    TRY(photo_get(r->c, req_capture_int(r, "owner"), photo_of_address(r), &row));
    TRY(photo_of(r->c, row.post, &list));
    TRY(view_person(r->c, row.author, &author));
    TRY(view_init(&v, r, NAV_NONE, (msg){.key = L_photo_of, .s = author.full}));
    const photo *at = NULL;
    size_t index = 0;
    for (size_t i = 0; i < list.len; i++)
        if (list.items[i].id == row.id) at = &list.items[index = i];
    if (!at) return fail(r->c, E_NOT_FOUND, MSG(L_NONE), "a picture outside of its post");
    photo_stand stand = {.all = list, .at = at, .author = author, .ordinal = row.ordinal, .time = id_time(row.post), .index = (int64_t)index + 1};
    if (index > 0) stand.before = &list.items[index - 1];
    if (index + 1 < list.len) stand.after = &list.items[index + 1];
    tpl_photo_page(r->out, &v, &stand);
    return OK;
}

/* Who asks is who the pass was made for: the address works on a host of its own, where no cookie comes along. */
static rc media_file(req *r)
{
    photo_row row;
    const member_card *card;
    int64_t owner = req_capture_int(r, "owner"), id = photo_of_address(r), size = req_capture_int(r, "size"), viewer, len;
    if (size >= MEDIA_SIZES || !photo_pass_read(r->site, id, (int)size, req_capture(r, "pass"), r->c->now, &viewer))
        return fail(r->c, E_NOT_FOUND, MSG(L_NONE), "no pass, or one that is over");
    r->c->viewer = (struct viewer){viewer, viewer ? ROLE_MEMBER : ROLE_GUEST};
    if (viewer) {
        TRY(graph_member(r->c, viewer, &card));
        if (card->state != MEMBER_ACTIVE) return fail(r->c, E_NOT_FOUND, MSG(L_NONE), "the pass of somebody who is gone");
    }
    TRY(photo_get(r->c, owner, id, &row));
    media_id file = {{0}};
    if (!(row.sizes & INT64_C(1) << size) || row.file.len != MEDIA_ID_BYTES || !r->media) return fail(r->c, E_NOT_FOUND, MSG(L_NONE), "no such size");
    memcpy(file.bytes, row.file.ptr, MEDIA_ID_BYTES);
    int fd = media_read(r->media, &file, PLAN_PHOTO, (int)size, &len);
    if (fd < 0) return fail(r->c, E_NOT_FOUND, MSG(L_NONE), "a picture without its file");
    return req_send_file(r, fd, len, media_sizes[PLAN_PHOTO][size].webp ? "image/webp" : "image/jpeg", KEEP_S);
}

const route photo_routes[] = {
    {GET, "/photo{owner:int}_{photo}", .show = viewer_page, .who = ANYONE},
    {GET, "/media/{owner:int}_{photo}/{size:int}/{pass}", .show = media_file, .who = ANYONE},
    {0}};
