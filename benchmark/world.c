/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The bench world: N members with friends, posts, likes and privacy as a grown network has them, the same for the same seed.
 *
 *     bench_world --data DIR --members 10000 --seed 1     fills an empty folder
 *     bench_world --data DIR --tokens N                   prints N form tokens, each good for one post
 *
 *   friends   d = min(10000, max(1, floor(exp(ln 99 + 1.14 · N(0,1))))), symmetric; two thirds inside neighbourhoods
 *   posts     rank r writes C/(r+10)^0.9, 20 a member on average; who has more friends writes more
 *   text      log-normal, median 128 bytes, Russian and English
 *   likes     by friends of the author, about two a post
 *   sessions  of 1,000 members, with known tokens, in DIR/sessions.tsv: token, number, name
 *
 * Everything is written in the order of its keys, in large transactions without a journal on disk: the folder is worth nothing if
 * this is interrupted. */
#include <errno.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "crypto/random.h"
#include "crypto/token.h"
#include "db/migrate.h"
#include "feature/account/account.h"
#include "feature/setup/setup.h"
#include "graph/privacy.h"
#include "http/exchange.h"
#include "lane.sql.h"
#include "setup.sql.h"
#include "world.h"
#include "world.sql.h"

#define WORLD_NOW INT64_C(1767225600000) /* 2026-01-01: ids do not depend on the day of the run */
#define WORLD_DAYS 730
#define SESSIONS_EXPIRE INT64_C(4102444800000) /* 2100 */
#define SESSIONS 1000
#define POSTS_MEAN 20
#define COMMIT_ROWS 500000

#define MUST(expression)                                                                             \
    do {                                                                                             \
        rc_code must_ = (expression);                                                                \
        if (must_ != OK) die("%s: %s", #expression, w->db ? db_error(w->db) : rc_reason(must_));     \
    } while (0)

void *room(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p) die("out of memory: %zu times %zu", n, size);
    return p;
}

/* ---- telling ---- */

void phase_done(world *w, const char *what)
{
    int64_t now = clock_us();
    double s = (double)(now - w->phase_us) / 1e6;
    if (w->rows)
        fprintf(stderr, "%-9s %10llu rows  %7.2f s  %9.0f rows/s\n", what, (unsigned long long)w->rows, s, (double)w->rows / s);
    else fprintf(stderr, "%-9s %15s  %7.2f s\n", what, "", s);
    w->all_rows += w->rows;
    w->rows = 0;
    w->phase_us = now;
}

static void row_done(world *w)
{
    w->rows++;
    if (++w->uncommitted < COMMIT_ROWS) return;
    w->uncommitted = 0;
    MUST(db_commit(w->db));
    MUST(db_begin_write(w->db));
}

/* ---- posts: how many each ---- */

typedef struct ranked {
    double weight;
    uint32_t who;
} ranked;

static int by_weight(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->weight != y->weight) return x->weight < y->weight ? 1 : -1;
    return (x->who > y->who) - (x->who < y->who);
}

static void share_posts(world *w)
{
    demo_dice d = dice_for(w, DICE_RANK, 0);
    ranked *order = room(w->members, sizeof *order);
    double sum = 0;
    for (uint32_t i = 0; i < w->members; i++) {
        order[i] = (ranked){log(w->want[i]) + 0.8 * dice_normal(&d), i};
        sum += pow(i + 11, -0.9);
    }
    qsort(order, w->members, sizeof *order, by_weight);
    double c = (double)POSTS_MEAN * w->members / sum;
    for (uint32_t r = 0; r < w->members; r++) {
        double n = c * pow(r + 11, -0.9);
        w->posts[order[r].who] = (uint32_t)(n + dice_unit(&d));
    }
    free(order);
}

/* ---- members ---- */

typedef struct somebody {
    lang lang;
    const demo_given *given;
    const demo_family *family;
    str name;
    char text[96];
} somebody;

