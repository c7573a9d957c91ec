/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/plain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVERYONE, MEMBERS, FRIENDS_OF_FRIENDS, FRIENDS, NOBODY };
enum { PROFILE = 1, WALL, POST_ON, SEE_FRIENDS, BIRTHDAY, FOUND, PRESENCE, COMMENT_ON, DETAILS };
enum { MEMBER = 1, STAFF, OWNER };
enum { DONE = 200, DENIED = 403, NOT_FOUND = 404, CONFLICT = 409, GONE = 410, INVALID = 422 };

typedef struct person {
    char name[PLAIN_TEXT];
    int role;
    bool suspended;
    plain_audience privacy[PLAIN_ITEMS];
    int posts, circles; /* ever made; comments on the wall are numbered with its posts */
    bool circle_there[PLAIN_CIRCLES];
    uint64_t circle[PLAIN_CIRCLES];
    uint64_t friends, follows, asked, blocks; /* asked: of whom, also after a silent decline */
    uint64_t waiting;                         /* whose requests still want an answer from this one */
    uint64_t refused;                         /* who withdrew a request that this one had declined */
} person;

typedef struct post {
    int owner, ordinal, author, version, wordings;
    plain_audience audience;
    char text[PLAIN_TEXT], old[PLAIN_WORDINGS][PLAIN_TEXT];
    plain_audience old_for[PLAIN_WORDINGS];
    bool edited;
    int64_t at, deleted_at;
    int deleted_by, original; /* original: of a repost, one more than its place in plain.posts */
    uint64_t likes;
} post;

typedef struct comment {
    int post; /* its place in plain.posts */
    int owner, number, author, root, parent, version;
    char text[PLAIN_TEXT];
    bool edited;
    int64_t at, deleted_at;
    int deleted_by;
    uint64_t likes;
} comment;

struct plain {
    person people[PLAIN_MEMBERS + 1];
    int members;
    post posts[PLAIN_POSTS];
    int len;
    comment comments[PLAIN_COMMENTS];
    int comments_len;
};

void line_add(line *l, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(l->text + l->len, sizeof l->text - l->len, fmt, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof l->text - l->len) abort();
    l->len += (size_t)n;
}

plain *plain_open(void)
{
    plain *p = calloc(1, sizeof *p);
    if (!p) abort();
    return p;
}

void plain_close(plain *p) { free(p); }
int plain_members(const plain *p) { return p->members; }
bool plain_active(const plain *p, int num) { return num > 0 && num <= p->members && !p->people[num].suspended; }
int plain_role(const plain *p, int num) { return num > 0 && num <= p->members ? p->people[num].role : 0; }

bool plain_some_post(const plain *p, uint64_t random, int *owner, int *ordinal, int *author, int *version)
{
    int lately = p->len < 80 ? p->len : 80;
    if (!lately) return false;
    const post *one = &p->posts[p->len - 1 - (int)(random % (uint64_t)lately)];
    *owner = one->owner;
    *ordinal = one->ordinal;
    *author = one->author;
    *version = one->version;
    return true;
}

bool plain_some_comment(const plain *p, uint64_t random, int *owner, int *number, int *post, int *author, int *version)
{
    int lately = p->comments_len < 60 ? p->comments_len : 60;
    if (!lately) return false;
    const comment *k = &p->comments[p->comments_len - 1 - (int)(random % (uint64_t)lately)];
    *owner = k->owner;
    *number = k->number;
    *post = p->posts[k->post].ordinal;
    *author = k->author;
    *version = k->version;
    return true;
}

static bool in(uint64_t set, int n) { return n >= 0 && n < 64 && (set >> n & 1); }
static uint64_t bit(int n) { return UINT64_C(1) << n; }
static bool exists(const plain *p, int num) { return num > 0 && num <= p->members; }

/* ---- who may see what ---- */

static bool in_some_circle(const person *owner, uint64_t circles, int viewer)
{
    for (int i = 1; i < PLAIN_CIRCLES; i++)
        if (in(circles, i) && owner->circle_there[i] && in(owner->circle[i], viewer)) return true;
    return false;
}

