/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "feature/quiet/quiet.h"
#include "graph/audience.h"
#include "support/people.h"

static rc mutes(people *p, int64_t other, quiet_span span)
{
    ctx *c = world_act(p->w, p->anna);
    return world_ends(c, quiet_mute_set(c, other, span));
}

static rc filters(people *p, const char *words, bool whole, bool warns, quiet_span span)
{
    ctx *c = world_act(p->w, p->anna);
    return world_ends(c, quiet_filter_set(c, str_of(words), whole, warns, span));
}

/* 0: shown, 1: folded away, 2: left out */
static int verdict(people *p, int64_t viewer, const char *text)
{
    const quiet *q;
    ctx *c = world_ctx(p->w, viewer);
    c->now = p->w->now;
    assert_int_equal(graph_quiet(c, &q), OK);
    const quiet_filter *f = quiet_says(q, text_fold(c->arena, str_of(text)), c->now);
    int said = f ? (f->warns ? 1 : 2) : 0;
    world_done(c);
    return said;
}

static size_t news(people *p, int64_t viewer)
{
    news_page page;
    ctx *c = world_ctx(p->w, viewer);
    assert_int_equal(graph_news(c, INT64_MAX, 20, &page), OK);
    assert_int_equal(quiet_sift(c, &page), OK);
    size_t len = page.len;
    world_done(c);
    return len;
}

/* ---- members ---- */

static void posts_of_the_muted_leave_the_muters_news_alone(void **state)
{
    people *p = *state;
    world_befriend(p->w, p->vera, p->boris);
    world_post(p->w, p->boris, p->boris, LEVEL_EVERYONE);
    world_post(p->w, p->anna, p->anna, LEVEL_EVERYONE);
    assert_int_equal(news(p, p->anna), 2);
    assert_int_equal(mutes(p, p->boris, SPAN_EVER), OK);
    assert_int_equal(mutes(p, p->boris, SPAN_EVER), OK);
    assert_int_equal(news(p, p->anna), 1);
    assert_int_equal(news(p, p->vera), 1);
    assert_int_equal(news(p, p->boris), 2);
    for (int twice = 0; twice < 2; twice++) {
        ctx *c = world_act(p->w, p->anna);
        assert_int_equal(world_ends(c, quiet_mute_end(c, p->boris)), OK);
    }
    assert_int_equal(news(p, p->anna), 2);
}

static void a_mute_ends_when_its_time_is_over(void **state)
{
    people *p = *state;
    mute_line_list all;
    const quiet *q;
    assert_int_equal(mutes(p, p->boris, SPAN_DAY), OK);
    const int64_t until = world_int(p->w->db, 0, "SELECT until FROM mute");
    ctx *c = world_ctx(p->w, p->anna);
    assert_int_equal(graph_quiet(c, &q), OK);
    assert_true(quiet_is_muted(q, p->boris, until - 1));
    assert_false(quiet_is_muted(q, p->boris, until));
    c->now = until;
    assert_int_equal(quiet_mute_list(c, &all), OK);
    assert_int_equal(all.len, 0);
    world_done(c);
    p->w->now = until;
    assert_int_equal(mutes(p, p->vera, SPAN_EVER), OK); /* takes away what is over */
    assert_int_equal(world_int(p->w->db, 0, "SELECT count(*) FROM mute"), 1);
}

static void who_cannot_be_muted(void **state)
{
    people *p = *state;
    assert_int_equal(mutes(p, p->anna, SPAN_EVER), E_INVALID);
    assert_int_equal(mutes(p, 999999, SPAN_EVER), E_NOT_FOUND);
    assert_int_equal(mutes(p, p->boris, SPANS), E_INVALID);
    world_state(p->w, p->boris, MEMBER_SUSPENDED);
    assert_int_equal(mutes(p, p->boris, SPAN_EVER), E_GONE);
    assert_int_equal(world_int(p->w->db, -1, "SELECT count(*) FROM mute"), 0);
}

