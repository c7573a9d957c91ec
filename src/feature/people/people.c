/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One walk for both lists: candidates come in batches and each is judged until the page is full, PEOPLE_SCAN_MAX were looked at,
 * or nobody is left. Where the walk stopped is where the next page begins.
 *
 * A search walks one piece of the index of words: those that begin as the longest word typed, in their order, and the newest
 * member first within each. Whoever has several of them comes with the first. So a batch costs the same whether ten members
 * match or a million do. */
#include "feature/people/people.h"

#include "base/utf8.h"
#include "feature/account/account.h"
#include "people.sql.h"

#define BATCH 100

/* ---- candidates ---- */

typedef struct batch {
    people_hit items[BATCH];
    size_t len;
} batch;

/* Each batch is the next one behind *at, which moves to where the following begins; below is 0 when nobody is left. */

static rc batch_numbered(ctx *c, people_place *at, batch *b)
{
    int64_t newest;
    int64_t nums[BATCH];
    size_t len = 0;
    people_line_list lines;
    TRY(account_count(c, &newest));
    int64_t top = at->below > newest ? newest : at->below - 1;
    while (len < BATCH && top > 0) nums[len++] = top--;
    at->below = top > 0 ? top + 1 : 0;
    TRY(sql_people_numbered(c->db, c->arena, nums, len, BATCH, &lines));
    for (b->len = 0; b->len < lines.len; b->len++)
        b->items[b->len] = (people_hit){.num = lines.items[b->len].num, .word = STR(""), .home_town = lines.items[b->len].home_town, .fits = 1};
    return OK;
}

static void add_hits(batch *b, const people_hit_list *hits)
{
    for (size_t i = 0; i < hits->len && b->len < BATCH; i++) b->items[b->len++] = hits->items[i];
}

static rc batch_named(ctx *c, const search_words *w, people_place *at, batch *b)
{
    people_hit_list hits;
    const search_span *lead = &w->spans[0], *two = &w->spans[1], *three = &w->spans[2];
    b->len = 0;
    if (!str_starts(at->word, lead->from)) *at = (people_place){lead->from, INT64_MAX};
    TRY(sql_people_with(c->db, c->arena, lead->from, two->from, two->end, three->from, three->end, at->word, at->below, BATCH, &hits));
    add_hits(b, &hits);
    if (b->len < BATCH) {
        TRY(sql_people_after(c->db, c->arena, lead->from, two->from, two->end, three->from, three->end, at->word, lead->end,
                             (int64_t)(BATCH - b->len), &hits));
        add_hits(b, &hits);
    }
    *at = b->len == BATCH ? (people_place){b->items[BATCH - 1].word, b->items[BATCH - 1].num} : (people_place){STR(""), 0};
    return OK;
}

/* ---- the walk ---- */

static rc judge(ctx *c, const people_hit *hit, people_page *out)
{
    bool found, open;
    if (!hit->fits) return OK;
    TRY(privacy_may(c, hit->num, PRIVACY_FOUND, &found));
    if (!found) return OK;
    TRY(privacy_may(c, hit->num, PRIVACY_PROFILE, &open));
    out->items[out->len++] = (found_person){hit->num, open ? hit->home_town : STR("")};
    return OK;
}

rc people_find(ctx *c, str query, people_place at, size_t most, people_page *out)
{
    if (str_starts(query, STR("@"))) query = str_skip(query, 1);
    bool named = query.len > 0;
    search_words w = named ? account_search_words(c->arena, query) : (search_words){0};
    batch *b = ARENA_NEW(c->arena, batch);
    *out = (people_page){.items = ARENA_ARRAY(c->arena, found_person, most)};
    if (named && !w.len) return OK;
    for (size_t scanned = 0; at.below > 0 && scanned < PEOPLE_SCAN_MAX; scanned += BATCH) {
        TRY(named ? batch_named(c, &w, &at, b) : batch_numbered(c, &at, b));
        for (size_t i = 0; i < b->len; i++) {
            if (out->len == most) {
                out->next = (people_place){b->items[i].word, b->items[i].num + 1};
                return OK;
            }
            TRY(judge(c, &b->items[i], out));
        }
    }
    out->next = at;
    return OK;
}

/* ---- the wrong keyboard layout ---- */

/* The same keys in both layouts, in pairs. */
static const str latin = STR_INIT("qwertyuiop[]asdfghjkl;'zxcvbnm,.`");
static const str cyrillic = STR_INIT("йцукенгшщзхъфывапролджэячсмитьбюё");

static int32_t lower(int32_t point)
{
    if ((point >= 'A' && point <= 'Z') || (point >= 0x410 && point <= 0x42F)) return point + 0x20;
    return point == 0x401 ? 0x451 : point;
}

/* The point that stands in `to` where `point` stands in `from`; the point itself when it is no such key. */
static int32_t other_key(int32_t point, str from, str to)
{
    size_t i = 0, j = 0;
    while (i < from.len) {
        int32_t here = utf8_next(from, &i), there = utf8_next(to, &j);
        if (here == point) return there;
    }
    return point;
}

static bool has_cyrillic(str s)
{
    for (size_t at = 0; at < s.len;) {
        int32_t point = lower(utf8_next(s, &at));
        if (other_key(point, cyrillic, latin) != point) return true;
    }
    return false;
}

str people_other_layout(arena *a, str query)
{
    bool from_cyrillic = has_cyrillic(query);
    char *text = arena_alloc(a, 4 * query.len);
    size_t len = 0;
    for (size_t at = 0; at < query.len;) {
        int32_t point = lower(utf8_next(query, &at));
        point = from_cyrillic ? other_key(point, cyrillic, latin) : other_key(point, latin, cyrillic);
        len += utf8_put(text + len, (uint32_t)point);
    }
    return (str){text, len};
}
