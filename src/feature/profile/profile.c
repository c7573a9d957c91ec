/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/profile/profile.h"

#include "base/clock.h"
#include "feature/account/account.h"
#include "feature/wall/wall.h"
#include "profile.sql.h"

/* ---- birthdays ---- */

int64_t birthday_pack(birthday b)
{
    return (int64_t)b.year * 10000 + b.month * 100 + b.day;
}

birthday birthday_unpack(int64_t stored)
{
    return (birthday){(int)(stored / 10000), (int)(stored / 100 % 100), (int)(stored % 100)};
}

bool birthday_possible(birthday b, int64_t now)
{
    const int any_leap_year = 2000;
    if (!clock_valid_date(b.year ? b.year : any_leap_year, b.month, b.day)) return false;
    if (!b.year) return true;
    /* Where the member lives it may be tomorrow already. */
    civil last = clock_utc(now + MS_DAY);
    return b.year >= BIRTH_YEAR_MIN && birthday_pack(b) <= birthday_pack((birthday){last.year, last.month, last.day});
}

static birthday birthday_shown(birthday b, birthday_show show, bool open)
{
    if (!open || show == BIRTHDAY_HIDDEN) return (birthday){0};
    if (show != BIRTHDAY_FULL) b.year = 0;
    return b;
}

/* ---- pages ---- */

static profile_told told_of(const profile_row_row *row)
{
    return (profile_told){
        .given = row->given,
        .family = row->family,
        .patronymic = row->patronymic,
        .maiden = row->maiden,
        .nickname = row->nickname,
        .home_town = row->home_town,
        .gender = (gender)row->gender,
        .birthday = birthday_unpack(row->birthday),
        .birthday_show = (birthday_show)row->birthday_show,
    };
}

rc profile_get(ctx *c, int64_t num, profile *out)
{
    profile_row_row row;
    bool birthday_open;
    TRY(privacy_check(c, num, PRIVACY_PROFILE));
    TRY(sql_profile_row(c->db, c->arena, bucket_of(num), num, &row));
    TRY(privacy_may(c, num, PRIVACY_BIRTHDAY, &birthday_open));
    *out = (profile){.told = told_of(&row), .status = row.status, .followers = row.followers};
    out->told.birthday = birthday_shown(out->told.birthday, out->told.birthday_show, birthday_open);
    TRY(privacy_may(c, num, PRIVACY_FRIENDS, &out->friends_open));
    TRY(privacy_may(c, num, PRIVACY_WALL, &out->wall_open));
    if (out->friends_open) out->friends = row.friends;
    return wall_count(c, num, &out->posts);
}

#define FACES_SCAN_MAX 500

static bool has_face(const faces *f, int64_t num)
{
    for (size_t i = 0; i < f->len; i++)
        if (f->nums[i] == num) return true;
    return false;
}

/* Who shall not be found in lists of people is not found among somebody's friends either; one's own friends one knows. */
static rc add_face(ctx *c, int64_t owner, int64_t num, faces *f)
{
    const member_card *card;
    bool may = c->viewer.num == owner;
    if (f->len == FACES_MAX || has_face(f, num)) return OK;
    TRY(graph_member(c, num, &card));
    if (card->state != MEMBER_ACTIVE) return OK;
    if (!may) TRY(privacy_may(c, num, PRIVACY_FOUND, &may));
    if (may) f->nums[f->len++] = num;
    return OK;
}

static rc add_mutual(ctx *c, int64_t num, faces *f)
{
    int64_t nums[FACES_SCAN_MAX];
    size_t len, all;
    TRY(graph_mutual(c, c->viewer.num, num, FACES_SCAN_MAX, nums, &len, &all));
    for (size_t i = 0; i < len; i++) {
        bool may;
        TRY(privacy_may_meet(c, nums[i], &may));
        if (!may) continue; /* neither shown nor counted: a number tells as well */
        f->mutual++;
        TRY(add_face(c, num, nums[i], f));
    }
    return OK;
}

rc profile_faces(ctx *c, int64_t num, faces *out)
{
    edge_list edges;
    *out = (faces){0};
    TRY(privacy_check(c, num, PRIVACY_FRIENDS));
    if (c->viewer.num && c->viewer.num != num && !c->page_of) TRY(add_mutual(c, num, out));
    TRY(graph_edges(c, num, &edges));
    /* A celebrity whose friends all hide would be looked through to the end: a few faces less will do. */
    for (size_t i = 0; i < edges.len && i < FACES_SCAN_MAX && out->len < FACES_MAX; i++)
        if (edges.items[i].bits & EDGE_FRIEND) TRY(add_face(c, num, edges.items[i].other, out));
    return OK;
}

/* ---- one's own ---- */

rc profile_own(ctx *c, profile_told *out)
{
    profile_row_row row;
    TRY(sql_profile_row(c->db, c->arena, bucket_of(c->viewer.num), c->viewer.num, &row));
    *out = told_of(&row);
    return OK;
}

rc profile_save(ctx *c, const profile_told *told, str search)
{
    int64_t num = c->viewer.num;
    if (told->birthday.month && !birthday_possible(told->birthday, c->now))
        return fail(c, E_INVALID, MSG(L_form_date), "an impossible birthday");
    TRY(account_words(c, num, search));
    TRY(sql_profile_update(c->db, told->given, told->family, told->patronymic, told->maiden, told->nickname, search,
                           (int64_t)told->gender, birthday_pack(told->birthday), (int64_t)told->birthday_show, told->home_town,
                           bucket_of(num), num));
    return change_emit(c, CHANGE_MEMBER, num, 0);
}

rc profile_set_status(ctx *c, str status)
{
    int64_t num = c->viewer.num;
    TRY(sql_profile_update_status(c->db, status, bucket_of(num), num));
    return change_emit(c, CHANGE_MEMBER, num, 0);
}