/* Nobody knows who was in a circle that is gone: it keeps everybody out. */
static bool kept_out(const person *owner, uint64_t circles, int viewer)
{
    for (int i = 1; i < PLAIN_CIRCLES; i++)
        if (in(circles, i) && !owner->circle_there[i]) return true;
    return in_some_circle(owner, circles, viewer);
}

static bool allowed(const plain *p, int viewer, int owner, const plain_audience *a)
{
    const person *o = &p->people[owner];
    if (viewer <= 0) return a->base == EVERYONE && !a->except_members && !a->except_circles;
    if (viewer == owner) return true;
    if (in(a->except_members, viewer) || kept_out(o, a->except_circles, viewer)) return false;
    if (in(o->blocks, viewer)) return false;
    if (in(a->allow_members, viewer)) return true;
    if (in(o->friends, viewer) && in_some_circle(o, a->allow_circles, viewer)) return true;
    if (a->base == EVERYONE || a->base == MEMBERS) return true;
    if (in(o->friends, viewer)) return a->base != NOBODY;
    return a->base == FRIENDS_OF_FRIENDS && (o->friends & p->people[viewer].friends);
}

static bool is_staff(const plain *p, int viewer) { return viewer > 0 && p->people[viewer].role >= STAFF; }
static bool is_closed(const plain *p, int viewer, int num) { return p->people[num].suspended && !is_staff(p, viewer); }

static bool open_to(const plain *p, int viewer, int owner, int item)
{
    const plain_audience *settings = p->people[owner].privacy;
    bool behind_profile = item == WALL || item == POST_ON || item == SEE_FRIENDS || item == PRESENCE || item == COMMENT_ON ||
                          item == DETAILS;
    return (!behind_profile || allowed(p, viewer, owner, &settings[PROFILE])) && allowed(p, viewer, owner, &settings[item]);
}

static bool may(const plain *p, int viewer, int owner, int item)
{
    if (!exists(p, owner) || is_closed(p, viewer, owner)) return false;
    if (item == PRESENCE && p->people[owner].suspended) return false;
    return open_to(p, viewer, owner, item) && (item != PRESENCE || viewer == 0 || open_to(p, owner, viewer, item));
}

static int check(const plain *p, int viewer, int owner, int item)
{
    if (!exists(p, owner)) return NOT_FOUND;
    if (is_closed(p, viewer, owner)) return GONE;
    return may(p, viewer, owner, item) ? DONE : DENIED;
}

static bool hides(const plain *p, int author, int viewer)
{
    return is_closed(p, viewer, author) || in(p->people[author].blocks, viewer);
}

static bool sees(const plain *p, int viewer, const post *one)
{
    if (!may(p, viewer, one->owner, WALL)) return false;
    if (one->author != one->owner && hides(p, one->author, viewer)) return false;
    return viewer == one->author || allowed(p, viewer, one->owner, &one->audience);
}

static post *post_at(plain *p, int owner, int ordinal)
{
    for (int i = 0; i < p->len; i++)
        if (p->posts[i].owner == owner && p->posts[i].ordinal == ordinal) return &p->posts[i];
    return NULL;
}

static int find(plain *p, const op *o, post **one)
{
    *one = post_at(p, o->other, o->n);
    if (!*one || !sees(p, o->viewer, *one)) return NOT_FOUND;
    return (*one)->deleted_at ? GONE : DONE;
}

/* ---- people ---- */

static int sign_up(plain *p, const op *o)
{
    for (int i = 1; i <= p->members; i++)
        if (strcmp(p->people[i].name, o->text) == 0) return CONFLICT;
    person *me = &p->people[++p->members];
    *me = (person){.role = p->members == 1 ? OWNER : MEMBER};
    memcpy(me->name, o->text, sizeof me->name);
    me->privacy[POST_ON].base = me->privacy[BIRTHDAY].base = me->privacy[PRESENCE].base = FRIENDS;
    me->privacy[SEE_FRIENDS].base = me->privacy[COMMENT_ON].base = me->privacy[DETAILS].base = MEMBERS;
    return DONE;
}

