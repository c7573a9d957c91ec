/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/discover/discover.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/ids.h"
#include "discover.sql.h"

/* ---- friends, other ones each day where they are many ---- */

/* At most `most` friends of c->viewer; a window over the list that moves on with the day. */
static rc some_friends(ctx *c, size_t most, int64_t *out, size_t *len)
{
    edge_list edges;
    TRY(graph_edges(c, c->viewer.num, &edges));
    int64_t *all = ARENA_ARRAY(c->arena, int64_t, edges.len);
    size_t friends = 0;
    for (size_t i = 0; i < edges.len; i++)
        if (edges.items[i].bits & EDGE_FRIEND) all[friends++] = edges.items[i].other;
    *len = friends < most ? friends : most;
    size_t start = friends > most ? (size_t)(c->now / MS_DAY) * most % friends : 0;
    for (size_t i = 0; i < *len; i++) out[i] = all[(start + i) % friends];
    return OK;
}

/* ---- suggestions ---- */

static int by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Most shared first; then the newer member. */
static int by_mutual(const void *a, const void *b)
{
    const suggestion *x = a, *y = b;
    if (x->mutual != y->mutual) return x->mutual > y->mutual ? -1 : 1;
    return (x->num < y->num) - (x->num > y->num);
}

/* Friends of one friend, if that list is open to the viewer. */
static rc add_friends_of(ctx *c, int64_t friend_, uint32_t *met, size_t *len)
{
    edge_list edges;
    bool open;
    TRY(privacy_may(c, friend_, PRIVACY_FRIENDS, &open));
    if (!open) return OK;
    TRY(graph_edges(c, friend_, &edges));
    for (size_t i = 0, taken = 0; i < edges.len && taken < SUGGEST_EDGES; i++) {
        if (!(edges.items[i].bits & EDGE_FRIEND)) continue;
        met[(*len)++] = edges.items[i].other;
        taken++;
    }
    return OK;
}

/* Everybody who was met, once, with how often. */
static size_t count_met(uint32_t *met, size_t len, suggestion *out)
{
    size_t n = 0;
    if (len) qsort(met, len, sizeof *met, by_number);
    for (size_t i = 0; i < len; i++) {
        if (n && out[n - 1].num == met[i]) out[n - 1].mutual++;
        else out[n++] = (suggestion){met[i], 1};
    }
    if (n) qsort(out, n, sizeof *out, by_mutual);
    return n;
}

/* Is there nothing between the two, and may the one be shown to the other? */
static rc may_suggest(ctx *c, int64_t num, bool *may)
{
    unsigned bits;
    *may = false;
    if (num == c->viewer.num) return OK;
    TRY(graph_edge(c, c->viewer.num, num, &bits));
    return bits ? OK : privacy_may_meet(c, num, may);
}

static rc drop_dismissed(ctx *c, suggestion *some, size_t *len)
{
    int64_t nums[SUGGEST_JUDGED];
    discover_dismissed_row_list no;
    size_t kept = 0;
    for (size_t i = 0; i < *len; i++) nums[i] = some[i].num;
    if (!*len) return OK;
    TRY(sql_discover_dismissed(c->db, c->arena, nums, *len, bucket_of(c->viewer.num), c->viewer.num, &no));
    for (size_t i = 0; i < *len; i++) {
        bool gone = false;
        for (size_t k = 0; k < no.len && !gone; k++) gone = no.items[k].other == some[i].num;
        if (!gone) some[kept++] = some[i];
    }
    *len = kept;
    return OK;
}

