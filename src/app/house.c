/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "app/house.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/random.h"
#include "db/follow.h"
#include "db/migrate.h"
#include "feature/setup/setup.h"

#define LOCK_TRY_MS 20
#define GRAPH_BUDGET ((size_t)1 << 30)

/* Settings change a few times in a server's life; the values before stay, since requests may still hold them. */
typedef struct site_node {
    site value;
    struct site_node *before;
} site_node;

struct house {
    config config;
    char *where;
    bool postgres;
    int lock_fd;
    db *settings; /* for reading `site`; under the lock */
    pthread_mutex_t lock;
    site_node *site;
    lane *lane;
    graph *graph;
    id_mill *ids;
    media *media; /* NULL: none */
    node_lease node;
    follower *follower; /* PostgreSQL only */
    int64_t started;
    pthread_mutex_t telling; /* tell and its argument */
    void (*tell)(void *arg, const change *changes);
    void *tell_arg;
};

static rc take_lock(house *h)
{
    if (mkdir(h->config.data, 0700) != 0 && errno != EEXIST) {
        fprintf(stderr, "veche: cannot make the data folder %s: %s\n", h->config.data, strerror(errno));
        return E_INTERNAL;
    }
    char *path = config_path(&h->config, "lock");
    h->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    free(path);
    for (int left = h->config.lock_patience_ms; h->lock_fd >= 0;) {
        if (flock(h->lock_fd, LOCK_EX | LOCK_NB) == 0) return OK;
        if (errno != EWOULDBLOCK || left <= 0) break;
        struct timespec pause = {0, LOCK_TRY_MS * 1000000L};
        nanosleep(&pause, NULL);
        left -= LOCK_TRY_MS;
    }
    if (h->lock_fd >= 0 && errno == EWOULDBLOCK)
        fprintf(stderr, "veche: the data folder %s is in use by another veche\n", h->config.data);
    else
        fprintf(stderr, "veche: cannot lock the data folder %s: %s\n", h->config.data, strerror(errno));
    return E_CONFLICT;
}

static rc site_reload(house *h)
{
    arena *a = arena_open();
    ctx c = {.arena = a, .db = h->settings, .now = clock_now()};
    site_node *node = calloc(1, sizeof *node);
    if (!node) die("out of memory");
    rc_code code = db_begin_read(h->settings);
    if (code == OK) code = setup_site_load(&c, &node->value);
    db_rollback(h->settings);
    arena_close(a);
    if (code != OK) {
        free(node);
        return code;
    }
    node->before = h->site;
    node->value.version = h->site ? h->site->value.version + 1 : 1;
    __atomic_store_n(&h->site, node, __ATOMIC_RELEASE);
    return OK;
}

static void tell_on(house *h, const change *changes)
{
    pthread_mutex_lock(&h->telling);
    if (h->tell) h->tell(h->tell_arg, changes);
    pthread_mutex_unlock(&h->telling);
}

/* What was committed, here or by another process. */
static void take_in(void *arg, const change *changes)
{
    house *h = arg;
    graph_publish(h->graph, changes);
    tell_on(h, changes);
    bool settings = false;
    for (const change *one = changes; one; one = one->next) settings = settings || one->kind == CHANGE_SITE;
    if (!settings) return;
    pthread_mutex_lock(&h->lock);
    if (site_reload(h) != OK) log_error("the settings could not be read again: %s", db_error(h->settings));
    pthread_mutex_unlock(&h->lock);
}

/* After each commit of ours, before its answers. */
static void publish(void *arg, const change *changes)
{
    house *h = arg;
    take_in(h, changes);
    if (h->follower) follow_own(h->follower, changes);
}

static void forget(void *arg)
{
    house *h = arg;
    graph_forget(h->graph);
    tell_on(h, NULL);
    pthread_mutex_lock(&h->lock);
    if (site_reload(h) != OK) log_error("the settings could not be read again: %s", db_error(h->settings));
    pthread_mutex_unlock(&h->lock);
}

static bool current(void *arg) { return follow_current(arg); }

static rc take_number(house *h, db *d)
{
    if (h->postgres) {
        while (!h->node.holder) random_bytes(&h->node.holder, sizeof h->node.holder);
        return node_take(d, clock_now(), &h->node);
    }
    TRY(db_begin_read(d));
    rc_code code = lane_high_water(d, h->node.number, &h->node.high);
    db_rollback(d);
    return code;
}

static rc open_database(house *h)
{
    db *d;
    TRY(db_open(h->where, false, &d));
    rc_code code = migrate_to(d, -1);
    if (code == OK) code = take_number(h, d);
    if (code == E_LIMIT) fprintf(stderr, "veche: %d processes use this database already\n", NODES);
    else if (code != OK) fprintf(stderr, "veche: cannot open the database: %s\n", db_error(d));
    db_close(d);
    return code;
}