static void somebody_of(const world *w, uint32_t num, somebody *s, demo_dice *d)
{
    *d = dice_for(w, DICE_PERSON, num);
    s->lang = (lang)(num % 2);
    const demo_words *words = &demo_words_of[s->lang];
    s->given = &words->given[dice_pick(d, words->given_len)];
    s->family = &words->family[dice_pick(d, words->family_len)];
    bool female = s->given->gender == GENDER_FEMALE;
    int len = snprintf(s->text, sizeof s->text, "%s.%s%u", s->given->slug, female ? s->family->slug_female : s->family->slug_male, num);
    s->name = (str){s->text, (size_t)len};
}

static void put_member(world *w, uint32_t num)
{
    somebody s;
    demo_dice d;
    char search[160];
    unsigned char public_id[16];
    somebody_of(w, num, &s, &d);
    const demo_words *words = &demo_words_of[s.lang];
    bool female = s.given->gender == GENDER_FEMALE;
    int len = snprintf(search, sizeof search, " %s %s %s", s.given->slug, female ? s.family->slug_female : s.family->slug_male, s.text);
    for (size_t i = 0; i < sizeof public_id; i++) public_id[i] = (unsigned char)dice_roll(&d);
    int64_t day = clock_day(WORLD_NOW - (int64_t)dice_pick(&d, WORLD_DAYS) * MS_DAY);
    int64_t birthday = (1940 + (int64_t)dice_pick(&d, 66)) * 10000 + (1 + (int64_t)dice_pick(&d, 12)) * 100 + 1 + (int64_t)dice_pick(&d, 28);
    const char *town = words->towns[dice_pick(&d, words->towns_len)];
    const char *status = dice_chance(&d, 0.4) ? words->statuses[dice_pick(&d, words->statuses_len)] : "";
    MUST(sql_world_member(w->db, bucket_of(num), num, (str){(char *)public_id, sizeof public_id}, s.name, str_of(s.given->name),
                          str_of(female ? s.family->female : s.family->male), (str){search, (size_t)len}, (int64_t)s.given->gender,
                          birthday, str_of(town), str_of(status), num == 1 ? ROLE_OWNER : ROLE_MEMBER, (int64_t)s.lang, day,
                          w->posts[num - 1], w->have[num - 1]));
    for (str rest = {search, (size_t)len}; rest.ptr;) {
        str word = str_cut(&rest, ' ');
        if (word.len) MUST(sql_world_word(w->db, bucket_of(num), num, word));
    }
    row_done(w);
}

static int by_name(const void *a, const void *b) { return str_cmp(*(const str *)a, *(const str *)b); }

static void put_names(world *w)
{
    arena *a = arena_open();
    str *names = room(w->members, sizeof *names);
    for (uint32_t num = 1; num <= w->members; num++) {
        somebody s;
        demo_dice d;
        somebody_of(w, num, &s, &d);
        names[num - 1] = arena_str(a, s.name);
    }
    qsort(names, w->members, sizeof *names, by_name);
    for (uint32_t i = 0; i < w->members; i++) {
        int64_t num = 0;
        size_t digits = names[i].len;
        while (digits > 0 && names[i].ptr[digits - 1] >= '0' && names[i].ptr[digits - 1] <= '9') digits--;
        (void)str_int(str_skip(names[i], digits), &num);
        MUST(sql_world_name(w->db, names[i], num, WORLD_NOW));
        row_done(w);
    }
    free(names);
    arena_close(a);
}

/* The first number of a bucket; then every BUCKETS-th. */
static uint32_t first_of(uint32_t bucket) { return bucket ? bucket : BUCKETS; }
#define EACH_IN_BUCKET(num, bucket) for (uint32_t num = first_of(bucket); num <= w->members; num += BUCKETS)