rc discover_suggest(ctx *c, suggestion_list *out)
{
    int64_t friends[SUGGEST_FRIENDS];
    size_t friends_len, met_len = 0, judged_len = 0;
    *out = (suggestion_list){.len = 0};
    TRY(some_friends(c, SUGGEST_FRIENDS, friends, &friends_len));
    uint32_t *met = ARENA_ARRAY(c->arena, uint32_t, friends_len * SUGGEST_EDGES);
    for (size_t i = 0; i < friends_len; i++) TRY(add_friends_of(c, friends[i], met, &met_len));
    suggestion *all = ARENA_ARRAY(c->arena, suggestion, met_len), judged[SUGGEST_JUDGED];
    size_t all_len = count_met(met, met_len, all);
    for (size_t i = 0, asked = 0; i < all_len && asked < SUGGEST_JUDGED; i++) {
        bool may;
        TRY(may_suggest(c, all[i].num, &may));
        asked++;
        if (may) judged[judged_len++] = all[i];
    }
    TRY(drop_dismissed(c, judged, &judged_len));
    for (size_t i = 0; i < judged_len && out->len < SUGGESTIONS; i++) out->items[out->len++] = judged[i];
    return OK;
}

rc discover_dismiss(ctx *c, int64_t other)
{
    const member_card *card;
    if (other == c->viewer.num) return fail(c, E_INVALID, MSG(L_friends_self), "oneself");
    TRY(graph_member(c, other, &card));
    return sql_discover_dismiss(c->db, bucket_of(c->viewer.num), c->viewer.num, other);
}

/* ---- birthdays ---- */

static bool leap(int year) { return clock_valid_date(year, 2, 29); }

/* In how many days it is, or -1: not within BIRTHDAY_DAYS. */
static int days_until(int64_t now, int64_t stored, int *year)
{
    int month = (int)(stored / 100 % 100), day = (int)(stored % 100);
    for (int d = 0; d < BIRTHDAY_DAYS; d++) {
        civil t = clock_local(now + d * MS_DAY);
        bool moved = month == 2 && day == 29 && t.month == 2 && t.day == 28 && !leap(t.year);
        *year = t.year;
        if ((t.month == month && t.day == day) || moved) return d;
    }
    return -1;
}

/* Told as the page tells it: whoever may not open the page, or not know the day, is not reminded of it. */
static rc ahead_of(ctx *c, const discover_birthdays_row *row, birthday_ahead *out, bool *may)
{
    int year, born = (int)(row->birthday / 10000);
    const int whole = 2; /* member.birthday_show: the whole date (feature/profile) */
    *out = (birthday_ahead){.num = row->num, .days = days_until(c->now, row->birthday, &year)};
    *may = false;
    if (out->days < 0) return OK;
    TRY(privacy_may(c, row->num, PRIVACY_PROFILE, may));
    if (*may) TRY(privacy_may(c, row->num, PRIVACY_BIRTHDAY, may));
    if (row->birthday_show == whole && born && year > born) out->age = year - born;
    return OK;
}

static void insert_next(birthday_ahead_list *out, birthday_ahead one)
{
    size_t at = out->len < BIRTHDAYS ? out->len++ : BIRTHDAYS;
    while (at > 0 && out->items[at - 1].days > one.days) {
        if (at < BIRTHDAYS) out->items[at] = out->items[at - 1];
        at--;
    }
    if (at < BIRTHDAYS) out->items[at] = one;
}

rc discover_birthdays(ctx *c, birthday_ahead_list *out)
{
    int64_t *friends = ARENA_ARRAY(c->arena, int64_t, BIRTHDAY_FRIENDS);
    size_t len;
    *out = (birthday_ahead_list){.len = 0};
    TRY(some_friends(c, BIRTHDAY_FRIENDS, friends, &len));
    civil first = clock_local(c->now), last = clock_local(c->now + (BIRTHDAY_DAYS - 1) * MS_DAY);
    int64_t from = first.month * 100 + first.day, to = last.month * 100 + last.day;
    if (to == 228) to = 229;
    for (size_t i = 0; i < len; i += BIRTHDAY_BATCH) {
        discover_birthdays_row_list rows;
        size_t batch = len - i < BIRTHDAY_BATCH ? len - i : BIRTHDAY_BATCH;
        TRY(sql_discover_birthdays(c->db, c->arena, friends + i, batch, from, to, BIRTHDAY_BATCH, &rows));
        for (size_t k = 0; k < rows.len; k++) {
            birthday_ahead one;
            bool may;
            TRY(ahead_of(c, &rows.items[k], &one, &may));
            if (may) insert_next(out, one);
        }
    }
    return OK;
}