static void a_thousand_can_be_muted_and_no_more(void **state)
{
    people *p = *state;
    world_begin(p->w);
    for (int i = 0; i < QUIET_MUTES_MAX - 1; i++)
        world_sql(p->w, "INSERT INTO mute (bucket, owner, other, until) VALUES (%lld, %lld, %d, 0)", (long long)bucket_of(p->anna),
                  (long long)p->anna, 1000000 + i);
    world_end(p->w);
    assert_int_equal(mutes(p, p->boris, SPAN_EVER), OK);
    assert_int_equal(mutes(p, p->vera, SPAN_EVER), E_LIMIT);
    assert_int_equal(mutes(p, p->boris, SPAN_WEEK), OK);
    const quiet *q;
    ctx *c = world_ctx(p->w, p->anna);
    assert_int_equal(graph_quiet(c, &q), OK);
    assert_int_equal(q->mutes_len, QUIET_MUTES_MAX);
    assert_true(quiet_is_muted(q, p->boris, c->now));
    assert_true(quiet_is_muted(q, 1000000, c->now));
    assert_true(quiet_is_muted(q, 1000000 + QUIET_MUTES_MAX - 2, c->now));
    assert_false(quiet_is_muted(q, p->vera, c->now));
    world_done(c);
}

/* ---- words ---- */

