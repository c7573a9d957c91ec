/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One walk for both lists: candidates come in batches, newest first, and each is judged until the page is full, PEOPLE_SCAN_MAX
 * were looked at, or nobody is left. Where the walk stopped is where the next page begins. */
#include "feature/people/people.h"

#include "base/utf8.h"
#include "feature/account/account.h"
#include "people.sql.h"

#define BATCH 100
#define WORDS 3

/* ---- candidates ---- */

typedef struct wanted {
    bool named;
    str pattern[WORDS]; /* for LIKE, with '!' to escape */
} wanted;

/* The query goes through the same mill as the names did: so it does not matter in which alphabet either was written. */
static wanted wanted_of(arena *a, str query)
{
    wanted w = {.pattern = {STR("%"), STR("%"), STR("%")}};
    if (str_starts(query, STR("@"))) query = str_skip(query, 1);
    str key = account_search_key(a, query, STR(""), STR(""));
    for (size_t n = 0; key.ptr && n < WORDS;) {
        str word = str_cut(&key, ' ');
        if (!word.len) continue;
        w.pattern[n++] = account_search_pattern(a, word);
        w.named = true;
    }
    return w;
}

/* The next candidates below *below, which moves to where the following batch begins; 0 when nobody is left. */
static rc batch_numbered(ctx *c, int64_t *below, people_line_list *lines)
{
    int64_t newest;
    int64_t nums[BATCH];
    size_t len = 0;
    TRY(account_count(c, &newest));
    int64_t top = *below > newest ? newest : *below - 1;
    while (len < BATCH && top > 0) nums[len++] = top--;
    *below = top > 0 ? top + 1 : 0;
    return sql_people_numbered(c->db, c->arena, nums, len, BATCH, lines);
}

static rc batch_named(ctx *c, const wanted *w, int64_t *below, people_line_list *lines)
{
    TRY(sql_people_named(c->db, c->arena, w->pattern[0], w->pattern[1], w->pattern[2], *below, BATCH, lines));
    *below = lines->len == BATCH ? lines->items[BATCH - 1].num : 0;
    return OK;
}

/* ---- the walk ---- */

static rc judge(ctx *c, const people_line *line, people_page *out)
{
    bool found, open;
    TRY(privacy_may(c, line->num, PRIVACY_FOUND, &found));
    if (!found) return OK;
    TRY(privacy_may(c, line->num, PRIVACY_PROFILE, &open));
    out->items[out->len++] = (found_person){line->num, open ? line->home_town : STR("")};
    return OK;
}

rc people_find(ctx *c, str query, int64_t below, size_t most, people_page *out)
{
    wanted w = wanted_of(c->arena, query);
    people_line_list lines;
    *out = (people_page){.items = ARENA_ARRAY(c->arena, found_person, most)};
    for (size_t scanned = 0; below > 0 && scanned < PEOPLE_SCAN_MAX; scanned += BATCH) {
        TRY(w.named ? batch_named(c, &w, &below, &lines) : batch_numbered(c, &below, &lines));
        for (size_t i = 0; i < lines.len; i++) {
            if (out->len == most) {
                out->next = lines.items[i].num + 1;
                return OK;
            }
            TRY(judge(c, &lines.items[i], out));
        }
    }
    out->next = below;
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