static void forget(person *me, int other)
{
    uint64_t keep = ~bit(other);
    me->friends &= keep;
    me->follows &= keep;
    me->asked &= keep;
    me->waiting &= keep;
    me->refused &= keep;
}

static void befriend(person *a, person *b, int num_a, int num_b)
{
    a->asked &= ~bit(num_b);
    b->asked &= ~bit(num_a);
    a->waiting &= ~bit(num_b);
    b->waiting &= ~bit(num_a);
    a->refused &= ~bit(num_b);
    b->refused &= ~bit(num_a);
    a->friends |= bit(num_b);
    b->friends |= bit(num_a);
    a->follows |= bit(num_b);
    b->follows |= bit(num_a);
}

static void ask(person *a, person *b, int num_a, int num_b)
{
    if (in(b->asked, num_a)) {
        befriend(a, b, num_a, num_b);
    } else if (!in(a->friends, num_b) && !in(a->asked, num_b)) {
        a->asked |= bit(num_b);
        a->follows |= bit(num_b);
        a->refused &= ~bit(num_b);
        if (!in(b->refused, num_a)) b->waiting |= bit(num_a);
        b->refused &= ~bit(num_a); /* declined again, without a word */
    }
}

static int relate_to(plain *p, const op *o)
{
    int me_num = o->viewer, num = o->other;
    if (me_num == num) return INVALID;
    if (!exists(p, num)) return NOT_FOUND;
    person *me = &p->people[me_num], *you = &p->people[num];
    bool shut = in(me->blocks, num) || in(you->blocks, me_num), reaches = o->n == R_ADD || o->n == R_ACCEPT || o->n == R_FOLLOW;
    if (reaches && (you->suspended || shut)) return DENIED;
    switch ((relate)o->n) {
    case R_ADD: ask(me, you, me_num, num); break;
    case R_CANCEL:
        if (!in(me->asked, num)) break;
        if (!in(you->waiting, me_num)) you->refused |= bit(me_num);
        me->asked &= ~bit(num);
        me->follows &= ~bit(num);
        you->waiting &= ~bit(me_num);
        break;
    case R_ACCEPT:
        if (in(me->waiting, num)) befriend(me, you, me_num, num);
        break;
    case R_DECLINE: me->waiting &= ~bit(num); break;
    case R_REOPEN:
        if (in(you->asked, me_num)) me->waiting |= bit(num);
        break;
    case R_REMOVE:
        if (!in(me->friends, num)) break;
        me->friends &= ~bit(num);
        you->friends &= ~bit(me_num);
        me->follows &= ~bit(num);
        break;
    case R_FOLLOW: me->follows |= bit(num); break;
    case R_UNFOLLOW: me->follows &= ~bit(num); break;
    case R_BLOCK:
        if (in(me->blocks, num)) break;
        forget(me, num);
        forget(you, me_num);
        me->blocks |= bit(num);
        break;
    case R_UNBLOCK: me->blocks &= ~bit(num); break;
    case R_KINDS: break;
    }
    return DONE;
}

static void keep_out_by_name(plain_audience *a, int circle, uint64_t members)
{
    if (!in(a->except_circles, circle)) return;
    a->except_circles &= ~bit(circle);
    a->except_members |= members;
}

static void circle_drop(plain *p, int owner, int circle)
{
    person *me = &p->people[owner];
    for (int item = 1; item < PLAIN_ITEMS; item++) keep_out_by_name(&me->privacy[item], circle, me->circle[circle]);
    for (int i = 0; i < p->len; i++)
        if (p->posts[i].owner == owner && !p->posts[i].deleted_at) keep_out_by_name(&p->posts[i].audience, circle, me->circle[circle]);
    me->circle_there[circle] = false;
    me->circle[circle] = 0;
}

static int circle_do(plain *p, const op *o, line *answer)
{
    person *me = &p->people[o->viewer];
    if (o->kind == OP_CIRCLE_NEW) {
        if (me->circles + 1 == PLAIN_CIRCLES) abort();
        me->circle_there[++me->circles] = true;
        line_add(answer, " %d", me->circles);
        return DONE;
    }
    bool there = o->n > 0 && o->n < PLAIN_CIRCLES && me->circle_there[o->n];
    if (o->kind == OP_CIRCLE_DROP) {
        if (there) circle_drop(p, o->viewer, o->n);
        return DONE;
    }
    if (!there) return NOT_FOUND;
    if (o->kind == OP_CIRCLE_ADD) me->circle[o->n] |= o->members & me->friends;
    else me->circle[o->n] &= ~o->members;
    return DONE;
}

