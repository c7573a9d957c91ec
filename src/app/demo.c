/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* veche demo: fills an empty data folder with a small town, so that there is something to look at. Everything goes through the
 * features' own functions, as their authors would do it, at the times when they would have done it: ids carry time, so the
 * past is told in order and the clock of each act is set back. */
#include "app/commands.h"
#include "app/demo_plan.h"
#include "app/house.h"
#include "base/clock.h"
#include "base/log.h"
#include "crypto/password.h"
#include "crypto/token.h"
#include "feature/account/account.h"
#include "feature/friends/circles.h"
#include "feature/friends/friends.h"
#include "feature/profile/profile.h"
#include "feature/profile/profile_privacy.h"
#include "feature/setup/setup.h"
#include "feature/wall/wall.h"

#define SLICE 100 /* events in one act */
#define CIRCLE_PEOPLE 12

typedef struct demo {
    house *house;
    demo_plan *plan;
    str password, hashed; /* one for everybody */
    str origin;
    size_t from, to;      /* this act's slice */
    size_t skipped, skipped_now;
} demo;

/* ---- what happens ---- */

static demo_member *who_of(demo *d, uint32_t i) { return &d->plan->members[i]; }

static rc set_privacy(ctx *c, const demo_member *m)
{
    privacy_settings s;
    if (!m->shy) return OK;
    TRY(profile_privacy_get(c, &s));
    s.of[PRIVACY_WALL] = s.of[PRIVACY_FRIENDS] = (audience){.base = LEVEL_FRIENDS};
    return profile_privacy_save(c, &s);
}

static rc joins(ctx *c, demo *d, const demo_event *e)
{
    demo_member *m = who_of(d, e->who);
    new_member fresh = {.name = m->name, .given = str_of(m->given), .family = str_of(m->family), .password = d->hashed,
                        .gender = (int)m->gender, .role = e->who == 0 ? ROLE_OWNER : ROLE_MEMBER, .lang = m->lang};
    account_prepare(c->arena, &fresh);
    TRY(account_create(c, &fresh, &m->num));
    c->viewer = (viewer){m->num, fresh.role};
    profile_told told = {.given = fresh.given, .family = fresh.family, .patronymic = STR(""), .maiden = STR(""),
                         .nickname = STR(""), .home_town = str_of(m->town), .gender = m->gender,
                         .birthday = {m->year, m->month, m->day},
                         .birthday_show = m->year % 5 == 0 ? BIRTHDAY_HIDDEN : m->year % 2 ? BIRTHDAY_DAY : BIRTHDAY_FULL};
    TRY(profile_save(c, &told, fresh.search));
    return set_privacy(c, m);
}

/* Some of the friends made so far. */
static rc makes_circle(ctx *c, demo *d, const demo_event *e)
{
    demo_member *m = who_of(d, e->who);
    edge_list edges;
    int64_t ordinal, people[CIRCLE_PEOPLE];
    size_t len = 0;
    TRY(circle_create(c, str_of(e->text), &ordinal));
    TRY(graph_edges(c, m->num, &edges));
    for (size_t i = (size_t)ordinal % 2; i < edges.len && len < CIRCLE_PEOPLE; i += 2)
        if (edges.items[i].bits & EDGE_FRIEND) people[len++] = edges.items[i].other;
    TRY(circle_add(c, ordinal, people, len));
    if (ordinal == 1) m->circle = ordinal;
    return OK;
}

static rc audience_for(ctx *c, const demo_member *m, int chosen, int64_t *stored)
{
    uint32_t circle = (uint32_t)m->circle;
    audience a = {.base = (level)chosen};
    if (chosen == DEMO_AUDIENCE_CIRCLE) a = (audience){.base = LEVEL_NOBODY, .allow_circles = {&circle, 1}};
    if (chosen == DEMO_AUDIENCE_CIRCLE && !circle) a = (audience){.base = LEVEL_FRIENDS};
    return audience_intern(c, m->num, &a, stored);
}

static rc posts(ctx *c, demo *d, const demo_event *e)
{
    const demo_member *m = who_of(d, e->who);
    demo_post *p = &d->plan->posts[e->thing];
    int64_t stored = LEVEL_EVERYONE;
    if (e->who == e->whom) TRY(audience_for(c, m, e->audience, &stored));
    return wall_add(c, who_of(d, p->owner)->num, demo_text_for(c->arena, e->text, m->gender), stored, &p->ordinal);
}

static rc likes(ctx *c, demo *d, const demo_event *e)
{
    const demo_post *p = &d->plan->posts[e->thing];
    return p->ordinal ? wall_like(c, who_of(d, p->owner)->num, p->ordinal, true) : E_NOT_FOUND;
}

static rc happens(ctx *c, demo *d, const demo_event *e)
{
    demo_member *m = who_of(d, e->who);
    str words = e->text ? demo_text_for(c->arena, e->text, m->gender) : STR("");
    c->now = e->at;
    c->viewer = (viewer){m->num, e->who == 0 ? ROLE_OWNER : ROLE_MEMBER};
    switch (e->kind) {
    case DEMO_JOINS: return joins(c, d, e);
    case DEMO_BEFRIENDS: return friends_befriend(c, m->num, who_of(d, e->whom)->num);
    case DEMO_ASKS: return friends_do(c, ACT_ADD, who_of(d, e->whom)->num, words);
    case DEMO_FOLLOWS: return friends_do(c, ACT_FOLLOW, who_of(d, e->whom)->num, words);
    case DEMO_CIRCLE: return makes_circle(c, d, e);
    case DEMO_POSTS: return posts(c, d, e);
    case DEMO_LIKES: return likes(c, d, e);
    case DEMO_SAYS: return profile_set_status(c, words);
    }
    return E_INTERNAL;
}