static void words_are_found_whole_or_inside_whatever_their_case(void **state)
{
    people *p = *state;
    assert_int_equal(filters(p, "Кот", true, true, SPAN_EVER), OK);
    assert_int_equal(filters(p, "ёлка", false, false, SPAN_EVER), OK);
    assert_int_equal(filters(p, "two  words", true, true, SPAN_EVER), OK);
    assert_int_equal(filters(p, "#tag", true, true, SPAN_EVER), OK);
    assert_int_equal(filters(p, "STRASSE", false, true, SPAN_EVER), OK);
    const struct { const char *text; int want; } cases[] = {
        {"Вот кот.", 1}, {"КОТ", 1}, {"кот", 1}, {"коты", 0}, {"скот", 0}, {"кот-баюн", 1}, {"кот9", 0}, {"кот\xCC\x81", 0},
        {"Елка", 2}, {"под ёлкой", 0}, {"подЁЛКАми", 2}, {"кот под ёлкой, ёлка", 2}, {"", 0}, {"к", 0}, {"ко", 0},
        {"two words", 1}, {"Two\n\nWords!", 1}, {"two, words", 0}, {"twowords", 0}, {"stwo words", 0},
        {"x#tag y", 1}, {"#tags", 0}, {"Hauptstrasse", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (verdict(p, p->anna, cases[i].text) != cases[i].want) print_error("%s\n", cases[i].text);
        assert_int_equal(verdict(p, p->anna, cases[i].text), cases[i].want);
        assert_int_equal(verdict(p, p->boris, cases[i].text), 0);
        assert_int_equal(verdict(p, 0, cases[i].text), 0);
    }
}

static void what_hides_wins_over_what_warns_and_what_is_over_says_nothing(void **state)
{
    people *p = *state;
    assert_int_equal(filters(p, "апельсин", false, true, SPAN_EVER), OK);
    assert_int_equal(filters(p, "апельсиновый", false, false, SPAN_WEEK), OK);
    assert_int_equal(verdict(p, p->anna, "апельсиновый сок"), 2);
    assert_int_equal(verdict(p, p->anna, "апельсин и апельсиновый"), 2);
    p->w->now += 7 * MS_DAY;
    assert_int_equal(verdict(p, p->anna, "апельсиновый сок"), 1);
    assert_int_equal(filters(p, "АПЕЛЬСИН", false, false, SPAN_EVER), OK); /* the same words again: changed */
    assert_int_equal(world_int(p->w->db, 0, "SELECT count(*) FROM word_filter"), 1);
    assert_int_equal(verdict(p, p->anna, "апельсиновый сок"), 2);
    ctx *c = world_act(p->w, p->anna);
    assert_int_equal(world_ends(c, quiet_filter_end(c, 1)), OK);
    assert_int_equal(verdict(p, p->anna, "апельсиновый сок"), 0);
}

static void a_hundred_filters_fit_and_no_more(void **state)
{
    people *p = *state;
    char words[32];
    for (int i = 0; i < QUIET_FILTERS_MAX; i++) {
        (void)snprintf(words, sizeof words, "word%dx", i);
        assert_int_equal(filters(p, words, false, true, SPAN_EVER), OK);
    }
    assert_int_equal(filters(p, "one more", false, true, SPAN_EVER), E_LIMIT);
    assert_int_equal(filters(p, "WORD7X", false, false, SPAN_EVER), OK);
    for (int i = 0; i < QUIET_FILTERS_MAX; i++) {
        (void)snprintf(words, sizeof words, "in a word%dx here", i);
        assert_int_equal(verdict(p, p->anna, words), i == 7 ? 2 : 1);
    }
    assert_int_equal(filters(p, "x", false, true, SPAN_EVER), E_INVALID);
    assert_int_equal(filters(p, "word1x", false, true, SPANS), E_INVALID);
}

static void strcat_(char *to, const char *more)
{
    memcpy(to + strlen(to), more, strlen(more) + 1);
}

/* Random texts against a search that looks for each phrase at each place. */
static void matching_says_what_a_plain_search_says(void **state)
{
    people *p = *state;
    static const char *const letters[] = {"а", "б", "a", "b", " ", "ё", "-"};
    dice r = {77};
    char text[400], phrase[64];
    for (int round = 0; round < 20; round++) {
        phrase[0] = 0;
        for (size_t i = 0, n = 2 + dice_below(&r, 3); i < n; i++) strcat_(phrase, letters[dice_below(&r, 4)]);
        (void)filters(p, phrase, false, true, SPAN_EVER);
    }
    const quiet *q;
    ctx *c = world_ctx(p->w, p->anna);
    assert_int_equal(graph_quiet(c, &q), OK);
    for (int round = 0; round < 2000; round++) {
        text[0] = 0;
        for (size_t i = 0, n = dice_below(&r, 12); i < n; i++) strcat_(text, letters[dice_below(&r, 7)]);
        str folded = text_fold(c->arena, str_of(text));
        bool plain = false;
        for (size_t f = 0; f < q->filters_len; f++)
            for (size_t at = 0; at + q->filters[f].folded.len <= folded.len; at++)
                plain = plain || str_starts(str_skip(folded, at), q->filters[f].folded);
        assert_int_equal(quiet_says(q, folded, c->now) != NULL, plain);
    }
    world_done(c);
}

static void nobody_is_filtered_for_by_another(void **state)
{
    people *p = *state;
    const quiet *q;
    assert_int_equal(filters(p, "слово", true, false, SPAN_EVER), OK);
    assert_int_equal(mutes(p, p->boris, SPAN_EVER), OK);
    ctx *c = world_ctx(p->w, p->anna);
    c->page_of = p->vera; /* Vera looks as Anna */
    assert_int_equal(graph_quiet(c, &q), OK);
    assert_int_equal(q->filters_len + q->mutes_len, 0);
    world_done(c);
}

#define WITH_PEOPLE(function) cmocka_unit_test_setup_teardown(function, people_open, people_close)

static int run(db_engine which)
{
    static const char *const groups[] = {[DB_SQLITE] = "quiet, SQLite", [DB_POSTGRES] = "quiet, PostgreSQL"};
    const struct CMUnitTest tests[] = {
        WITH_PEOPLE(posts_of_the_muted_leave_the_muters_news_alone),
        WITH_PEOPLE(a_mute_ends_when_its_time_is_over),
        WITH_PEOPLE(who_cannot_be_muted),
        WITH_PEOPLE(a_thousand_can_be_muted_and_no_more),
        WITH_PEOPLE(words_are_found_whole_or_inside_whatever_their_case),
        WITH_PEOPLE(what_hides_wins_over_what_warns_and_what_is_over_says_nothing),
        WITH_PEOPLE(a_hundred_filters_fit_and_no_more),
        WITH_PEOPLE(matching_says_what_a_plain_search_says),
        WITH_PEOPLE(nobody_is_filtered_for_by_another),
    };
    people_engine = which;
    return cmocka_run_group_tests_name(groups[which], tests, NULL, NULL);
}

int main(void)
{
    int failed = run(DB_SQLITE);
    if (getenv("VECHE_TEST_PG")) failed += run(DB_POSTGRES);
    return failed;
}
