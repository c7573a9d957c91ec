/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "app/demo_plan.h"

#include "app/demo_dice.h"
#include "base/clock.h"
#include "base/log.h"
#include "graph/audience.h"

#define HOODS 8
#define FIRST_DAY 425 /* days ago */
#define LAST_JOIN 25
#define TEXTS_MAX 256
#define FIXED 3 /* members whose names do not depend on the dice */

typedef struct maker {
    arena *arena;
    demo_dice dice;
    demo_plan *plan;
    int64_t now;
    size_t events_cap, posts_cap;
    uint8_t *near; /* members × members: 1 friends, 2 something else between them */
    uint64_t (*said)[TEXTS_MAX / 64];        /* by member: texts that they have used */
    size_t used[LANG_COUNT][TEXTS_MAX];      /* when last, in posts of that language; 0: never */
    size_t written[LANG_COUNT];
} maker;

static demo_member *member_at(maker *m, size_t i) { return &m->plan->members[i]; }
static uint8_t *between(maker *m, size_t a, size_t b) { return &m->near[a * m->plan->members_len + b]; }
static const demo_words *words_of(const demo_member *who) { return &demo_words_of[who->lang]; }

static demo_event *add(maker *m, demo_kind kind, int64_t at, size_t who, size_t whom)
{
    demo_plan *p = m->plan;
    if (p->events_len == m->events_cap) {
        size_t cap = m->events_cap ? m->events_cap * 2 : 4096;
        demo_event *more = ARENA_ARRAY(m->arena, demo_event, cap);
        if (p->events_len) memcpy(more, p->events, p->events_len * sizeof *more);
        p->events = more;
        m->events_cap = cap;
    }
    demo_event *e = &p->events[p->events_len++];
    *e = (demo_event){.at = at, .kind = kind, .who = (uint32_t)who, .whom = (uint32_t)whom};
    return e;
}

/* ---- times ---- */

/* A waking hour of the day that is `days` back; never later than a minute ago. */
static int64_t waking(maker *m, double days)
{
    int64_t at = clock_day(m->now - (int64_t)(days * (double)MS_DAY));
    double hour = 4 + 17 * sqrt(dice_unit(&m->dice)) * (0.6 + 0.4 * dice_unit(&m->dice));
    at += (int64_t)(hour * (double)MS_HOUR);
    int64_t latest = m->now - MS_MINUTE - (int64_t)dice_pick(&m->dice, (size_t)(4 * MS_HOUR));
    return at < latest ? at : latest;
}

static double days_since(const maker *m, int64_t at) { return (double)(m->now - at) / (double)MS_DAY; }

/* Some time after `from`, rather lately than long ago. */
static int64_t lately(maker *m, int64_t from)
{
    double span = days_since(m, from);
    int64_t at = waking(m, span * pow(dice_unit(&m->dice), 1.6));
    return at > from ? at : from + MS_MINUTE + (int64_t)dice_pick(&m->dice, (size_t)MS_HOUR);
}

static int64_t later(int64_t a, int64_t b) { return a > b ? a : b; }

static unsigned season_of(int64_t at)
{
    static const unsigned of_month[] = {DEMO_WINTER, DEMO_WINTER, DEMO_SPRING, DEMO_SPRING, DEMO_SPRING, DEMO_SUMMER,
                                        DEMO_SUMMER, DEMO_SUMMER, DEMO_AUTUMN, DEMO_AUTUMN, DEMO_AUTUMN, DEMO_WINTER};
    return of_month[clock_utc(at).month - 1];
}

/* ---- members ---- */

static bool name_taken(maker *m, size_t before, str name)
{
    for (size_t i = 0; i < before; i++)
        if (str_eq(member_at(m, i)->name, name)) return true;
    return false;
}

static void name_member(maker *m, size_t i, const demo_given *given, const demo_family *family)
{
    demo_member *who = member_at(m, i);
    bool female = given->gender == GENDER_FEMALE;
    who->gender = given->gender;
    who->given = given->name;
    who->family = female ? family->female : family->male;
    const char *slug = female ? family->slug_female : family->slug_male;
    who->name = arena_printf(m->arena, "%s.%s", given->slug, slug);
    for (int n = 2; name_taken(m, i, who->name); n++) who->name = arena_printf(m->arena, "%s.%s%d", given->slug, slug, n);
}

