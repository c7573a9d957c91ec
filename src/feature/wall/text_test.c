/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Texts: typed, stored, shown. */
#include "base/testing.h"

#include "base/utf8.h"
#include "feature/account/account.h"
#include "feature/wall/text.h"
#include "support/world.h"

static world *w;
static int64_t olga, ivan;

static int64_t member_named(const char *name)
{
    int64_t num;
    ctx *c = world_act(w, 0);
    new_member m = {.name = str_of(name), .given = STR("Somebody"), .password = STR("not a hash"), .role = ROLE_MEMBER};
    account_prepare(c->arena, &m);
    assert_int_equal(account_create(c, &m, &num), OK);
    world_done(c);
    return num;
}

static int open_world(void **state)
{
    (void)state;
    if (!(w = world_open(DB_SQLITE))) return -1;
    olga = member_named("olga");
    ivan = member_named("ivan");
    return 0;
}

static int close_world(void **state) { (void)state; world_close(w); return 0; }

static str stored(const char *typed)
{
    str s;
    ctx *c = world_ctx(w, olga);
    assert_int_equal(text_store(c, str_of(typed), &s), OK);
    s = arena_str(w->arena, s);
    world_done(c);
    return s;
}

static str shown(const char *text) { return text_html(w->arena, str_of(text)).s; }

static bool has(str s, const char *part)
{
    str p = str_of(part);
    for (size_t i = 0; i + p.len <= s.len; i++)
        if (str_starts(str_skip(s, i), p)) return true;
    return false;
}

static str mention(const char *before, int64_t num, const char *name, const char *behind)
{
    return arena_printf(w->arena, "%s[id%lld|@%s]%s", before, (long long)num, name, behind);
}

/* ---- mentions ---- */

static void a_name_is_found_behind_and_before_any_punctuation(void **state)
{
    (void)state;
    static const char *const around[][2] = {{"", ""}, {"«", "»"}, {"“", "”"}, {"—", "—"}, {"(", ")"}, {"„", "“"}, {"…", "…"}, {"→", ""},
                                            {"🎉", "🎉"}, {"❤️", ""}, {"。", "、"}, {"\u00a0", "\u00a0"}, {"'", "’"}};
    for (size_t i = 0; i < sizeof around / sizeof *around; i++)
        assert_str(stored(arena_printf(w->arena, "%s@olga%s", around[i][0], around[i][1]).ptr), mention(around[i][0], olga, "olga", around[i][1]));
}

static void a_name_inside_a_word_or_an_address_is_none(void **state)
{
    (void)state;
    static const char *const not_one[] = {"mail@olga", "почта@olga", "é@olga", "e\u0301@olga", "٣@olga", "a.@olga", "a_@olga", "@@olga", "x/@olga",
                                          "字@olga"};
    for (size_t i = 0; i < sizeof not_one / sizeof *not_one; i++) assert_str(stored(not_one[i]), str_of(not_one[i]));
}

static void no_link_says_one_address_and_leads_to_another(void **state)
{
    (void)state;
    static const char *const forged[] = {"@olga", " @olga", "＠olga", "see @olga", "https://veche.example/olga", "veche.example/olga", "id1", "@nobody"};
    str truth = mention("", ivan, "ivan", "");
    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++)
        assert_str(stored(arena_printf(w->arena, "[id%lld|%s]", (long long)ivan, forged[i]).ptr), truth);
    assert_str(stored(truth.ptr), truth);
}

static void a_link_with_words_of_its_own_stays(void **state)
{
    (void)state;
    str typed = arena_printf(w->arena, "[id%lld|my neighbour] and [id%lld|он/она]", (long long)ivan, (long long)olga);
    assert_str(stored(typed.ptr), typed);
}

static void a_forged_link_to_nobody_is_plain_text(void **state)
{
    (void)state;
    str kept = stored("[id999999|@olga]");
    assert_str(kept, mention("[id999999|", olga, "olga", "]"));
    assert_false(has(text_html(w->arena, kept).s, "/id999999"));
}

static void what_is_edited_comes_back_as_it_was_typed(void **state)
{
    (void)state;
    static const char typed[] = "«@olga», and @ivan; @nobody";
    assert_str(text_typed(w->arena, stored(typed)), str_of(typed));
}

/* ---- addresses ---- */