static void put_members(world *w)
{
    for (uint32_t b = 0; b < BUCKETS; b++) EACH_IN_BUCKET(num, b) put_member(w, num);
    put_names(w);
    for (uint32_t b = 0; b < BUCKETS; b++)
        EACH_IN_BUCKET(num, b) {
            demo_dice d = dice_for(w, DICE_PERSON, (uint64_t)1 << 40 | num);
            static const int64_t items[] = {PRIVACY_WALL, PRIVACY_FRIENDS};
            for (size_t k = 0; k < 2; k++) {
                if (!dice_chance(&d, 0.08)) continue;
                MUST(sql_world_privacy(w->db, b, num, items[k], LEVEL_FRIENDS));
                row_done(w);
            }
        }
    MUST(sql_world_seq(w->db, w->members));
    phase_done(w, "members");
}

static int64_t moment_of(uint32_t a, uint32_t b)
{
    demo_dice d = {(uint64_t)(a < b ? a : b) << 32 | (a < b ? b : a)};
    return WORLD_NOW - (int64_t)(dice_roll(&d) % (uint64_t)(WORLD_DAYS * MS_DAY));
}

static void put_edges(world *w)
{
    for (uint32_t b = 0; b < BUCKETS; b++)
        EACH_IN_BUCKET(num, b)
            for (uint32_t k = 0; k < w->have[num - 1]; k++) {
                uint32_t other = w->friends[w->from[num - 1] + k];
                MUST(sql_world_edge(w->db, b, num, other, EDGE_OUT | EDGE_IN | EDGE_FRIEND, moment_of(num, other)));
                row_done(w);
            }
    phase_done(w, "edges");
}

/* ---- posts ---- */

static void fill_pool(world *w)
{
    for (int l = 0; l < LANG_COUNT; l++)
        for (int g = 0; g < 2; g++) {
            const demo_words *words = &demo_words_of[l];
            text_pool *p = &w->pool[l][g];
            p->texts = ARENA_ARRAY(w->arena, str, words->posts_len);
            for (size_t i = 0; i < words->posts_len; i++)
                p->texts[p->len++] = demo_text_for(w->arena, words->posts[i].text, g ? GENDER_MALE : GENDER_FEMALE);
        }
}

#define TEXT_MOST 6000

/* Sentences up to a length that is drawn first; cut between characters (the last one may go as well). */
static str some_text(world *w, int l, int g, demo_dice *d, char buffer[TEXT_MOST + 1])
{
    const text_pool *p = &w->pool[l][g];
    size_t most = (size_t)dice_log_normal(d, 128, 1.0, 12, TEXT_MOST), len = 0;
    while (len < most) {
        str s = p->texts[dice_pick(d, p->len)];
        if (len) buffer[len++] = dice_chance(d, 0.2) ? '\n' : ' ';
        str part = str_take(s, most - (len < most ? len : most));
        memcpy(buffer + len, part.ptr, part.len);
        len += part.len;
    }
    while (len > 0 && (buffer[len - 1] & 0xC0) == 0x80) len--;
    if (len > 0 && (unsigned char)buffer[len - 1] >= 0xC0) len--;
    static const char address[] = " https://example.org/river/";
    if (len + sizeof address < TEXT_MOST && dice_chance(d, 0.06)) {
        memcpy(buffer + len, address, sizeof address - 1);
        len += sizeof address - 1;
    }
    return (str){buffer, len};
}

typedef struct slot {
    int64_t ms;
    uint32_t owner;
} slot;

static int by_time(const void *a, const void *b)
{
    const slot *x = a, *y = b;
    if (x->ms != y->ms) return x->ms < y->ms ? -1 : 1;
    return (x->owner > y->owner) - (x->owner < y->owner);
}

static int64_t some_audience(demo_dice *d)
{
    double u = dice_unit(d);
    return u < 0.6 ? LEVEL_EVERYONE : u < 0.75 ? LEVEL_MEMBERS : u < 0.8 ? LEVEL_FRIENDS_OF_FRIENDS : u < 0.98 ? LEVEL_FRIENDS : LEVEL_NOBODY;
}

