/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/facts/facts.h"

#include "base/clock.h"

#define LINE(id, section, name, label) {id, section, name, label, FACT_LINE_MAX, 0, L_NONE}
#define AREA(id, section, name, label) {id, section, name, label, FACT_AREA_MAX, 0, L_NONE}
#define CHOICE(id, section, name, label, first, last) {id, section, name, label, 0, (last) - (first) + 1, first}

const fact_field fact_fields[FACTS] = {
    [FACT_CITY] = LINE(1, FACTS_CONTACTS, "city", L_facts_city),
    [FACT_SITE] = LINE(2, FACTS_CONTACTS, "site", L_facts_site),
    [FACT_HANDLES] = AREA(3, FACTS_CONTACTS, "handles", L_facts_handles),
    [FACT_ACTIVITIES] = AREA(10, FACTS_INTERESTS, "activities", L_facts_activities),
    [FACT_INTERESTS] = AREA(11, FACTS_INTERESTS, "interests", L_facts_interests),
    [FACT_MUSIC] = AREA(12, FACTS_INTERESTS, "music", L_facts_music),
    [FACT_FILMS] = AREA(13, FACTS_INTERESTS, "films", L_facts_films),
    [FACT_SHOWS] = AREA(14, FACTS_INTERESTS, "shows", L_facts_shows),
    [FACT_BOOKS] = AREA(15, FACTS_INTERESTS, "books", L_facts_books),
    [FACT_GAMES] = AREA(16, FACTS_INTERESTS, "games", L_facts_games),
    [FACT_QUOTES] = AREA(17, FACTS_INTERESTS, "quotes", L_facts_quotes),
    [FACT_ABOUT] = AREA(18, FACTS_INTERESTS, "about", L_facts_about),
    [FACT_POLITICAL] = LINE(20, FACTS_VIEWS, "political", L_facts_political),
    [FACT_RELIGION] = LINE(21, FACTS_VIEWS, "religion", L_facts_religion),
    [FACT_LIFE] = CHOICE(22, FACTS_VIEWS, "life", L_facts_life, L_facts_life_1, L_facts_life_8),
    [FACT_PEOPLE] = CHOICE(23, FACTS_VIEWS, "people", L_facts_people, L_facts_people_1, L_facts_people_6),
    [FACT_SMOKING] = CHOICE(24, FACTS_VIEWS, "smoking", L_facts_smoking, L_facts_attitude_1, L_facts_attitude_5),
    [FACT_ALCOHOL] = CHOICE(25, FACTS_VIEWS, "alcohol", L_facts_alcohol, L_facts_attitude_1, L_facts_attitude_5),
    [FACT_INSPIRED] = LINE(26, FACTS_VIEWS, "inspired", L_facts_inspired),
};

/* ---- single facts ---- */

rc facts_get(ctx *c, int64_t owner, facts *out)
{
    facts_values_row_list rows;
    *out = (facts){0};
    TRY(privacy_check(c, owner, PRIVACY_DETAILS));
    TRY(sql_facts_values(c->db, c->arena, bucket_of(owner), owner, &rows));
    for (size_t r = 0; r < rows.len; r++)
        for (int i = 0; i < FACTS; i++)
            if (fact_fields[i].stored == rows.items[r].field) out->of[i] = (fact_value){rows.items[r].choice, rows.items[r].text};
    return OK;
}

static rc fact_save(ctx *c, const fact_field *f, const fact_value *v)
{
    int64_t me = c->viewer.num, bucket = bucket_of(me);
    if (v->choice < 0 || v->choice > f->choices) return fail(c, E_INVALID, MSG(L_form_choice), "no such choice");
    if (!v->choice && !v->text.len) return sql_facts_drop(c->db, bucket, me, f->stored);
    return sql_facts_put(c->db, bucket, me, f->stored, v->choice, v->text.len ? v->text : STR(""));
}

rc facts_save(ctx *c, fact_section section, const facts *told)
{
    for (int i = 0; i < FACTS; i++)
        if (fact_fields[i].section == section) TRY(fact_save(c, &fact_fields[i], &told->of[i]));
    return OK;
}

/* What could end the attribute, or lead a reader to think that the address is another one, is not let in. */
bool facts_is_site(str s)
{
    str rest = str_starts(s, STR("https://")) ? str_skip(s, 8) : str_starts(s, STR("http://")) ? str_skip(s, 7) : STR("");
    str host = str_take(rest, str_find(rest, '/'));
    bool dot = false;
    for (size_t i = 0; i < rest.len; i++) {
        unsigned char ch = (unsigned char)rest.ptr[i];
        if (ch <= ' ' || ch >= 0x7F || ch == '"' || ch == '\'' || ch == '<' || ch == '>' || ch == '[' || ch == ']' || ch == '\\')
            return false;
        if (ch == '@' && i < host.len) return false; /* a name in front of the host reads as the host */
        dot = dot || (ch == '.' && i > 0 && i + 1 < host.len);
    }
    return dot;
}

/* ---- places ---- */

rc facts_places_get(ctx *c, int64_t owner, facts_place_list *out)
{
    TRY(privacy_check(c, owner, PRIVACY_DETAILS));
    return sql_facts_places(c->db, c->arena, bucket_of(owner), owner, out);
}

bool facts_years_possible(int64_t since, int64_t until, int64_t now)
{
    int64_t last = clock_utc(now).year + FACT_YEARS_AHEAD;
    bool sane = (!since || (since >= FACT_YEAR_MIN && since <= last)) && (!until || (until >= FACT_YEAR_MIN && until <= last));
    return sane && (!since || !until || since <= until);
}

rc facts_place_save(ctx *c, const facts_place *p)
{
    facts_place_list all;
    int64_t me = c->viewer.num, bucket = bucket_of(me), same = 0, highest = 0;
    bool there = p->ordinal == 0, work = p->kind == PLACE_WORK;
    if (p->kind < PLACE_SCHOOL || p->kind >= PLACE_KINDS) return fail(c, E_INVALID, MSG(L_form_choice), "no such kind");
    if (!facts_years_possible(p->since, p->until, c->now)) return fail(c, E_INVALID, MSG(L_facts_years_bad), "impossible years");
    TRY(sql_facts_places(c->db, c->arena, bucket, me, &all));
    for (size_t i = 0; i < all.len; i++) {
        const facts_place *one = &all.items[i];
        bool like = (one->kind == PLACE_WORK) == work; /* a school may turn out to be a university, but not a job */
        same += like;
        there = there || (like && one->ordinal == p->ordinal);
        if (one->ordinal > highest) highest = one->ordinal;
    }
    if (!there) return fail(c, E_GONE, MSG(L_facts_place_gone), "the place was taken away");
    if (!p->ordinal && same >= FACT_PLACES_MAX) return fail(c, E_LIMIT, msg_n(L_facts_places_full, FACT_PLACES_MAX), "too many places");
    return sql_facts_place_put(c->db, bucket, me, p->ordinal ? p->ordinal : highest + 1, p->kind, p->name, p->town, p->detail, p->since,
                               p->until);
}

rc facts_place_delete(ctx *c, int64_t ordinal)
{
    return sql_facts_place_drop(c->db, bucket_of(c->viewer.num), c->viewer.num, ordinal);
}