static void an_address_is_found_inside_any_punctuation_and_leaves_it_outside(void **state)
{
    (void)state;
    static const char *const around[][2] = {{"", ""}, {"«", "»"}, {"«", "»,"}, {"“", "”."}, {"(", ")"}, {"—", "—"}, {"„", "“"}, {"【", "】"}, {"", "…"},
                                            {"“", "”—да"}};
    for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
        str s = shown(arena_printf(w->arena, "%shttps://example.org/a%s", around[i][0], around[i][1]).ptr);
        assert_true(has(s, "<a href=\"https://example.org/a\""));
        assert_true(has(s, arena_printf(w->arena, "</a>%s", around[i][1]).ptr));
    }
}

static void letters_of_any_language_stay_inside_an_address(void **state)
{
    (void)state;
    assert_true(has(shown("https://ru.wikipedia.org/wiki/Вече_(орган)."), "href=\"https://ru.wikipedia.org/wiki/Вече_(орган)\""));
    assert_false(has(shown("ещёhttps://example.org"), "<a"));
}

/* ---- folding ---- */

/* So many times the same, from the world's arena. */
static str times(const char *part, size_t n)
{
    str p = str_of(part);
    char *all = arena_alloc(w->arena, p.len * n + 1);
    for (size_t i = 0; i < n; i++) memcpy(all + i * p.len, p.ptr, p.len);
    all[p.len * n] = '\0';
    return (str){all, p.len * n};
}

static str folded(str text)
{
    bool cut;
    str s = text_html_folded(w->arena, text, &cut).s;
    return cut ? s : STR("");
}

static void a_short_text_is_not_folded(void **state)
{
    (void)state;
    assert_int_equal(folded(times("вече ", FOLD_POINTS / 5)).len, 0);
    assert_int_equal(folded(times("a\n", FOLD_LINES - 1)).len, 0);
    bool cut;
    assert_str(text_html_folded(w->arena, STR("one\ntwo"), &cut).s, shown("one\ntwo"));
}

static void a_long_text_is_cut_behind_a_word(void **state)
{
    (void)state;
    str s = folded(times("вече ", FOLD_POINTS));
    assert_true(str_ends(s, STR("вече</p>")) && s.len < (size_t)FOLD_POINTS * 2);
    s = folded(times("line\n", FOLD_LINES + 1));
    assert_true(str_ends(s, STR("line</p>")));
    assert_false(has(s, times("line<br>\n", FOLD_LINES).ptr));
}

static void a_text_is_never_cut_inside_a_link(void **state)
{
    (void)state;
    str mentions = times("[id7|@olga.of.the.long.name.indeed],", 60), addresses = times("«https://example.org/a.page?of=some,length»", 60);
    str s = folded(mentions);
    assert_true(s.len > 0 && (str_ends(s, STR("</a></p>")) || str_ends(s, STR("</a>,</p>"))) && !has(s, "[id7"));
    s = folded(addresses);
    assert_true(str_ends(s, STR(">example.org/a.page?of=some,length</a></p>")) || str_ends(s, STR(",length</a>»</p>")) || str_ends(s, STR("«</p>")));
}

static void an_address_that_is_too_long_alone_is_shown(void **state)
{
    (void)state;
    str s = folded(arena_printf(w->arena, "https://example.org/%.*s and more %.*s", STR_ARG(times("a", 1500)), STR_ARG(times("b ", 900))));
    assert_true(str_ends(s, STR("…</a></p>")));
}

static void an_endless_word_is_cut_between_its_letters(void **state)
{
    (void)state;
    str s = folded(times("е\u0301", FOLD_POINTS));
    assert_true(s.len > 0 && utf8_valid(s) && str_ends(s, STR("е\u0301</p>")));
}

/* ---- tags ---- */

static bool is_tag(const char *typed, const char *folded)
{
    str s = STR("");
    bool is = text_tag(w->arena, str_of(typed), &s);
    return folded ? is && str_eq(s, str_of(folded)) : !is;
}

