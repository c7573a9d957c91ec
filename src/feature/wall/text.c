/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One pass over the bytes each. No regular expressions: what a member types may not decide how long we work. */
#include "feature/wall/text.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/utf8.h"
#include "feature/account/account.h"
#include "graph/graph.h"

static bool name_byte(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_' || ch == '.';
}

/* The name behind an '@' at the start of s, without a final dot: "@olga." ends a sentence. Empty when none. */
static str mention_at(str s)
{
    size_t n = 1;
    while (n < s.len && n <= ACCOUNT_NAME_MAX && name_byte(s.ptr[n])) n++;
    while (n > 1 && (s.ptr[n - 1] == '.' || s.ptr[n - 1] == '_')) n--;
    str name = str_take(str_skip(s, 1), n - 1);
    return account_name_fault(name) == L_NONE ? name : STR("");
}

/* "[id12|words]" at the start of s: false when it is none, and then *whole, its length, is left alone. */
static bool link_at(str s, int64_t *num, str *words, size_t *whole)
{
    if (!str_starts(s, STR("[id"))) return false;
    size_t close = str_find(s, ']');
    str inner = str_take(str_skip(s, 3), close < 3 ? 0 : close - 3);
    size_t bar = str_find(inner, '|');
    if (close == s.len || bar == inner.len || close > 200) return false;
    *words = str_skip(inner, bar + 1);
    if (!str_int(str_take(inner, bar), num) || *num <= 0 || *num >= INT32_MAX || words->len == 0 ||
        str_find(*words, '\n') < words->len || str_find(*words, '[') < words->len)
        return false;
    *whole = close + 1;
    return true;
}

/* The code point that ends at s[*at], *at moving to its start. */
static int32_t point_before(str s, size_t *at)
{
    do --*at;
    while (*at > 0 && ((unsigned char)s.ptr[*at] & 0xC0) == 0x80);
    size_t from = *at;
    return utf8_next(s, &from);
}

static bool is_of(int32_t point, uint32_t classes) { return point >= 0 && (U_GET_GC_MASK(point) & classes) != 0; }

/* A mention or an address may begin behind anything but a letter, a digit, or what joins names and addresses. Marks belong to the
 * letter or the picture before them. */
static bool starts_word(str s, size_t at)
{
    int32_t before = -1;
    while (at > 0 && is_of(before = point_before(s, &at), U_GC_M_MASK | U_GC_CF_MASK)) before = -1;
    return before < 0 || !(is_of(before, U_GC_L_MASK | U_GC_N_MASK) || strchr("_.@/", before < 0x80 ? (int)before : ' '));
}

static void put_mention(out *o, int64_t num, str name)
{
    OUT_LIT(o, "[id");
    out_int(o, num);
    OUT_LIT(o, "|@");
    out_str(o, name);
    OUT_LIT(o, "]");
}

static rc store_mention(ctx *c, str name, out *o)
{
    int64_t num;
    rc_code found = account_find(c, name, &num);
    if (found == OK) return put_mention(o, num, name), OK;
    out_char(o, '@');
    out_str(o, name);
    return found == E_NOT_FOUND ? OK : found;
}

/* Would readers take these words for an address: "@olga", "https://…", "id7", "veche.example/olga"? */
static bool looks_like_address(str words)
{
    enum { SMALL_AT = 0xFE6B, WIDE_AT = 0xFF20 };
    int64_t num;
    str bare = str_trim(words);
    for (size_t at = 0; at < words.len;) {
        int32_t point = utf8_next(words, &at);
        if (point == '@' || point == SMALL_AT || point == WIDE_AT) return true;
    }
    bool one_word = str_find(bare, ' ') == bare.len, dotted = str_find(bare, '.') < str_find(bare, '/');
    if (one_word && str_find(bare, '/') < bare.len && (dotted || str_find(bare, ':') < bare.len)) return true;
    return str_starts(bare, STR("id")) && str_int(str_skip(bare, 2), &num);
}

/* A link typed whole, "[id7|words]". Words that look like an address must not lead elsewhere: the member's own address stands
 * there instead. Nothing is put when nobody has the number. */