/* ---- staff ---- */

static int staff_do(plain *p, const op *o)
{
    int role = o->viewer < 0 ? OWNER : p->people[o->viewer].suspended ? 0 : p->people[o->viewer].role;
    if (!exists(p, o->other)) return NOT_FOUND;
    person *you = &p->people[o->other];
    bool need_owner = o->kind == OP_ROLE || you->role >= STAFF;
    if (role < (need_owner ? OWNER : STAFF) || o->other == o->viewer || you->role == OWNER) return DENIED;
    if (o->kind == OP_ROLE) {
        if (you->role == o->n || (o->n == STAFF && you->suspended)) return CONFLICT;
        you->role = o->n;
        return DONE;
    }
    bool suspend = o->kind == OP_SUSPEND;
    if (you->suspended == suspend) return CONFLICT;
    you->suspended = suspend;
    return DONE;
}

/* ---- posts ---- */

static int write_post(plain *p, const op *o, line *answer)
{
    plain_audience audience = o->audience;
    if (o->viewer != o->other) {
        int code = check(p, o->viewer, o->other, POST_ON);
        if (code != DONE) return code;
        audience = (plain_audience){EVERYONE, 0, 0, 0, 0};
    }
    if (p->len == PLAIN_POSTS) abort();
    post *one = &p->posts[p->len++];
    *one = (post){.owner = o->other, .ordinal = ++p->people[o->other].posts, .author = o->viewer, .audience = audience, .at = o->now};
    memcpy(one->text, o->stored, sizeof one->text);
    line_add(answer, " %d", one->ordinal);
    return DONE;
}

static int repost(plain *p, const op *o, line *answer)
{
    post *one;
    int code = find(p, o, &one);
    if (code != DONE) return code;
    if (one->original) {
        one = &p->posts[one->original - 1];
        if (!sees(p, o->viewer, one)) return NOT_FOUND;
        if (one->deleted_at) return GONE;
    }
    const plain_audience *a = &one->audience;
    if (a->base > MEMBERS || a->allow_members || a->allow_circles || a->except_members || a->except_circles) return DENIED;
    if (p->len == PLAIN_POSTS) abort();
    int place = (int)(one - p->posts);
    post *copy = &p->posts[p->len++];
    *copy = (post){.owner = o->viewer, .ordinal = ++p->people[o->viewer].posts, .author = o->viewer, .audience = o->audience, .at = o->now,
                   .original = place + 1};
    memcpy(copy->text, o->stored, sizeof copy->text);
    line_add(answer, " %d", copy->ordinal);
    return DONE;
}

static int edit_post(post *one, const op *o)
{
    if (one->author != o->viewer || o->now - one->at >= 24 * PLAIN_HOUR) return DENIED;
    if (one->version != o->version) return CONFLICT;
    if (strcmp(one->text, o->stored) == 0) return DONE;
    if (one->wordings == PLAIN_WORDINGS) abort();
    one->old_for[one->wordings] = one->audience;
    memcpy(one->old[one->wordings++], one->text, sizeof one->text);
    memcpy(one->text, o->stored, sizeof one->text);
    one->edited = true;
    one->version++;
    return DONE;
}

static bool same_audience(const plain_audience *a, const plain_audience *b)
{
    return a->base == b->base && a->allow_members == b->allow_members && a->allow_circles == b->allow_circles &&
           a->except_members == b->except_members && a->except_circles == b->except_circles;
}

static int restore_post(plain *p, const op *o)
{
    post *one = post_at(p, o->other, o->n);
    if (!one) return NOT_FOUND;
    if (!one->deleted_at) return find(p, o, &one); /* what is there says so only to whom it shows */
    if (one->deleted_by != o->viewer) return NOT_FOUND;
    if (o->now - one->deleted_at > 24 * PLAIN_HOUR) return GONE;
    int code = one->author == o->viewer && one->owner != one->author ? check(p, o->viewer, one->owner, POST_ON) : DONE;
    if (code != DONE) return code;
    one->deleted_at = 0;
    one->deleted_by = 0;
    one->version++;
    return DONE;
}