/* Olga Mayer runs the server; Thomas Reed and Anna Sokolova are those to look around as. */
static const struct { lang lang; demo_given given; demo_family family; } fixed[FIXED] = {
    {LANG_EN, {GENDER_FEMALE, "Olga", "olga"}, {"Mayer", "Mayer", "mayer", "mayer"}},
    {LANG_EN, {GENDER_MALE, "Thomas", "thomas"}, {"Reed", "Reed", "reed", "reed"}},
    {LANG_RU, {GENDER_FEMALE, "Анна", "anna"}, {"Соколова", "Соколов", "sokolova", "sokolov"}},
};

static void make_member(maker *m, size_t i)
{
    demo_dice *d = &m->dice;
    demo_member *who = member_at(m, i);
    who->lang = i < FIXED ? fixed[i].lang : (lang)(i % 2);
    const demo_words *w = words_of(who);
    if (i < FIXED) name_member(m, i, &fixed[i].given, &fixed[i].family);
    else name_member(m, i, &w->given[dice_pick(d, w->given_len)], &w->family[dice_pick(d, w->family_len)]);
    who->hood = i < FIXED ? 0 : (int)dice_pick(d, HOODS);
    who->town = w->towns[dice_chance(d, 0.65) ? 0 : dice_pick(d, w->towns_len)];
    who->year = 1942 + (int)(64 * sqrt(dice_unit(d)));
    who->month = 1 + (int)dice_pick(d, 12);
    who->day = 1 + (int)dice_pick(d, 28);
    who->shy = i >= FIXED && dice_chance(d, 0.12);
    double days = i == 0 ? FIRST_DAY : i < FIXED ? FIRST_DAY - 2 : LAST_JOIN + (FIRST_DAY - 5 - LAST_JOIN) * dice_unit(d);
    who->joined = waking(m, days);
    add(m, DEMO_JOINS, who->joined, i, i);
    if (i >= FIXED && !dice_chance(d, 0.6)) return;
    add(m, DEMO_SAYS, lately(m, who->joined), i, i)->text = w->statuses[dice_pick(d, w->statuses_len)];
}

/* ---- who knows whom ---- */

static size_t somebody_for(maker *m, size_t i)
{
    size_t n = m->plan->members_len, best = i;
    bool near = dice_chance(&m->dice, 0.67), same_words = dice_chance(&m->dice, 0.75);
    for (int tries = 0; tries < 40; tries++) {
        size_t j = dice_pick(&m->dice, n);
        if (j == i || *between(m, i, j)) continue;
        best = j;
        if (near && member_at(m, i)->hood != member_at(m, j)->hood) continue;
        if (same_words && member_at(m, i)->lang != member_at(m, j)->lang) continue;
        break;
    }
    return best;
}

static int64_t both_there(maker *m, size_t i, size_t j) { return later(member_at(m, i)->joined, member_at(m, j)->joined); }

static void befriend(maker *m, size_t i, size_t j)
{
    *between(m, i, j) = *between(m, j, i) = 1;
    member_at(m, i)->friends++;
    member_at(m, j)->friends++;
    int64_t from = both_there(m, i, j);
    double days = days_since(m, from);
    double wait = 30 * -log(dice_unit(&m->dice));
    int64_t at = waking(m, wait < days ? days - wait : 0.3);
    add(m, DEMO_BEFRIENDS, later(at, from + MS_MINUTE), i, j);
}

static void make_friends(maker *m)
{
    size_t n = m->plan->members_len;
    for (size_t i = 0; i < n; i++) {
        /* Each friendship counts for two, so everybody brings half of theirs. */
        double most = (double)n / 4 < 60 ? (double)n / 4 : 60;
        double degree = i < FIXED ? most : dice_log_normal(&m->dice, 14, 0.7, 3, most);
        while ((double)member_at(m, i)->friends < degree * (i < FIXED ? 0.8 : 0.55)) {
            size_t j = somebody_for(m, i);
            if (j == i) break;
            befriend(m, i, j);
        }
    }
}

static void make_requests(maker *m)
{
    size_t n = m->plan->members_len;
    for (size_t k = 0; k < n / 2; k++) {
        /* The three whom one looks around as find somebody waiting. */
        size_t j = k < 3 * FIXED ? k % FIXED : dice_pick(&m->dice, n), i = FIXED + dice_pick(&m->dice, n - FIXED);
        if (i == j || *between(m, i, j)) continue;
        bool asks = k < 3 * FIXED || dice_chance(&m->dice, 0.5);
        *between(m, i, j) = *between(m, j, i) = 2;
        const demo_words *w = words_of(member_at(m, i));
        int64_t from = both_there(m, i, j) + MS_HOUR;
        demo_event *e = add(m, asks ? DEMO_ASKS : DEMO_FOLLOWS, later(from, lately(m, m->now - 20 * MS_DAY)), i, j);
        if (asks && dice_chance(&m->dice, 0.6)) e->text = w->requests[dice_pick(&m->dice, w->requests_len)];
    }
}

