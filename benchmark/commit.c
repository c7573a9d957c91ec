/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a durable write costs here, without a server around it.
 *
 *     bench_commit --append DIR --seconds S     256-byte appends, fdatasync after each: how many a second
 *     bench_commit --post DIR --seconds S       posts written straight into DIR/veche.db, a commit each: percentiles
 *
 * A post is what the server's act writes: the form's token, the post and its counters, the change. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "account.sql.h"
#include "app/demo_dice.h"
#include "base/clock.h"
#include "base/log.h"
#include "crypto/random.h"
#include "db/db.h"
#include "feature/wall/wall.h"
#include "lane.sql.h"
#include "once.sql.h"

#define SAMPLES_MAX 4000000

typedef struct samples {
    double *us;
    size_t len;
} samples;

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double part(samples *s, double p) { return s->us[(size_t)((double)(s->len - 1) * p)]; }

static void say(samples *s, double seconds)
{
    if (s->len == 0) die("nothing was measured");
    qsort(s->us, s->len, sizeof *s->us, by_value);
    printf("{\"n\": %zu, \"per_s\": %.1f, \"p50_us\": %.1f, \"p90_us\": %.1f, \"p99_us\": %.1f}\n", s->len, (double)s->len / seconds,
           part(s, 0.5), part(s, 0.9), part(s, 0.99));
}

static void append(const char *folder, int64_t seconds)
{
    char path[4096], block[256];
    samples s = {malloc(SAMPLES_MAX * sizeof(double)), 0};
    (void)snprintf(path, sizeof path, "%s/append.tmp", folder);
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0 || !s.us) die("%s: %s", path, strerror(errno));
    random_bytes(block, sizeof block);
    int64_t began = clock_us(), now = began;
    while (now - began < seconds * 1000000 && s.len < SAMPLES_MAX) {
        if (write(fd, block, sizeof block) != sizeof block || fdatasync(fd) != 0) die("%s: %s", path, strerror(errno));
        int64_t after = clock_us();
        s.us[s.len++] = (double)(after - now);
        now = after;
    }
    close(fd);
    unlink(path);
    say(&s, (double)(now - began) / 1e6);
    free(s.us);
}

typedef struct writer {
    db *d;
    arena *a;
    id_mill *ids;
    int64_t members;
    demo_dice dice;
} writer;

static rc write_post(writer *w)
{
    ctx c = {.arena = w->a, .db = w->d, .ids = w->ids, .now = clock_now(), .writing = true};
    int64_t ordinal, num = 1 + (int64_t)dice_pick(&w->dice, (size_t)w->members);
    unsigned char key[96];
    char text[130];
    random_bytes(key, sizeof key);
    memset(text, 'x', sizeof text);
    str hash = {(char *)key, 32}, claim = {(char *)key + 32, 32}, body = {(char *)key + 64, 32};
    once_find_row seen;
    c.viewer = (viewer){num, ROLE_MEMBER};
    rc_code found = sql_once_find(w->d, w->a, bucket_of(num), hash, claim, &seen);
    if (found != E_NOT_FOUND) return found == OK ? E_CONFLICT : found;
    TRY(wall_add(&c, num, (str){text, sizeof text}, LEVEL_EVERYONE, &ordinal));
    return sql_once_claim(w->d, bucket_of(num), hash, claim, body, c.now, STR("12"));
}

static rc one_post(writer *w)
{
    arena_reset(w->a);
    TRY(db_begin_write(w->d));
    TRY(write_post(w));
    return db_commit(w->d);
}

static void post(const char *folder, int64_t seconds)
{
    char path[4096];
    samples s = {malloc(SAMPLES_MAX * sizeof(double)), 0};
    writer w = {.a = arena_open(), .dice = {99}};
    int64_t high, wal, raised;
    (void)snprintf(path, sizeof path, "%s/veche.db", folder);
    if (!s.us || db_open(path, false, &w.d) != OK) die("cannot open %s", path);
    node_high_row mark = {0};
    account_count_row count = {0};
    if (db_begin_read(w.d) != OK || sql_node_high(w.d, w.a, 0, &mark) != OK || sql_account_count(w.d, w.a, &count) != OK)
        die("cannot read %s: %s", path, db_error(w.d));
    db_rollback(w.d);
    high = mark.high_water > clock_now() ? mark.high_water : clock_now();
    w.members = count.num;
    w.ids = id_mill_open(0, high);
    int64_t began = clock_us(), now = began;
    for (size_t turn = 0; now - began < seconds * 1000000 && s.len < SAMPLES_MAX; turn++) {
        if (one_post(&w) != OK) die("a post: %s", db_error(w.d));
        int64_t after = clock_us();
        s.us[s.len++] = (double)(after - now);
        if (turn % 2000 == 1999) (void)db_checkpoint(w.d, true, &wal);
        now = clock_us();
    }
    say(&s, (double)(now - began) / 1e6);
    if (db_begin_write(w.d) != OK || sql_node_reserve(w.d, 0, id_mill_high(w.ids) + 1, 0, &raised) != OK || db_commit(w.d) != OK)
        die("the mark: %s", db_error(w.d));
    db_close(w.d);
    id_mill_close(w.ids);
    arena_close(w.a);
    free(s.us);
}

int main(int argc, char **argv)
{
    int64_t seconds = 4;
    if (argc != 5 || strcmp(argv[3], "--seconds") != 0 || !str_int(str_of(argv[4]), &seconds)) argc = 0;
    if (argc && strcmp(argv[1], "--append") == 0) append(argv[2], seconds);
    else if (argc && strcmp(argv[1], "--post") == 0) post(argv[2], seconds);
    else {
        fprintf(stderr, "bench_commit --append|--post DIR --seconds S\n");
        return 2;
    }
    return 0;
}