/* Taking back what is one's own needs nobody's leave: the own words, what stands on the own wall, the own like. */
static int take_back(plain *p, const op *o)
{
    post *one = post_at(p, o->other, o->n);
    if (!one) return NOT_FOUND;
    if (o->kind == OP_UNLIKE) {
        if (!in(one->likes, o->viewer)) return find(p, o, &one);
        one->likes &= ~bit(o->viewer);
        return DONE;
    }
    bool mine = one->author == o->viewer || one->owner == o->viewer;
    if (mine && one->deleted_at && one->deleted_by == o->viewer) return DONE;
    int code = mine && !one->deleted_at ? DONE : find(p, o, &one);
    if (code != DONE) return code;
    if (!mine) return DENIED;
    one->deleted_at = o->now;
    one->deleted_by = o->viewer;
    one->version++;
    return DONE;
}

static int change_post(plain *p, const op *o)
{
    post *one;
    int code = find(p, o, &one);
    if (code != DONE) return code;
    switch (o->kind) {
    case OP_EDIT: return edit_post(one, o);
    case OP_AUDIENCE:
        if (one->author != o->viewer || one->owner != one->author) return DENIED;
        if (same_audience(&one->audience, &o->audience)) return DONE;
        one->audience = o->audience;
        one->version++;
        return DONE;
    default: one->likes |= bit(o->viewer); return DONE;
    }
}

static int sweep(plain *p, const op *o)
{
    for (int i = 0; i < p->len; i++) {
        post *one = &p->posts[i];
        if (!one->deleted_at || !one->deleted_by || one->deleted_at >= o->now - 24 * PLAIN_HOUR) continue;
        one->text[0] = '\0';
        one->likes = 0;
        one->wordings = 0;
        one->deleted_by = 0;
    }
    for (int i = 0; i < p->comments_len; i++) {
        comment *k = &p->comments[i];
        const post *one = &p->posts[k->post];
        bool own = k->deleted_at && k->deleted_by && k->deleted_at < o->now - 24 * PLAIN_HOUR;
        bool under = !k->deleted_at && one->deleted_at && !one->deleted_by;
        if (!own && !under) continue;
        k->text[0] = '\0';
        k->likes = 0;
        k->deleted_at = o->now;
        k->deleted_by = 0;
    }
    return DONE;
}

/* ---- comments ---- */

static comment *comment_at(plain *p, int owner, int number)
{
    for (int i = 0; i < p->comments_len; i++)
        if (p->comments[i].owner == owner && p->comments[i].number == number) return &p->comments[i];
    return NULL;
}

static int find_under(const plain *p, int viewer, const post *one)
{
    if (!sees(p, viewer, one)) return NOT_FOUND;
    return one->deleted_at ? GONE : DONE;
}

static int find_comment(plain *p, const op *o, comment **k)
{
    *k = comment_at(p, o->other, o->n);
    if (!*k) return NOT_FOUND;
    int code = find_under(p, o->viewer, &p->posts[(*k)->post]);
    if (code != DONE) return code;
    if (hides(p, (*k)->author, o->viewer)) return NOT_FOUND;
    return (*k)->deleted_at ? GONE : DONE;
}

static int may_comment(const plain *p, int viewer, int owner)
{
    return viewer == owner ? DONE : check(p, viewer, owner, COMMENT_ON);
}

static int write_comment(plain *p, const op *o, line *answer)
{
    post *one;
    int code = find(p, o, &one);
    if (code == DONE) code = may_comment(p, o->viewer, o->other);
    if (code != DONE) return code;
    const comment *up = o->version ? comment_at(p, o->other, o->version) : NULL;
    if (o->version && (!up || &p->posts[up->post] != one || up->deleted_at || hides(p, up->author, o->viewer))) return CONFLICT;
    if (p->comments_len == PLAIN_COMMENTS) abort();
    comment *k = &p->comments[p->comments_len++];
    *k = (comment){.post = (int)(one - p->posts), .owner = o->other, .number = ++p->people[o->other].posts, .author = o->viewer,
                   .parent = o->version, .at = o->now};
    k->root = up ? up->root : k->number;
    memcpy(k->text, o->stored, sizeof k->text);
    line_add(answer, " %d", k->number);
    return DONE;
}