static rc store_link(ctx *c, int64_t num, str words, str whole, out *o, bool *put)
{
    const member_card *card;
    *put = true;
    if (!looks_like_address(words)) return out_str(o, whole), OK;
    rc_code found = graph_member(c, num, &card);
    *put = found == OK;
    if (found == OK) put_mention(o, num, card->name);
    return found == E_NOT_FOUND ? OK : found;
}

rc text_store(ctx *c, str typed, str *stored)
{
    out o;
    out_init(&o, OUT_LIMIT_PAGE);
    rc_code code = OK;
    int mentions = 0;
    for (size_t i = 0; i < typed.len && code == OK;) {
        int64_t num;
        str words;
        size_t whole;
        str rest = str_skip(typed, i);
        if (rest.ptr[0] == '[' && mentions < MENTIONS_MAX && link_at(rest, &num, &words, &whole)) {
            bool put;
            mentions++;
            code = store_link(c, num, words, str_take(rest, whole), &o, &put);
            if (put) i += whole;
            if (put || code != OK) continue;
        }
        str name = rest.ptr[0] == '@' && mentions < MENTIONS_MAX && starts_word(typed, i) ? mention_at(rest) : STR("");
        if (name.len == 0) {
            out_char(&o, rest.ptr[0]);
            i++;
            continue;
        }
        mentions++;
        code = store_mention(c, name, &o);
        i += name.len + 1;
    }
    *stored = arena_str(c->arena, out_get(&o));
    if (!stored->ptr) *stored = STR("");
    out_drop(&o);
    return code;
}

str text_typed(arena *a, str stored)
{
    char *buffer = ARENA_ARRAY(a, char, stored.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < stored.len;) {
        int64_t num;
        str words;
        size_t whole;
        if (stored.ptr[i] == '[' && link_at(str_skip(stored, i), &num, &words, &whole) && words.ptr[0] == '@') {
            memcpy(buffer + n, words.ptr, words.len);
            n += words.len;
            i += whole;
            continue;
        }
        buffer[n++] = stored.ptr[i++];
    }
    return (str){buffer, n};
}

/* ---- showing ---- */

/* No address has these inside: white space, quotes of any language, what HTML would trip over. */
static bool ends_address(int32_t point)
{
    return point <= ' ' || point == '<' || point == '>' || point == '"' || is_of(point, U_GC_Z_MASK | U_GC_PI_MASK | U_GC_PF_MASK);
}

/* What ends a sentence or closes around an address, in any language; some of it stands inside addresses too. */
static bool ends_sentence(int32_t point)
{
    if (point < 0x80) return point > 0 && strchr(".,;:!?)]}'", (int)point);
    return is_of(point, U_GC_P_MASK);
}

/* The length of an address at the start of s: "https://…" up to white space, without the punctuation that ends a sentence. */
static size_t address_at(str s)
{
    size_t scheme = str_starts(s, STR("https://")) ? 8 : str_starts(s, STR("http://")) ? 7 : 0;
    if (!scheme) return 0;
    size_t n = scheme;
    for (size_t next = n; next < s.len && next < 2000; n = next)
        if (ends_address(utf8_next(s, &next))) break;
    for (size_t last = n; last > scheme; n = last) {
        int32_t point = point_before(s, &last);
        /* a bracket that opened inside belongs to the address */
        if (!ends_sentence(point) || (point == ')' && memchr(s.ptr, '(', last))) break;
    }
    return n > scheme ? n : 0;
}

/* The host is always visible; what follows is cut. */
static void put_address(out *o, str address)
{
    str shown = str_skip(address, str_starts(address, STR("https://")) ? 8 : 7);
    size_t most = 60;
    OUT_LIT(o, "<a href=\"");
    out_escape(o, address);
    OUT_LIT(o, "\" rel=\"nofollow noopener noreferrer ugc\">");
    if (shown.len > most) {
        while (most > 0 && ((unsigned char)shown.ptr[most] & 0xC0) == 0x80) most--;
        out_escape(o, str_take(shown, most));
        OUT_LIT(o, "…");
    } else {
        out_escape(o, shown);
    }
    OUT_LIT(o, "</a>");
}

static void put_link(out *o, int64_t num, str words)
{
    OUT_LIT(o, "<a href=\"/id");
    out_int(o, num);
    OUT_LIT(o, "\">");
    out_escape(o, words);
    OUT_LIT(o, "</a>");
}

