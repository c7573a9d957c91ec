/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/profile/profile_privacy.h"

#include "feature/account/account.h"
#include "feature/presence/presence.h"
#include "profile.sql.h"

rc profile_privacy_get(ctx *c, privacy_settings *out)
{
    *out = (privacy_settings){0};
    for (int item = 1; item < PRIVACY_ITEMS; item++) {
        int64_t stored;
        const audience *a;
        TRY(graph_setting(c, c->viewer.num, item, &stored));
        TRY(audience_get(c, stored, &a));
        out->of[item] = *a;
    }
    return OK;
}

rc profile_privacy_save(ctx *c, privacy_settings *settings)
{
    int64_t num = c->viewer.num;
    bool changed = false;
    for (int item = 1; item < PRIVACY_ITEMS; item++) {
        int64_t before, after;
        TRY(graph_setting(c, num, item, &before));
        TRY(audience_intern(c, num, &settings->of[item], &after));
        if (after == before) continue;
        TRY(sql_profile_update_privacy(c->db, bucket_of(num), num, item, after));
        if (item == PRIVACY_PRESENCE) TRY(presence_store(c, STR("")));
        changed = true;
    }
    return changed ? change_emit(c, CHANGE_PRIVACY, num, 0) : OK;
}

/* ---- names ---- */

static bool parts_names(char ch)
{
    return ch == ' ' || ch == ',' || ch == ';';
}

/* The next name of *rest without its @, empty at the end. */
static str next_name(str *rest)
{
    size_t from = 0;
    while (from < rest->len && parts_names(rest->ptr[from])) from++;
    size_t to = from;
    while (to < rest->len && !parts_names(rest->ptr[to])) to++;
    str name = str_skip(str_take(*rest, to), from);
    *rest = str_skip(*rest, to);
    return str_starts(name, STR("@")) && name.len > 1 ? str_skip(name, 1) : name;
}

/* Names are lower case; a telephone's keyboard begins with a capital. */
static str lower_ascii(arena *a, str s)
{
    char *low = arena_alloc(a, s.len);
    for (size_t i = 0; i < s.len; i++) low[i] = s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (char)(s.ptr[i] + ('a' - 'A')) : s.ptr[i];
    return (str){low, s.len};
}

rc profile_names_read(ctx *c, str typed, num_list *out, str *unknown)
{
    *out = (num_list){.items = ARENA_ARRAY(c->arena, uint32_t, AUDIENCE_LIST_MAX)};
    size_t names = 0;
    for (str rest = typed, name = next_name(&rest); name.len; name = next_name(&rest)) {
        int64_t num;
        *unknown = name;
        if (names++ == AUDIENCE_LIST_MAX) return E_INVALID; /* whoever they are: each is a question to the database */
        if (name.len > ACCOUNT_NAME_MAX) return E_NOT_FOUND;
        TRY(account_find(c, lower_ascii(c->arena, name), &num));
        if (num != c->viewer.num) out->items[out->len++] = (uint32_t)num;
    }
    return OK;
}

rc profile_names_write(ctx *c, const num_list *nums, str *out)
{
    const size_t room = nums->len * (ACCOUNT_NAME_MAX + sizeof ", @");
    char *text = arena_alloc(c->arena, room);
    size_t len = 0;
    for (size_t i = 0; i < nums->len; i++) {
        const member_card *card;
        TRY(graph_member(c, nums->items[i], &card));
        len += (size_t)snprintf(text + len, room - len, "%s@%.*s", len ? ", " : "", STR_ARG(card->name));
    }
    *out = (str){text, len};
    return OK;
}