typedef struct wall_state {
    uint32_t ordinal;
    uint32_t counts[LEVEL_COUNT];
} wall_state;

/* Evenly spread over the author's friends, so already in order. */
static void put_likes(world *w, int64_t bucket, int64_t id, uint32_t owner, uint32_t n, demo_dice *d)
{
    uint32_t have = w->have[owner - 1];
    uint64_t shift = dice_pick(d, have);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t liker = w->friends[w->from[owner - 1] + ((uint64_t)k * have + shift) / n];
        MUST(sql_world_like(w->db, bucket, id, liker, id_time(id) + (int64_t)dice_pick(d, (size_t)MS_DAY)));
        row_done(w);
    }
}

static void put_post(world *w, int64_t bucket, int64_t id, uint32_t owner, wall_state *s, demo_dice *d)
{
    char buffer[TEXT_MOST + 64];
    uint32_t have = w->have[owner - 1], author = owner;
    int64_t audience = some_audience(d);
    if (have && dice_chance(d, 0.05)) {
        author = w->friends[w->from[owner - 1] + dice_pick(d, have)];
        audience = LEVEL_EVERYONE;
    }
    uint32_t likes = audience == LEVEL_NOBODY ? 0 : (uint32_t)dice_log_normal(d, 1, 1.2, 0, have);
    str text = some_text(w, (int)(author % 2), (int)dice_pick(d, 2), d, buffer);
    MUST(sql_world_post(w->db, bucket, id, owner, ++s->ordinal, author, audience, text, likes));
    row_done(w);
    if (author == owner) s->counts[audience]++;
    put_likes(w, bucket, id, owner, likes, d);
}

static void put_bucket(world *w, uint32_t bucket)
{
    size_t len = 0, at = 0, walls_len = w->members / BUCKETS + 1;
    EACH_IN_BUCKET(num, bucket) len += w->posts[num - 1];
    slot *slots = room(len, sizeof *slots);
    wall_state *walls = room(walls_len, sizeof *walls);
    demo_dice d = dice_for(w, DICE_WALL, bucket);
    EACH_IN_BUCKET(num, bucket)
        for (uint32_t k = 0; k < w->posts[num - 1]; k++)
            slots[at++] = (slot){WORLD_NOW - 1 - (int64_t)dice_pick(&d, (size_t)(WORLD_DAYS * MS_DAY)), num};
    qsort(slots, len, sizeof *slots, by_time);
    int64_t last = 0;
    for (size_t i = 0; i < len; i++) {
        int64_t id = id_floor(slots[i].ms) | (int64_t)bucket << 10;
        if (id <= last) id = last + 1; /* the sequence within a millisecond */
        last = id;
        put_post(w, bucket, id, slots[i].owner, &walls[(slots[i].owner - 1) / BUCKETS], &d);
    }
    EACH_IN_BUCKET(num, bucket)
        for (int level = 0; level < LEVEL_COUNT; level++) {
            uint32_t n = walls[(num - 1) / BUCKETS].counts[level];
            if (!n) continue;
            MUST(sql_world_wall_count(w->db, bucket, num, level, n));
            row_done(w);
        }
    free(slots);
    free(walls);
}

static void put_posts(world *w)
{
    fill_pool(w);
    for (uint32_t b = 0; b < BUCKETS; b++) put_bucket(w, b);
    phase_done(w, "posts");
}

/* ---- sessions and settings ---- */

static FILE *open_file(const world *w, const char *name)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", w->data, name);
    FILE *f = fopen(path, "w");
    if (!f) die("cannot write %s: %s", path, strerror(errno));
    return f;
}