/* ---- tags ---- */

#define FOLDED_MAX (3 * TAG_MAX) /* full case folding makes at most three of one: "ß" is "ss" */
#define TAG_UNITS 2048           /* of UTF-16: room for what normalizing and folding make of FOLDED_MAX; what does not fit is not folded */
#define FOLDED_BYTES (3 * TAG_UNITS)

/* The length of a tag of at most so many characters at the start of s, with its '#'; 0 when it is none. */
static size_t tag_of(str s, size_t most)
{
    size_t end = 1, points = 0;
    bool letter = false;
    for (size_t next = end; next < s.len && points <= most; end = next, points++) {
        int32_t point = utf8_next(s, &next);
        if (point != '_' && !is_of(point, U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK)) break;
        letter = letter || is_of(point, U_GC_L_MASK);
    }
    return letter && points <= most ? end : 0;
}

static size_t tag_at(str s) { return tag_of(s, TAG_MAX); }

static str tag_fold(char bytes[FOLDED_BYTES], str tag)
{
    UErrorCode err = U_ZERO_ERROR;
    UChar one[TAG_UNITS], other[TAG_UNITS];
    int32_t len, out = 0;
    /* Taken apart before it is folded: so folding it once more changes nothing (Unicode, canonical caseless matching). */
    u_strFromUTF8(one, TAG_UNITS, &len, tag.ptr, (int32_t)tag.len, &err);
    len = unorm2_normalize(unorm2_getNFDInstance(&err), one, len, other, TAG_UNITS, &err);
    len = u_strFoldCase(one, TAG_UNITS, other, len, U_FOLD_CASE_DEFAULT, &err);
    len = unorm2_normalize(unorm2_getNFCInstance(&err), one, len, other, TAG_UNITS, &err);
    u_strToUTF8(bytes, FOLDED_BYTES, &out, other, len, &err);
    return U_SUCCESS(err) ? (str){bytes, (size_t)out} : tag;
}

static void put_tag(out *o, str tag)
{
    char bytes[FOLDED_BYTES];
    OUT_LIT(o, "<a href=\"/tag/");
    out_percent(o, tag_fold(bytes, str_skip(tag, 1)));
    OUT_LIT(o, "\">");
    out_escape(o, tag);
    OUT_LIT(o, "</a>");
}

bool text_tag(arena *a, str typed, str *folded)
{
    char bytes[FOLDED_BYTES];
    str whole = arena_cat(a, STR("#"), typed, STR(""));
    if (!utf8_valid(typed) || tag_of(whole, FOLDED_MAX) != whole.len) return false;
    *folded = arena_str(a, tag_fold(bytes, typed));
    return true;
}

static void add_tag(arena *a, str tag, text_tag_list *l)
{
    str folded;
    if (l->len == TAGS_MAX || !text_tag(a, str_skip(tag, 1), &folded)) return;
    for (size_t i = 0; i < l->len; i++)
        if (str_eq(l->items[i], folded)) return;
    l->items[l->len++] = folded;
}

void text_tags(arena *a, str stored, text_tag_list *l)
{
    *l = (text_tag_list){ARENA_ARRAY(a, str, TAGS_MAX), 0};
    for (size_t i = 0; i < stored.len;) {
        int64_t num;
        str words, rest = str_skip(stored, i);
        size_t whole = 0, tag = 0;
        if (rest.ptr[0] == '[' && !link_at(rest, &num, &words, &whole)) whole = 0;
        if (rest.ptr[0] == 'h' && starts_word(stored, i)) whole = address_at(rest);
        if (rest.ptr[0] == '#' && starts_word(stored, i)) whole = tag = tag_at(rest);
        if (tag) add_tag(a, str_take(rest, tag), l);
        i += whole ? whole : 1;
    }
}

static void add_mention(int64_t num, text_mention_list *l)
{
    for (size_t i = 0; i < l->len; i++)
        if (l->items[i] == num) return;
    if (l->len < MENTIONS_MAX) l->items[l->len++] = num;
}

void text_mentions(str stored, text_mention_list *l)
{
    l->len = 0;
    for (size_t i = 0; i < stored.len;) {
        int64_t num;
        str words, rest = str_skip(stored, i);
        size_t whole = 0;
        bool link = rest.ptr[0] == '[' && link_at(rest, &num, &words, &whole);
        if (link) add_mention(num, l);
        i += link ? whole : 1;
    }
}

