/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "graph/quiet.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "graph.sql.h"
#include "graph/parts.h"

/* ---- making: rows, then one piece of memory of the right size ---- */

static unsigned begin_of(const char *two)
{
    unsigned one = (unsigned char)two[0], other = (unsigned char)two[1];
    return (one * 31 + other) % 1024;
}

static int by_folded(const void *a, const void *b)
{
    const quiet_filter *x = a, *y = b;
    size_t least = x->folded.len < y->folded.len ? x->folded.len : y->folded.len;
    int order = memcmp(x->folded.ptr, y->folded.ptr, least);
    return order ? order : (x->folded.len > y->folded.len) - (x->folded.len < y->folded.len);
}

rc quiet_read(ctx *c, int64_t num, quiet_rows *out)
{
    graph_filters_row_list rows;
    TRY(sql_graph_mutes(c->db, c->arena, bucket_of(num), num, QUIET_MUTES_MAX, &out->mutes));
    TRY(sql_graph_filters(c->db, c->arena, bucket_of(num), num, QUIET_FILTERS_MAX, &rows));
    out->filters = ARENA_ARRAY(c->arena, quiet_filter, rows.len);
    out->filters_len = out->text = 0;
    for (size_t i = 0; i < rows.len; i++) {
        const graph_filters_row *row = &rows.items[i];
        quiet_filter f = {text_fold(c->arena, row->words), row->words, row->until, row->whole != 0, row->warns != 0};
        if (f.folded.len < 2) continue;
        out->text += f.folded.len + f.words.len;
        out->filters[out->filters_len++] = f;
    }
    if (out->filters_len) qsort(out->filters, out->filters_len, sizeof *out->filters, by_folded);
    return OK;
}

size_t quiet_size(const quiet_rows *r)
{
    return sizeof(quiet) + r->mutes.len * sizeof(quiet_mute) + r->filters_len * sizeof(quiet_filter) + r->text;
}

static str put_text(char **at, str s)
{
    memcpy(*at, s.ptr, s.len);
    str kept = {*at, s.len};
    *at += s.len;
    return kept;
}

const quiet *quiet_put(void *at, const quiet_rows *r)
{
    quiet *q = at;
    quiet_mute *mutes = (quiet_mute *)(q + 1);
    quiet_filter *filters = (quiet_filter *)(mutes + r->mutes.len);
    char *text = (char *)(filters + r->filters_len);
    *q = (quiet){.mutes_len = r->mutes.len, .filters_len = r->filters_len, .mutes = mutes, .filters = filters};
    for (size_t i = 0; i < r->mutes.len; i++) mutes[i] = (quiet_mute){r->mutes.items[i].other, r->mutes.items[i].until};
    for (size_t i = 0; i < r->filters_len; i++) {
        filters[i] = r->filters[i];
        filters[i].folded = put_text(&text, r->filters[i].folded);
        filters[i].words = put_text(&text, r->filters[i].words);
        unsigned bit = begin_of(filters[i].folded.ptr);
        q->begins[bit / 64] |= UINT64_C(1) << bit % 64;
    }
    return q;
}

/* ---- asking ---- */

static bool holds(int64_t until, int64_t now) { return until == 0 || until > now; }

bool quiet_is_muted(const quiet *q, int64_t num, int64_t now)
{
    size_t low = 0, high = q->mutes_len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (q->mutes[middle].other < num) low = middle + 1;
        else high = middle;
    }
    return low < q->mutes_len && q->mutes[low].other == num && holds(q->mutes[low].until, now);
}

rc quiet_sift(ctx *c, news_page *page)
{
    const quiet *q;
    size_t kept = 0;
    TRY(graph_quiet(c, &q));
    if (!q->mutes_len) return OK;
    for (size_t i = 0; i < page->len; i++)
        if (!quiet_is_muted(q, page->items[i].author, c->now)) page->items[kept++] = page->items[i];
    page->len = kept;
    return OK;
}

static size_t point_start(str s, size_t at)
{
    while (at > 0 && ((unsigned char)s.ptr[at] & 0xC0) == 0x80) at--;
    return at;
}

static bool word_before(str s, size_t at)
{
    if (at == 0) return false;
    size_t start = point_start(s, at - 1);
    return text_is_word(utf8_next(s, &start));
}

static bool word_at(str s, size_t at)
{
    return at < s.len && text_is_word(utf8_next(s, &at));
}

/* An edge that is no letter itself ("#tag", "!") needs nothing beside it. */
static bool stands_alone(str text, size_t at, str phrase)
{
    size_t end = at + phrase.len;
    bool left = word_at(phrase, 0) && word_before(text, at), right = word_before(phrase, phrase.len) && word_at(text, end);
    return !left && !right;
}

/* The first filter that begins with these two bytes, or a later one. */
static size_t first_with(const quiet *q, const char *two)
{
    size_t low = 0, high = q->filters_len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(q->filters[middle].folded.ptr, two, 2) < 0) low = middle + 1;
        else high = middle;
    }
    return low;
}

static bool fits(const quiet_filter *f, str text, size_t at, int64_t now)
{
    str p = f->folded;
    return p.len <= text.len - at && memcmp(text.ptr + at, p.ptr, p.len) == 0 && holds(f->until, now) &&
           (!f->whole || stands_alone(text, at, p));
}

const quiet_filter *quiet_says(const quiet *q, str text, int64_t now)
{
    const quiet_filter *warns = NULL;
    if (!q->filters_len) return NULL;
    for (size_t at = 0; at + 1 < text.len; at++) {
        const char *two = text.ptr + at;
        unsigned bit = begin_of(two);
        if (!(q->begins[bit / 64] >> bit % 64 & 1)) continue;
        for (size_t i = first_with(q, two); i < q->filters_len && memcmp(q->filters[i].folded.ptr, two, 2) == 0; i++) {
            const quiet_filter *f = &q->filters[i];
            if ((f->warns && warns) || !fits(f, text, at, now)) continue;
            if (!f->warns) return f;
            warns = f;
        }
    }
    return warns;
}