static rc first_start(ctx *c, void *arg)
{
    (void)arg;
    return setup_first_start(c);
}

/* The graph's readers as the lane sees them. */
static void *reader_open(graph *g) { return graph_reader_open(g); }
static uint64_t reader_enter(void *reader) { return graph_enter(reader); }
static void reader_leave(void *reader) { graph_leave(reader); }
static void reader_close(void *reader) { graph_reader_close(reader); }
static const lane_readers readers = {reader_open, reader_enter, reader_leave, reader_close};

static rc open_rest(house *h)
{
    if (h->config.media_hangs) TRY(media_open(h->config.data, h->config.media_hangs, NULL, &h->media));
    TRY(open_database(h));
    h->graph = graph_open(GRAPH_BUDGET);
    h->ids = id_mill_open(h->node.number, h->node.high);
    follow_config follow = {.where = h->where, .lease = h->node, .publish = take_in, .forget = forget, .arg = h};
    if (h->postgres) TRY(follow_open(&follow, &h->follower));
    lane_config lanes = {.where = h->where, .threads = h->config.pg_threads, .graph = h->graph, .ids = h->ids,
                         .media = h->media, .node = h->node.number, .holder = h->node.holder, .readers = &readers, .publish = publish,
                         .publish_arg = h, .run_twice = h->config.run_twice};
    if (h->follower) {
        lanes.current = current;
        lanes.current_arg = h->follower;
    }
    TRY(lane_open(&lanes, &h->lane));
    TRY(db_open(h->where, true, &h->settings));
    if (h->follower) follow_start(h->follower);
    arena *a = arena_open();
    ctx c;
    rc_code code = house_write(h, a, (viewer){0, ROLE_OWNER}, first_start, NULL, &c);
    arena_close(a);
    TRY(code);
    return h->site ? OK : site_reload(h);
}

rc house_open(const config *c, house **out)
{
    house *h = calloc(1, sizeof *h);
    if (!h) die("out of memory");
    h->config = *c;
    h->lock_fd = -1;
    h->started = clock_now();
    pthread_mutex_init(&h->lock, NULL);
    pthread_mutex_init(&h->telling, NULL);
    h->postgres = c->db && db_engine_for(c->db) == DB_POSTGRES;
    *out = h;
    if (!lang_start()) {
        fprintf(stderr, "veche: this ICU lacks the plural rules of English or Russian\n");
        return E_INTERNAL;
    }
    TRY(take_lock(h));
    h->where = h->postgres && c->db ? strdup(c->db) : config_path(c, "veche.db");
    return open_rest(h);
}

void house_close(house *h)
{
    if (!h) return;
    if (h->lane) lane_close(h->lane);
    media_close(h->media);
    follow_close(h->follower);
    if (h->settings) db_close(h->settings);
    if (h->graph) graph_close(h->graph);
    if (h->ids) id_mill_close(h->ids);
    while (h->site) {
        site_node *before = h->site->before;
        free(h->site);
        h->site = before;
    }
    if (h->lock_fd >= 0) close(h->lock_fd);
    pthread_mutex_destroy(&h->lock);
    pthread_mutex_destroy(&h->telling);
    free(h->where);
    free(h);
}

void house_tell(house *h, void (*tell)(void *arg, const change *changes), void *arg)
{
    pthread_mutex_lock(&h->telling);
    h->tell = tell;
    h->tell_arg = arg;
    pthread_mutex_unlock(&h->telling);
}

const char *house_where(const house *h) { return h->where; }
const char *house_data(const house *h) { return h->config.data; }
bool house_on_postgres(const house *h) { return h->postgres; }
lane *house_lane(house *h) { return h->lane; }
graph *house_graph(house *h) { return h->graph; }
id_mill *house_ids(house *h) { return h->ids; }
media *house_media(house *h) { return h->media; }
int64_t house_started(const house *h) { return h->started; }

const site *house_site(house *h)
{
    return &__atomic_load_n(&h->site, __ATOMIC_ACQUIRE)->value;
}

rc house_write(house *h, arena *a, viewer who, rc (*act)(ctx *, void *), void *arg, ctx *c)
{
    *c = (ctx){.arena = a, .graph = h->graph, .ids = h->ids, .viewer = who, .now = clock_now()};
    return lane_run(h->lane, c, act, arg);
}

static rc new_link(ctx *c, void *token)
{
    return setup_link(c, token);
}

rc house_setup_link(house *h, arena *a, str *token)
{
    ctx c;
    return house_write(h, a, (viewer){0, ROLE_OWNER}, new_link, token, &c);
}
