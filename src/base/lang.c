/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Sentences are printed without ICU: the plural form of 0…999 is looked up, that of a larger n only depends on n mod
 * 100 in our languages. lang_start fills the table from ICU's rules (CLDR) and proves over a range that the reduction
 * is exact; a language for which it is not would be refused at the start, not printed wrongly. */
#include "base/lang.h"

#include <unicode/upluralrules.h>

enum { FORM_ONE, FORM_FEW, FORM_MANY, FORM_OTHER };

#define SMALL 1000
#define PERIOD 100
#define PROVEN 12000 /* every n below is compared with ICU, then a few large ones */

static unsigned char forms[LANG_COUNT][SMALL + PERIOD];

static const struct {
    str code;
    str group; /* between thousands */
} languages[LANG_COUNT] = {
    [LANG_EN] = {{"en", 2}, {",", 1}},
    [LANG_RU] = {{"ru", 2}, {"\xC2\xA0", 2}},
};

static uint64_t magnitude(int64_t n)
{
    return n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
}

static size_t form_slot(uint64_t n)
{
    return n < SMALL ? (size_t)n : SMALL + (size_t)(n % PERIOD);
}

static int form_ask(const UPluralRules *rules, uint64_t n)
{
    static const struct {
        const char *name;
        int form;
    } names[] = {{"one", FORM_ONE}, {"few", FORM_FEW}, {"many", FORM_MANY}, {"other", FORM_OTHER}};
    UChar keyword[16];
    UErrorCode status = U_ZERO_ERROR;
    int32_t len = uplrules_select(rules, (double)n, keyword, (int32_t)(sizeof keyword / sizeof *keyword), &status);
    if (U_FAILURE(status) || len < 0 || len >= (int32_t)(sizeof keyword / sizeof *keyword)) return -1;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *name = names[i].name;
        if (strlen(name) != (size_t)len) continue;
        int32_t at = 0;
        while (at < len && keyword[at] == (UChar)name[at]) at++;
        if (at == len) return names[i].form;
    }
    return -1; /* "zero", "two": not a language of ours */
}

static bool forms_fill(lang l, const UPluralRules *rules)
{
    for (uint64_t n = 0; n < SMALL + PERIOD; n++) {
        int form = form_ask(rules, n);
        if (form < 0) return false;
        forms[l][form_slot(n)] = (unsigned char)form;
    }
    for (uint64_t n = SMALL; n < PROVEN; n++) {
        if (form_ask(rules, n) != forms[l][form_slot(n)]) return false;
    }
    /* Some languages treat whole millions apart. */
    for (uint64_t power = 10000; power <= 1000000000000; power *= 10) {
        for (uint64_t n = power; n < power + PERIOD; n++) {
            if (form_ask(rules, n) != forms[l][form_slot(n)]) return false;
        }
    }
    return true;
}

bool lang_start(void)
{
    for (int l = 0; l < LANG_COUNT; l++) {
        UErrorCode status = U_ZERO_ERROR;
        UPluralRules *rules = uplrules_open(languages[l].code.ptr, &status);
        /* U_USING_DEFAULT_WARNING: ICU has no such language and gave us its root. */
        bool fits = U_SUCCESS(status) && status != U_USING_DEFAULT_WARNING && forms_fill((lang)l, rules);
        uplrules_close(rules);
        if (!fits) return false;
    }
    return true;
}

void put_number(out *o, lang l, int64_t n)
{
    char digits[20];
    size_t count = 0;
    uint64_t rest = magnitude(n);
    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (n < 0) out_char(o, '-');
    while (count > 0) {
        out_char(o, digits[--count]);
        if (count > 0 && count % 3 == 0) out_str(o, languages[l].group);
    }
}

void put_segments(out *o, lang l, const lang_seg *seg, msg m)
{
    for (;;) {
        switch (seg->kind) {
        case SEG_TEXT: out_str(o, seg->text); break;
        case SEG_N: put_number(o, l, m.n); break;
        case SEG_M: put_number(o, l, m.m); break;
        case SEG_S: out_escape(o, m.s); break;
        case SEG_S2: out_escape(o, m.s2); break;
        case SEG_PLURAL: seg += seg->jump[forms[l][form_slot(magnitude(m.n))]]; continue;
        case SEG_GENDER: seg += seg->jump[m.g]; continue;
        case SEG_JUMP: seg += seg->jump[0]; continue;
        case SEG_END: return;
        }
        seg++;
    }
}

void put_msg(out *o, lang l, msg m)
{
    put_segments(o, l, lang_table[l][m.key], m);
}

str lang_code(lang l)
{
    return languages[l].code;
}

lang lang_of(str code, lang otherwise)
{
    for (int l = 0; l < LANG_COUNT; l++) {
        if (str_eq(code, languages[l].code)) return (lang)l;
    }
    return otherwise;
}

/* qvalue = "0" ["." 0*3DIGIT] or "1" ["." 0*3"0"], in thousandths; -1 for anything else. */
static int accept_weight(str s)
{
    if (s.len < 1 || s.len > 5 || (s.ptr[0] != '0' && s.ptr[0] != '1')) return -1;
    if (s.len > 1 && s.ptr[1] != '.') return -1;
    int weight = (s.ptr[0] - '0') * 1000;
    int unit = 100;
    for (size_t i = 2; i < s.len; i++, unit /= 10) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return -1;
        weight += (s.ptr[i] - '0') * unit;
    }
    return weight <= 1000 ? weight : -1;
}

/* Whether a language range ("ru", "RU-by") names this language: its first subtag does, in any case. */
static bool accept_names(str range, str code)
{
    str first = str_cut(&range, '-');
    if (first.len != code.len) return false;
    for (size_t i = 0; i < code.len; i++) {
        char c = first.ptr[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c + ('a' - 'A'));
        if (c != code.ptr[i]) return false;
    }
    return true;
}

lang lang_accept(str header, lang otherwise)
{
    int weights[LANG_COUNT];
    int star = -1;
    size_t places[LANG_COUNT]; /* of equal weights the first named wins, as browsers list them by preference */
    for (int l = 0; l < LANG_COUNT; l++) {
        weights[l] = -1;
        places[l] = SIZE_MAX;
    }
    str rest = header;
    for (size_t place = 0; rest.ptr; place++) {
        str item = str_cut(&rest, ',');
        str range = str_trim(str_cut(&item, ';'));
        int weight = 1000;
        if (item.ptr) {
            str parameter = str_trim(item);
            if (parameter.len < 2 || (parameter.ptr[0] | 0x20) != 'q' || parameter.ptr[1] != '=') continue;
            weight = accept_weight(str_skip(parameter, 2));
        }
        if (weight < 0) continue;
        if (str_eq(range, STR("*")) && weight > star) star = weight;
        for (int l = 0; l < LANG_COUNT; l++) {
            if (!accept_names(range, languages[l].code) || weight <= weights[l]) continue;
            weights[l] = weight;
            places[l] = place;
        }
    }
    /* "*" stands for every language that the header does not name; then ours comes first. */
    int best = -1;
    for (int l = 0; l < LANG_COUNT; l++) {
        if (weights[l] < 0) weights[l] = star;
        if (weights[l] <= 0) continue;
        bool better = best < 0 || weights[l] > weights[best] ||
                      (weights[l] == weights[best] &&
                       (places[l] < places[best] || (places[l] == places[best] && l == (int)otherwise)));
        if (better) best = l;
    }
    return best < 0 ? otherwise : (lang)best;
}