static void make_circles(maker *m)
{
    for (size_t i = 0; i < m->plan->members_len; i++) {
        const demo_member *who = member_at(m, i);
        if (i >= FIXED && !dice_chance(&m->dice, 0.4)) continue;
        const demo_words *w = words_of(who);
        size_t first = dice_pick(&m->dice, w->circles_len);
        size_t how_many = 1 + dice_pick(&m->dice, 2);
        for (size_t k = 0; k < how_many; k++)
            add(m, DEMO_CIRCLE, waking(m, days_since(m, who->joined) * (0.6 - 0.1 * (double)k)), i, i)->text =
                w->circles[(first + k) % w->circles_len];
    }
}

/* ---- words ---- */

static demo_event *add_post(maker *m, int64_t at, size_t author, size_t owner, const char *text)
{
    demo_plan *p = m->plan;
    if (p->posts_len == m->posts_cap) {
        size_t cap = m->posts_cap ? m->posts_cap * 2 : 1024;
        demo_post *more = ARENA_ARRAY(m->arena, demo_post, cap);
        if (p->posts_len) memcpy(more, p->posts, p->posts_len * sizeof *more);
        p->posts = more;
        m->posts_cap = cap;
    }
    p->posts[p->posts_len] = (demo_post){.owner = (uint32_t)owner};
    demo_event *e = add(m, DEMO_POSTS, at, author, owner);
    e->text = text;
    e->thing = (uint32_t)p->posts_len++;
    return e;
}

/* Likes by those who could have seen it; p is how likely a friend is to. */
static void add_likes(maker *m, size_t author, uint32_t thing, int64_t at, double p)
{
    for (size_t j = 0; j < m->plan->members_len; j++) {
        bool friends = *between(m, author, j) == 1;
        if (j == author || member_at(m, j)->joined > at || !dice_chance(&m->dice, friends ? p : p / 40)) continue;
        int64_t when = at + MS_MINUTE + (int64_t)(6.0 * (double)MS_HOUR * -log(dice_unit(&m->dice)));
        if (when < m->now) add(m, DEMO_LIKES, when, j, author)->thing = thing;
    }
}

/* A text that fits the season and that the author has not used: of those the one that was read longest ago. */
static const char *fresh_text(maker *m, size_t author, int64_t at)
{
    demo_member *who = member_at(m, author);
    const demo_words *w = words_of(who);
    size_t best = w->posts_len;
    uint64_t best_score = UINT64_MAX;
    for (size_t k = 0; k < w->posts_len; k++) {
        if (!(w->posts[k].seasons & season_of(at)) || m->said[author][k / 64] >> (k % 64) & 1) continue;
        uint64_t score = (uint64_t)(m->used[who->lang][k] / 16) << 32 | (dice_roll(&m->dice) >> 32);
        if (score >= best_score) continue;
        best_score = score;
        best = k;
    }
    if (best == w->posts_len) return NULL;
    m->said[author][best / 64] |= UINT64_C(1) << (best % 64);
    m->used[who->lang][best] = 16 + m->written[who->lang]++;
    return w->posts[best].text;
}

static int some_audience(maker *m)
{
    double u = dice_unit(&m->dice);
    return u < 0.58   ? LEVEL_EVERYONE
           : u < 0.70 ? LEVEL_MEMBERS
           : u < 0.74 ? LEVEL_FRIENDS_OF_FRIENDS
           : u < 0.90 ? LEVEL_FRIENDS
           : u < 0.92 ? LEVEL_NOBODY
                      : DEMO_AUDIENCE_CIRCLE;
}

/* When somebody feels like writing. */
typedef struct mood {
    int64_t at;
    size_t who;
} mood;

static int by_moment(const void *a, const void *b)
{
    const mood *x = a, *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return (x->who > y->who) - (x->who < y->who);
}

#define MOODS_MAX 40