/* ---- acts ---- */

/* What privacy forbids does not happen: a like of a post that was not for them, words on a closed wall. */
static bool is_refusal(rc_code code) { return code == E_DENIED || code == E_NOT_FOUND || code == E_LIMIT; }

static rc run_slice(ctx *c, void *arg)
{
    demo *d = arg;
    d->skipped_now = 0;
    for (size_t i = d->from; i < d->to; i++) {
        rc_code code = happens(c, d, &d->plan->events[i]);
        if (is_refusal(code) && d->plan->events[i].kind != DEMO_JOINS) d->skipped_now++;
        else TRY(code);
    }
    return OK;
}

static rc set_up(ctx *c, void *arg)
{
    demo *d = arg;
    const member_card *anybody;
    rc_code found = graph_member(c, 1, &anybody);
    if (found == OK) return fail(c, E_CONFLICT, MSG(L_NONE), "the data folder has members already");
    if (found != E_NOT_FOUND) return found;
    TRY(setup_site_set(c, "name", STR("Beloborsk")));
    TRY(setup_site_set(c, "origin", d->origin));
    TRY(setup_site_set(c, "signup", arena_printf(c->arena, "%d", (int)SIGNUP_OPEN)));
    TRY(setup_site_set(c, "lang", lang_code(LANG_EN)));
    return setup_site_set(c, "ready", STR("1"));
}

static rc run_act(demo *d, rc (*act)(ctx *, void *))
{
    arena *a = arena_open();
    ctx c;
    rc_code code = house_write(d->house, a, (viewer){0, ROLE_OWNER}, act, d, &c);
    if (code != OK) fprintf(stderr, "veche: the demo stopped: %.*s\n", STR_ARG(c.err.detail));
    arena_close(a);
    return code;
}

static rc run_all(demo *d)
{
    TRY(run_act(d, set_up));
    for (d->from = 0; d->from < d->plan->events_len; d->from = d->to) {
        size_t left = d->plan->events_len - d->from;
        d->to = d->from + (left < SLICE ? left : SLICE);
        TRY(run_act(d, run_slice));
        d->skipped += d->skipped_now;
    }
    return OK;
}

static void say_done(const demo *d, const config *c, double seconds)
{
    const demo_plan *p = d->plan;
    printf("Beloborsk has %zu members; %zu things happened there (%.1f s).\n\n", p->members_len, p->events_len - d->skipped, seconds);
    printf("  start     veche serve --data %s%s%s\n", c->data, c->db ? " --db " : "", c->db ? c->db : "");
    printf("  log in    %.*s/login\n", STR_ARG(d->origin));
    printf("  owner     %.*s\n", STR_ARG(p->members[0].name));
    printf("  English   %.*s\n", STR_ARG(p->members[1].name));
    printf("  Russian   %.*s\n", STR_ARG(p->members[2].name));
    printf("  password  %.*s\n", STR_ARG(d->password));
}

/* ---- the command ---- */

typedef struct demo_options {
    int64_t members, seed;
    const char *origin, *password;
} demo_options;

/* Takes the demo's own options out of argv; the rest is everybody's (config_read). */
static bool take_options(int *argc, char **argv, demo_options *o)
{
    int kept = 1;
    *o = (demo_options){.members = 200, .seed = 1};
    for (int i = 1; i < *argc; i++) {
        const char *value = i + 1 < *argc ? argv[i + 1] : "";
        bool fine = true, own = true;
        if (strcmp(argv[i], "--members") == 0)
            fine = str_int(str_of(value), &o->members) && o->members >= DEMO_MEMBERS_MIN && o->members <= DEMO_MEMBERS_MAX;
        else if (strcmp(argv[i], "--seed") == 0) fine = str_int(str_of(value), &o->seed);
        else if (strcmp(argv[i], "--origin") == 0) fine = *(o->origin = value) != '\0';
        else if (strcmp(argv[i], "--password") == 0) fine = strlen(o->password = value) >= PASSWORD_MIN;
        else own = false;
        if (!fine) {
            fprintf(stderr, "veche: %s %s is not possible here (members: %d to %d, password: %d characters)\n", argv[i], value,
                    DEMO_MEMBERS_MIN, DEMO_MEMBERS_MAX, PASSWORD_MIN);
            return false;
        }
        if (own) i++;
        else argv[kept++] = argv[i];
    }
    *argc = kept;
    return true;
}

/* Nobody should be able to log in as the owner of somebody's demo by having read this file. */
static rc choose_password(arena *a, const char *wanted, demo *d)
{
    d->password = wanted ? str_of(wanted) : str_take(token_new(a), 12);
    return password_hash(a, d->password, &d->hashed);
}

int command_demo(int argc, char **argv)
{
    config c;
    demo_options o;
    demo d = {0};
    if (!take_options(&argc, argv, &o) || !config_read(argc, argv, &c)) return 2;
    arena *a = arena_open();
    str host, typed = o.origin ? str_of(o.origin) : arena_printf(a, "http://%s:%d", c.address, c.port);
    if (setup_origin_parse(a, typed, &d.origin, &host) != OK) {
        fprintf(stderr, "veche: %.*s is no origin like http://127.0.0.1:8080\n", STR_ARG(typed));
        arena_close(a);
        return 2;
    }
    int64_t began = clock_us();
    d.plan = demo_plan_make(a, (size_t)o.members, (uint64_t)o.seed, clock_now());
    rc_code code = house_open(&c, &d.house);
    if (code == OK) code = choose_password(a, o.password, &d);
    if (code == OK) code = run_all(&d);
    if (code == OK) say_done(&d, &c, (double)(clock_us() - began) / 1e6);
    house_close(d.house);
    arena_close(a);
    return code == OK ? 0 : 1;
}