static int edit_comment(plain *p, const op *o)
{
    comment *k;
    int code = find_comment(p, o, &k);
    if (code != DONE) return code;
    if (k->author != o->viewer || o->now - k->at >= 24 * PLAIN_HOUR) return DENIED;
    if (k->version != o->version) return CONFLICT;
    if (strcmp(k->text, o->stored) == 0) return DONE;
    memcpy(k->text, o->stored, sizeof k->text);
    k->edited = true;
    k->version++;
    return DONE;
}

static int delete_comment(plain *p, const op *o)
{
    comment *k = comment_at(p, o->other, o->n);
    if (!k) return NOT_FOUND;
    bool mine = k->author == o->viewer || k->owner == o->viewer;
    if (mine && k->deleted_at && k->deleted_by == o->viewer) return DONE;
    int code = mine && !k->deleted_at ? DONE : find_comment(p, o, &k);
    if (code != DONE) return code;
    if (!mine) return DENIED;
    k->deleted_at = o->now;
    k->deleted_by = o->viewer;
    return DONE;
}

static int restore_comment(plain *p, const op *o)
{
    comment *k = comment_at(p, o->other, o->n);
    if (!k) return NOT_FOUND;
    if (!k->deleted_at) return find_comment(p, o, &k);
    if (k->deleted_by != o->viewer) return NOT_FOUND;
    if (o->now - k->deleted_at > 24 * PLAIN_HOUR) return GONE;
    int code = find_under(p, o->viewer, &p->posts[k->post]);
    if (code == DONE && k->author == o->viewer) code = may_comment(p, o->viewer, k->owner);
    if (code != DONE) return code;
    k->deleted_at = 0;
    k->deleted_by = 0;
    return DONE;
}

static int like_comment(plain *p, const op *o)
{
    comment *k = comment_at(p, o->other, o->n);
    if (k && o->kind == OP_COMMENT_UNLIKE && in(k->likes, o->viewer)) return k->likes &= ~bit(o->viewer), DONE;
    int code = find_comment(p, o, &k);
    if (code == DONE && o->kind == OP_COMMENT_LIKE) k->likes |= bit(o->viewer);
    return code;
}

static int comment_do(plain *p, const op *o, line *answer)
{
    switch (o->kind) {
    case OP_COMMENT: return write_comment(p, o, answer);
    case OP_COMMENT_EDIT: return edit_comment(p, o);
    case OP_COMMENT_DELETE: return delete_comment(p, o);
    case OP_COMMENT_RESTORE: return restore_comment(p, o);
    default: return like_comment(p, o);
    }
}

static void put_comment(const comment *k, line *answer) { line_add(answer, " %d<%d \"%s\"%s", k->number, k->parent, k->text, k->edited ? "e" : ""); }

/* In order, then thread by thread. */
static int comments(plain *p, const op *o, line *answer)
{
    post *one;
    int code = find(p, o, &one), count = 0;
    if (code != DONE) return code;
    for (int i = 0; i < p->comments_len; i++) {
        const comment *k = &p->comments[i];
        bool here = &p->posts[k->post] == one && !k->deleted_at;
        count += here;
        if (here && !hides(p, k->author, o->viewer)) put_comment(k, answer);
    }
    line_add(answer, " of %d;", count);
    for (int r = 0; r < p->comments_len; r++) {
        if (&p->posts[p->comments[r].post] != one || p->comments[r].root != p->comments[r].number) continue;
        for (int i = r; i < p->comments_len; i++) {
            const comment *k = &p->comments[i];
            if (k->owner == one->owner && k->root == p->comments[r].number && !k->deleted_at && !hides(p, k->author, o->viewer)) put_comment(k, answer);
        }
    }
    return DONE;
}