static void put_session(world *w, uint32_t num, FILE *f, demo_dice *d)
{
    unsigned char secret[TOKEN_BYTES];
    for (size_t i = 0; i < sizeof secret; i++) secret[i] = (unsigned char)dice_roll(d);
    str token = account_token_of(w->arena, num, secret), hash;
    int64_t owner;
    somebody s;
    demo_dice unused;
    if (!account_token_read(w->arena, token, &owner, &hash)) die("a token that is none");
    somebody_of(w, num, &s, &unused);
    MUST(sql_world_session(w->db, bucket_of(num), hash, num, clock_day(WORLD_NOW), SESSIONS_EXPIRE));
    row_done(w);
    fprintf(f, "%.*s\t%u\t%.*s\n", STR_ARG(token), num, STR_ARG(s.name));
}

/* Whoever has friends: an empty feed would be quick. */
static void put_sessions(world *w)
{
    demo_dice d = dice_for(w, DICE_SESSION, 0);
    uint8_t *taken = room(w->members + 1, 1);
    FILE *f = open_file(w, "sessions.tsv");
    uint32_t most = w->members / 2 < SESSIONS ? w->members / 2 : SESSIONS;
    for (uint32_t made = 0; made < most;) {
        uint32_t num = 1 + (uint32_t)dice_pick(&d, w->members);
        if (taken[num] || (!w->have[num - 1] && dice_chance(&d, 0.9))) continue;
        taken[num] = 1;
        put_session(w, num, f, &d);
        made++;
    }
    fclose(f);
    free(taken);
}

static void put_texts(world *w)
{
    FILE *f = open_file(w, "texts.txt");
    char buffer[TEXT_MOST + 64];
    out o;
    out_init(&o, 65536);
    demo_dice d = dice_for(w, DICE_SESSION, 1);
    for (int i = 0; i < 1000; i++) {
        out_reset(&o);
        out_percent(&o, some_text(w, i % 2, 0, &d, buffer));
        fprintf(f, "%.*s\n", STR_ARG(out_get(&o)));
    }
    out_drop(&o);
    fclose(f);
}

static void put_site(world *w)
{
    unsigned char key[SITE_KEY_BYTES];
    random_bytes(key, sizeof key);
    const struct { const char *key; str value; } lines[] = {
        {"name", STR("Bench")}, {"origin", STR("http://127.0.0.1:8080")}, {"signup", STR("0")}, {"lang", STR("en")}, {"ready", STR("1")},
        {"key", hex_encode(w->arena, (str){(char *)key, sizeof key})}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) MUST(sql_site_set(w->db, str_of(lines[i].key), lines[i].value));
    int64_t raised;
    MUST(sql_node_reserve(w->db, 0, WORLD_NOW + MS_SECOND, 0, &raised));
}

/* ---- form tokens ---- */

/* Zipf 0.8 over the sessions, by their order in the file. */
static void zipf_fill(double *sums, size_t n)
{
    double sum = 0;
    for (size_t r = 0; r < n; r++) sums[r] = sum += pow((double)r + 1, -0.8);
}

static size_t zipf_pick(const double *sums, size_t n, demo_dice *d)
{
    double u = dice_unit(d) * sums[n - 1];
    size_t low = 0, high = n - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sums[middle] < u) low = middle + 1;
        else high = middle;
    }
    return low;
}

static size_t read_sessions(world *w, str *hashes)
{
    char path[4096], line[512];
    (void)snprintf(path, sizeof path, "%s/sessions.tsv", w->data);
    FILE *f = fopen(path, "r");
    if (!f) die("cannot read %s: %s", path, strerror(errno));
    size_t n = 0;
    while (n < SESSIONS && fgets(line, sizeof line, f)) {
        int64_t owner;
        str token = str_take(str_of(line), str_find(str_of(line), '\t'));
        if (!account_token_read(w->arena, token, &owner, &hashes[n++])) die("%s is broken", path);
    }
    fclose(f);
    return n;
}