static void put_line_end(out *o, str s, size_t *at)
{
    size_t n = 0;
    while (*at < s.len && s.ptr[*at] == '\n') n++, ++*at;
    if (*at == s.len) return;
    if (n == 1) OUT_LIT(o, "<br>\n");
    else OUT_LIT(o, "</p>\n<p>");
}

static void put_text(out *o, str s)
{
    size_t plain = 0; /* where the run of ordinary bytes began */
    for (size_t i = 0; i < s.len;) {
        int64_t num;
        str words;
        size_t whole = 0;
        str rest = str_skip(s, i);
        char ch = rest.ptr[0];
        bool link = ch == '[' && link_at(rest, &num, &words, &whole);
        if (!link && ch == 'h' && starts_word(s, i)) whole = address_at(rest);
        if (ch == '#' && starts_word(s, i)) whole = tag_at(rest);
        if (!whole && ch != '\n') {
            i++;
            continue;
        }
        out_escape(o, (str){s.ptr + plain, i - plain});
        if (link) put_link(o, num, words);
        else if (whole && ch == '#') put_tag(o, str_take(rest, whole));
        else if (whole) put_address(o, str_take(rest, whole));
        else put_line_end(o, s, &i);
        i += whole;
        plain = i;
    }
    out_escape(o, (str){s.ptr + plain, s.len - plain});
}

/* ---- folding ---- */

/* What is shown of a long text: less than makes it long, so that opening it is worth the while. */
#define SHOWN_POINTS 800
#define SHOWN_LINES 12

typedef struct measure { size_t points, lines; } measure;

/* What cannot be cut at s[at]: a link, an address, a tag, one character with its marks. Returns its length, and adds it up. */
static size_t take_unit(str s, size_t at, measure *m)
{
    int64_t num;
    str words, rest = str_skip(s, at);
    size_t whole;
    if (rest.ptr[0] == '[' && link_at(rest, &num, &words, &whole)) return m->points += utf8_count(words), whole;
    if (rest.ptr[0] == 'h' && starts_word(s, at) && (whole = address_at(rest)) > 0) {
        m->points += utf8_count(str_take(rest, whole)); /* all of it is sent, though not all is shown */
        return whole;
    }
    if (rest.ptr[0] == '#' && starts_word(s, at) && (whole = tag_at(rest)) > 0) return m->points += utf8_count(str_take(rest, whole)), whole;
    size_t end = 0;
    m->points++;
    m->lines += utf8_next(rest, &end) == '\n';
    for (size_t next = end; next < rest.len && is_of(utf8_next(rest, &next), U_GC_M_MASK | U_GC_CF_MASK); end = next) m->points++;
    return end;
}

/* Where to cut; the whole length for a text that is short enough. */
static size_t fold_at(str s)
{
    measure m = {0};
    size_t at = 0, word = 0, unit = 0;
    while (at < s.len && m.points <= FOLD_POINTS && m.lines < FOLD_LINES) {
        bool fits = m.points <= SHOWN_POINTS && m.lines < SHOWN_LINES;
        if (fits) unit = at;
        if (fits && (s.ptr[at] == ' ' || s.ptr[at] == '\n')) word = at;
        at += take_unit(s, at, &m);
    }
    if (at == s.len && m.points <= FOLD_POINTS) return s.len;
    if (word || unit) return word ? word : unit; /* one endless word is cut inside */
    return take_unit(s, 0, &m); /* an address that is longer than that alone */
}

html text_html_folded(arena *a, str stored, bool *folded)
{
    str text = str_trim(stored);
    size_t at = fold_at(text);
    *folded = at < text.len;
    return text_html(a, str_trim(str_take(text, at)));
}

html text_html(arena *a, str stored)
{
    out o;
    out_init(&o, OUT_LIMIT_PAGE);
    OUT_LIT(&o, "<p>");
    put_text(&o, stored);
    OUT_LIT(&o, "</p>");
    html h = {o.failed ? STR("<p></p>") : arena_str(a, out_get(&o))};
    out_drop(&o);
    return h;
}