static int comment_page(plain *p, const op *o, line *answer)
{
    comment *k;
    int code = find_comment(p, o, &k), likes = 0;
    if (code != DONE) return code;
    for (int i = 1; i <= p->members; i++) likes += in(k->likes, i);
    put_comment(k, answer);
    line_add(answer, " by %d v%d likes %d:", k->author, k->version, likes);
    for (int i = 1; i <= p->members; i++)
        if (in(k->likes, i) && (i == o->viewer || (may(p, o->viewer, i, FOUND) && may(p, o->viewer, i, PROFILE)))) line_add(answer, " %d", i);
    return DONE;
}

/* ---- reading ---- */

static int news(const plain *p, const op *o, line *answer)
{
    for (int i = p->len - 1; i >= 0 && o->viewer > 0; i--) {
        const post *one = &p->posts[i];
        bool mine = one->owner == o->viewer || in(p->people[o->viewer].follows, one->owner);
        if (mine && one->author == one->owner && !one->deleted_at && sees(p, o->viewer, one)) line_add(answer, " %d_%d", one->owner, one->ordinal);
    }
    return DONE;
}

static int wall(const plain *p, const op *o, line *answer)
{
    int code = check(p, o->viewer, o->other, WALL);
    for (int i = p->len - 1; i >= 0 && code == DONE; i--) {
        const post *one = &p->posts[i];
        if (one->owner == o->other && !one->deleted_at && (!o->n || one->author == one->owner) && sees(p, o->viewer, one))
            line_add(answer, " %d", one->ordinal);
    }
    return code;
}

static int permalink(plain *p, const op *o, line *answer)
{
    post *one;
    int code = find(p, o, &one), likes = 0, reposts = 0;
    if (code != DONE) return code;
    for (int i = 1; i <= p->members; i++) likes += in(one->likes, i);
    line_add(answer, " by %d v%d%s \"%s\" likes %d:", one->author, one->version, one->edited ? " edited" : "", one->text, likes);
    for (int i = 1; i <= p->members; i++)
        if (in(one->likes, i) && (i == o->viewer || (may(p, o->viewer, i, FOUND) && may(p, o->viewer, i, PROFILE))))
            line_add(answer, " %d", i);
    if (one->original) {
        const post *first = &p->posts[one->original - 1];
        bool there = !first->deleted_at && sees(p, o->viewer, first);
        line_add(answer, " re %d_%d", there ? first->owner : 0, there ? first->ordinal : 0);
    }
    for (int i = p->len - 1, place = (int)(one - p->posts) + 1; i >= 0; i--)
        if (p->posts[i].original == place && !p->posts[i].deleted_at) {
            reposts++;
            if (sees(p, o->viewer, &p->posts[i])) line_add(answer, " in %d_%d", p->posts[i].owner, p->posts[i].ordinal);
        }
    line_add(answer, " of %d", reposts);
    for (int i = one->wordings - 1; i >= 0; i--)
        if (o->viewer == one->author || allowed(p, o->viewer, one->owner, &one->old_for[i])) line_add(answer, " \"%s\"", one->old[i]);
    return DONE;
}

static int profile(const plain *p, const op *o, line *answer)
{
    int code = check(p, o->viewer, o->other, PROFILE), friends = 0, followers = 0, posts = 0;
    if (code != DONE) return code;
    bool wall_open = may(p, o->viewer, o->other, WALL), friends_open = may(p, o->viewer, o->other, SEE_FRIENDS);
    const person *you = &p->people[o->other];
    for (int i = 1; i <= p->members; i++) {
        friends += in(you->friends, i);
        followers += in(p->people[i].follows, o->other) && !in(you->friends, i);
    }
    for (int i = 0; i < p->len; i++) {
        const post *one = &p->posts[i];
        posts += one->owner == o->other && one->author == one->owner && !one->deleted_at && sees(p, o->viewer, one);
    }
    line_add(answer, " wall %d friends %d followers %d posts %d", wall_open, friends_open ? friends : -1, followers, posts);
    return DONE;
}