/* One a line: the session's place in sessions.tsv, counted from 1, and a token. Random, so that no run repeats another's. */
static void print_tokens(world *w, int64_t wanted)
{
    static str hashes[SESSIONS];
    static double sums[SESSIONS];
    site s;
    ctx c = {.arena = w->arena, .db = w->db, .now = clock_now()};
    MUST(db_begin_read(w->db));
    MUST(setup_site_load(&c, &s));
    db_rollback(w->db);
    size_t n = read_sessions(w, hashes);
    demo_dice d;
    random_bytes(&d, sizeof d);
    zipf_fill(sums, n);
    arena *a = arena_open();
    for (int64_t i = 0; i < wanted; i++) {
        unsigned char nonce[16];
        random_bytes(nonce, sizeof nonce);
        size_t who = zipf_pick(sums, n, &d);
        printf("%zu\t%.*s\n", who + 1, STR_ARG(csrf_token(a, &s, hashes[who], nonce)));
        if (i % 1024 == 0) arena_reset(a);
    }
    arena_close(a);
}

/* ---- all of it ---- */

static void open_world(world *w, bool fresh)
{
    char path[4096];
    struct stat there;
    if (mkdir(w->data, 0700) != 0 && errno != EEXIST) die("cannot make %s: %s", w->data, strerror(errno));
    (void)snprintf(path, sizeof path, "%s/veche.db", w->data);
    if (fresh == (stat(path, &there) == 0)) die("%s %s", path, fresh ? "is there already" : "is not there");
    MUST(db_open(path, !fresh, &w->db));
}

static void fill(world *w)
{
    w->want = room(w->members, sizeof *w->want);
    w->have = room(w->members, sizeof *w->have);
    w->from = room((size_t)w->members + 1, sizeof *w->from);
    w->posts = room(w->members, sizeof *w->posts);
    w->began_us = w->phase_us = clock_us();
    MUST(migrate_to(w->db, -1));
    MUST(db_script(w->db, "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; PRAGMA secure_delete=OFF;"
                          "PRAGMA cache_size=-2000000"));
    make_friends(w);
    share_posts(w);
    MUST(db_begin_write(w->db));
    put_members(w);
    put_edges(w);
    put_posts(w);
    put_sessions(w);
    put_texts(w);
    put_site(w);
    MUST(db_commit(w->db));
    MUST(db_script(w->db, "PRAGMA journal_mode=WAL"));
    phase_done(w, "the rest");
    double s = (double)(clock_us() - w->began_us) / 1e6;
    fprintf(stderr, "%-9s %10llu rows  %7.2f s  %9.0f rows/s\n", "all", (unsigned long long)w->all_rows, s, (double)w->all_rows / s);
    printf("{\"members\": %u, \"rows\": %llu, \"seconds\": %.2f, \"rows_per_s\": %.0f}\n", w->members, (unsigned long long)w->all_rows, s,
           (double)w->all_rows / s);
    free(w->want);
    free(w->have);
    free(w->from);
    free(w->posts);
    free(w->friends);
}

int main(int argc, char **argv)
{
    int64_t members = 10000, seed = 1, tokens = 0;
    world *w = &(world){.data = NULL};
    for (int i = 1; i + 1 < argc; i += 2) {
        str value = str_of(argv[i + 1]);
        bool fine = true;
        if (strcmp(argv[i], "--data") == 0) w->data = argv[i + 1];
        else if (strcmp(argv[i], "--members") == 0) fine = str_int(value, &members) && members >= 100 && members <= 50000000;
        else if (strcmp(argv[i], "--seed") == 0) fine = str_int(value, &seed);
        else if (strcmp(argv[i], "--tokens") == 0) fine = str_int(value, &tokens) && tokens > 0;
        else fine = false;
        if (!fine) w->data = NULL, argc = 0;
    }
    if (!w->data) {
        fprintf(stderr, "bench_world --data DIR [--members N] [--seed S] | --data DIR --tokens N\n");
        return 2;
    }
    log_set_level(LOG_WARN);
    w->members = (uint32_t)members;
    w->seed = (uint64_t)seed;
    w->arena = arena_open();
    open_world(w, tokens == 0);
    if (tokens) print_tokens(w, tokens);
    else fill(w);
    db_close(w->db);
    arena_close(w->arena);
    return 0;
}