/* In the order of time, so that the same joke is not told twice in a day. */
static void make_posts(maker *m)
{
    size_t len = 0;
    mood *moods = ARENA_ARRAY(m->arena, mood, m->plan->members_len * MOODS_MAX);
    for (size_t i = 0; i < m->plan->members_len; i++) {
        size_t n = (size_t)dice_log_normal(&m->dice, i < FIXED ? 8 : 3, 0.8, 1, MOODS_MAX);
        for (size_t k = 0; k < n; k++) moods[len++] = (mood){lately(m, member_at(m, i)->joined), i};
    }
    qsort(moods, len, sizeof *moods, by_moment);
    for (size_t k = 0; k < len; k++) {
        size_t i = moods[k].who;
        const char *text = fresh_text(m, i, moods[k].at);
        if (!text) continue;
        demo_event *e = add_post(m, moods[k].at, i, i, text);
        e->audience = some_audience(m);
        if (e->audience != LEVEL_NOBODY) add_likes(m, i, e->thing, e->at, 0.14 * dice_log_normal(&m->dice, 1, 0.8, 0, 5));
    }
}

/* The quarrel about the park is told by people with many friends. */
static void make_story(maker *m)
{
    for (int l = 0; l < LANG_COUNT; l++) {
        const demo_words *w = &demo_words_of[l];
        for (size_t k = 0; k < w->story_len; k++) {
            size_t author = 0;
            for (int tries = 0; tries < 12; tries++) {
                size_t j = dice_pick(&m->dice, m->plan->members_len);
                demo_member *who = member_at(m, j);
                if ((int)who->lang != l || who->shy || days_since(m, who->joined) < 60) continue;
                if (!author || who->friends > member_at(m, author)->friends) author = j;
            }
            if ((int)member_at(m, author)->lang != l) continue;
            int64_t at = clock_day(m->now - w->story[k].days_ago * MS_DAY) + (w->story[k].hour - 3) * MS_HOUR +
                         (int64_t)dice_pick(&m->dice, 50) * MS_MINUTE;
            demo_event *e = add_post(m, at, author, author, w->story[k].text);
            add_likes(m, author, e->thing, at, 0.6);
        }
    }
}

static int64_t last_birthday(const maker *m, const demo_member *who)
{
    for (int day = 0; day < 366; day++) {
        int64_t at = m->now - day * MS_DAY;
        civil date = clock_utc(at);
        if (date.month == who->month && date.day == who->day) return clock_day(at);
    }
    return 0;
}

static void greet(maker *m, size_t author, size_t owner, int64_t at, bool birthday)
{
    const demo_words *w = words_of(member_at(m, author));
    const char *text = birthday ? w->greetings[dice_pick(&m->dice, w->greetings_len)] : w->notes[dice_pick(&m->dice, w->notes_len)];
    if (at >= m->now || at < both_there(m, author, owner) + 40 * MS_DAY) return;
    demo_event *e = add_post(m, at, author, owner, text);
    if (dice_chance(&m->dice, 0.8)) add(m, DEMO_LIKES, later(at + MS_MINUTE, at + MS_HOUR), owner, author)->thing = e->thing;
}

static void make_greetings(maker *m)
{
    size_t n = m->plan->members_len;
    for (size_t i = 0; i < n; i++) {
        int64_t day = last_birthday(m, member_at(m, i));
        for (size_t j = 0; j < n; j++) {
            if (*between(m, i, j) != 1) continue;
            if (dice_chance(&m->dice, 0.06))
                greet(m, j, i, day + 6 * MS_HOUR + (int64_t)dice_pick(&m->dice, (size_t)(12 * MS_HOUR)), true);
            if (dice_chance(&m->dice, 0.012)) greet(m, j, i, lately(m, both_there(m, i, j)), false);
        }
    }
}

/* ---- all of it ---- */

static int by_time(const void *a, const void *b)
{
    const demo_event *x = a, *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return (x->kind > y->kind) - (x->kind < y->kind);
}

demo_plan *demo_plan_make(arena *a, size_t members, uint64_t seed, int64_t now)
{
    demo_plan *p = ARENA_NEW(a, demo_plan);
    maker m = {.arena = a, .dice = {seed}, .plan = p, .now = now};
    for (int l = 0; l < LANG_COUNT; l++)
        if (demo_words_of[l].posts_len > TEXTS_MAX) die("more than %d texts", TEXTS_MAX);
    p->members_len = members;
    p->members = ARENA_ARRAY(a, demo_member, members);
    m.near = ARENA_ARRAY(a, uint8_t, members * members);
    m.said = arena_array(a, members, sizeof *m.said);
    for (size_t i = 0; i < members; i++) make_member(&m, i);
    make_friends(&m);
    make_requests(&m);
    make_circles(&m);
    make_posts(&m);
    make_story(&m);
    make_greetings(&m);
    qsort(p->events, p->events_len, sizeof *p->events, by_time);
    return p;
}