static int edges(const plain *p, const op *o, line *answer)
{
    const person *me = &p->people[o->viewer];
    for (int i = 1; i <= p->members; i++) {
        const person *you = &p->people[i];
        int bits = in(me->follows, i) + 4 * in(me->friends, i) + 8 * in(me->asked, i) + 16 * (in(you->asked, o->viewer) || in(me->refused, i)) +
                   32 * in(me->waiting, i) + 64 * in(me->blocks, i) + 128 * in(you->blocks, o->viewer);
        if (bits) line_add(answer, " %d:%d", i, bits);
    }
    return DONE;
}

/* Everybody comes newest first, those searched for by their names. */
static int people(const plain *p, const op *o, line *answer)
{
    const char *last = "";
    for (int i = p->members; i > 0 && !*o->text; i--)
        if (may(p, o->viewer, i, FOUND)) line_add(answer, " %d", i);
    for (int next = -1; next && *o->text;) {
        next = 0;
        for (int i = 1; i <= p->members; i++) {
            bool begins = strncmp(p->people[i].name, o->text, strlen(o->text)) == 0 && strcmp(p->people[i].name, last) > 0;
            if (begins && (!next || strcmp(p->people[i].name, p->people[next].name) < 0)) next = i;
        }
        if (next && may(p, o->viewer, next, FOUND)) line_add(answer, " %d", next);
        last = p->people[next].name;
    }
    return DONE;
}

static int mutual(const plain *p, const op *o, line *answer)
{
    for (int i = 1; i <= p->members; i++)
        if (in(p->people[o->viewer].friends & p->people[o->other].friends, i)) line_add(answer, " %d", i);
    return DONE;
}

static int answer_may(const plain *p, const op *o, line *answer)
{
    for (int item = 1; item < PLAIN_ITEMS; item++) line_add(answer, " %d", may(p, o->viewer, o->other, item));
    return DONE;
}

void plain_do(plain *p, const op *o, line *answer)
{
    static line rest; /* too large for a stack; one thread */
    int code = 0;
    rest.len = 0;
    rest.text[0] = '\0';
    switch (o->kind) {
    case OP_SIGN_UP: code = sign_up(p, o); break;
    case OP_RELATE: code = relate_to(p, o); break;
    case OP_CIRCLE_NEW:
    case OP_CIRCLE_DROP:
    case OP_CIRCLE_ADD:
    case OP_CIRCLE_TAKE: code = circle_do(p, o, &rest); break;
    case OP_PRIVACY: p->people[o->viewer].privacy[o->n] = o->audience; code = DONE; break;
    case OP_POST: code = write_post(p, o, &rest); break;
    case OP_REPOST: code = repost(p, o, &rest); break;
    case OP_EDIT:
    case OP_AUDIENCE:
    case OP_LIKE: code = change_post(p, o); break;
    case OP_DELETE:
    case OP_UNLIKE: code = take_back(p, o); break;
    case OP_RESTORE: code = restore_post(p, o); break;
    case OP_SUSPEND:
    case OP_REINSTATE:
    case OP_ROLE: code = staff_do(p, o); break;
    case OP_SWEEP: code = sweep(p, o); break;
    case OP_COMMENT:
    case OP_COMMENT_EDIT:
    case OP_COMMENT_DELETE:
    case OP_COMMENT_RESTORE:
    case OP_COMMENT_LIKE:
    case OP_COMMENT_UNLIKE: code = comment_do(p, o, &rest); break;
    case OP_COMMENTS: code = comments(p, o, &rest); break;
    case OP_COMMENT_PAGE: code = comment_page(p, o, &rest); break;
    case OP_NEWS: code = news(p, o, &rest); break;
    case OP_WALL: code = wall(p, o, &rest); break;
    case OP_PERMALINK: code = permalink(p, o, &rest); break;
    case OP_PROFILE: code = profile(p, o, &rest); break;
    case OP_MAY: code = answer_may(p, o, &rest); break;
    case OP_EDGES: code = edges(p, o, &rest); break;
    case OP_PEOPLE: code = people(p, o, &rest); break;
    case OP_MUTUAL: code = mutual(p, o, &rest); break;
    case OP_KINDS: break;
    }
    answer->len = 0;
    line_add(answer, "%d%s", code, rest.text);
}
