/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/quiet/quiet.h"

#include "base/clock.h"
#include "base/ids.h"
#include "base/utf8.h"

static int64_t until_of(const ctx *c, quiet_span span)
{
    static const int64_t days[SPANS] = {[SPAN_DAY] = 1, [SPAN_WEEK] = 7, [SPAN_MONTH] = 30};
    return span == SPAN_EVER ? 0 : c->now + days[span] * MS_DAY;
}

/* Memory keeps it with the sessions of whoever reads. */
static rc told(ctx *c) { return change_emit(c, CHANGE_SESSIONS, c->viewer.num, 0); }

/* ---- members ---- */

rc quiet_mute_list(ctx *c, mute_line_list *out)
{
    int64_t me = c->viewer.num;
    return sql_quiet_mutes(c->db, c->arena, bucket_of(me), me, c->now, QUIET_MUTES_MAX, out);
}

rc quiet_mute_set(ctx *c, int64_t other, quiet_span span)
{
    int64_t me = c->viewer.num, bucket = bucket_of(me);
    const member_card *card;
    mute_line_list all;
    bool there = false;
    if (other == me) return fail(c, E_INVALID, MSG(L_quiet_self), "oneself");
    if (span < SPAN_EVER || span >= SPANS) return fail(c, E_INVALID, MSG(L_form_choice), "no such span");
    TRY(graph_member(c, other, &card));
    if (card->state != MEMBER_ACTIVE) return fail(c, E_GONE, MSG(L_graph_gone), "the member's state is %d", card->state);
    TRY(sql_quiet_mutes_over(c->db, bucket, me, c->now));
    TRY(quiet_mute_list(c, &all));
    for (size_t i = 0; i < all.len; i++) there = there || all.items[i].other == other;
    if (!there && all.len >= QUIET_MUTES_MAX) return fail(c, E_LIMIT, msg_n(L_quiet_mutes_full, QUIET_MUTES_MAX), "mutes too many");
    TRY(sql_quiet_mute_put(c->db, bucket, me, other, until_of(c, span)));
    return told(c);
}

rc quiet_mute_end(ctx *c, int64_t other)
{
    TRY(sql_quiet_mute_drop(c->db, bucket_of(c->viewer.num), c->viewer.num, other));
    return told(c);
}

/* ---- words ---- */

rc quiet_filter_list(ctx *c, filter_line_list *out)
{
    int64_t me = c->viewer.num;
    return sql_quiet_filters(c->db, c->arena, bucket_of(me), me, c->now, QUIET_FILTERS_MAX, out);
}

rc quiet_filter_set(ctx *c, str words, bool whole, bool warns, quiet_span span)
{
    int64_t me = c->viewer.num, bucket = bucket_of(me), ordinal = 1;
    filter_line_list all;
    str folded = text_fold(c->arena, words);
    bool there = false;
    if (span < SPAN_EVER || span >= SPANS) return fail(c, E_INVALID, MSG(L_form_choice), "no such span");
    if (utf8_count(folded) < FILTER_LEAST) return fail(c, E_INVALID, msg_n(L_form_short, FILTER_LEAST), "too little to compare");
    TRY(sql_quiet_filters_over(c->db, bucket, me, c->now));
    TRY(quiet_filter_list(c, &all));
    for (size_t i = 0; i < all.len && !there; i++) {
        there = str_eq(text_fold(c->arena, all.items[i].words), folded);
        ordinal = all.items[i].ordinal + !there;
    }
    if (!there && all.len >= QUIET_FILTERS_MAX)
        return fail(c, E_LIMIT, msg_n(L_quiet_filters_full, QUIET_FILTERS_MAX), "filters too many");
    TRY(sql_quiet_filter_put(c->db, bucket, me, ordinal, words, whole, warns, until_of(c, span)));
    return told(c);
}

rc quiet_filter_end(ctx *c, int64_t ordinal)
{
    TRY(sql_quiet_filter_drop(c->db, bucket_of(c->viewer.num), c->viewer.num, ordinal));
    return told(c);
}