static void a_tag_has_a_letter_and_at_most_64_characters(void **state)
{
    (void)state;
    char long_[2 * TAG_MAX + 3];
    for (int i = 0; i <= TAG_MAX; i++) memcpy(long_ + 2 * i, "ж", 2);
    long_[2 * TAG_MAX] = '\0';
    assert_true(is_tag(long_, long_));
    long_[2 * TAG_MAX] = "ж"[0];
    long_[2 * TAG_MAX + 2] = '\0';
    assert_false(has(shown(arena_cstr(w->arena, arena_printf(w->arena, "#%s", long_))), "<a"));
    assert_true(is_tag("2026", NULL));
    assert_true(is_tag("2026_", NULL));
    assert_true(is_tag("y2026", "y2026"));
    assert_true(is_tag("", NULL));
    assert_true(is_tag("two words", NULL));
    assert_true(is_tag("a-b", NULL));
    assert_true(is_tag("a\xff", NULL));
    assert_true(is_tag("हिन्दी", "हिन्दी")); /* signs that belong to a letter */
}

static void case_does_not_matter_in_a_tag_of_any_script(void **state)
{
    (void)state;
    assert_true(is_tag("Ferry", "ferry"));
    assert_true(is_tag("ПАРОМ_Мста", "паром_мста"));
    assert_true(is_tag("Straße", "strasse"));
    assert_true(is_tag("STRASSE", "strasse"));
    assert_true(is_tag("Ёлка", "ёлка")); /* and its dots do */
    assert_true(is_tag("ΣΊΣΥΦΟΣ", "σίσυφοσ"));
    str sharp = STR(""), longer = STR("");
    for (int i = 0; i < TAG_MAX; i++) sharp = arena_cat(w->arena, sharp, STR("ß"), STR("")), longer = arena_cat(w->arena, longer, STR("ss"), STR(""));
    assert_true(is_tag(arena_cstr(w->arena, sharp), arena_cstr(w->arena, longer)));
    assert_true(is_tag(arena_cstr(w->arena, longer), arena_cstr(w->arena, longer))); /* its page is found by what it became */
}

static void a_tag_is_a_link_and_its_words_stay_as_they_were_typed(void **state)
{
    (void)state;
    assert_true(has(shown("To the #Ferry, now"), "To the <a href=\"/tag/ferry\">#Ferry</a>, now"));
    assert_true(has(shown("(#Ferry)"), "(<a href=\"/tag/ferry\">#Ferry</a>)"));
    assert_true(has(shown("#Мста"), "<a href=\"/tag/%D0%BC%D1%81%D1%82%D0%B0\">#Мста</a>"));
    assert_false(has(shown("a#b #12 ## # &#39;"), "<a"));
    assert_false(has(shown("see [id7|#words]"), "/tag/"));
    assert_false(has(shown("https://example.org/#part"), "/tag/"));
}

static void each_tag_of_a_text_is_found_once(void **state)
{
    (void)state;
    text_tag_list l;
    text_tags(w->arena, STR("#Ferry #ferry [id7|#words] https://example.org/#part #mule"), &l);
    assert_int_equal(l.len, 2);
    assert_true(str_eq(l.items[0], STR("ferry")));
    assert_true(str_eq(l.items[1], STR("mule")));
    out o;
    out_init(&o, 4096);
    for (int i = 0; i <= TAGS_MAX; i++) out_printf(&o, "#t%d ", i);
    text_tags(w->arena, out_get(&o), &l);
    assert_int_equal(l.len, TAGS_MAX);
    out_drop(&o);
}

#define TESTS                                                                                                                     \
    TEST(a_name_is_found_behind_and_before_any_punctuation), TEST(a_name_inside_a_word_or_an_address_is_none),                    \
        TEST(no_link_says_one_address_and_leads_to_another), TEST(a_link_with_words_of_its_own_stays),                            \
        TEST(a_forged_link_to_nobody_is_plain_text), TEST(what_is_edited_comes_back_as_it_was_typed),                             \
        TEST(an_address_is_found_inside_any_punctuation_and_leaves_it_outside), TEST(letters_of_any_language_stay_inside_an_address), \
        TEST(a_short_text_is_not_folded), TEST(a_long_text_is_cut_behind_a_word), TEST(a_text_is_never_cut_inside_a_link),        \
        TEST(an_address_that_is_too_long_alone_is_shown), TEST(an_endless_word_is_cut_between_its_letters),  \
        TEST(a_tag_has_a_letter_and_at_most_64_characters), TEST(case_does_not_matter_in_a_tag_of_any_script),                       \
        TEST(a_tag_is_a_link_and_its_words_stay_as_they_were_typed), TEST(each_tag_of_a_text_is_found_once)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS};
    return cmocka_run_group_tests_name("texts", tests, open_world, close_world);
}
