/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Each web thread keeps its own streams; only what was heard crosses threads.
 *
 *   streams_publish  (any thread)   heard += whose things moved
 *   streams_turn     (web thread)   every TICK_MS: heard ─▶ which streams it may concern ─▶ the queue
 *                                   each turn: up to SLICE of the queue ─▶ a slice ─▶ looked at here, or in the lane
 *                                   a slice that is done: events are sent, streams that ended are closed
 *
 * One slice is under way at a time, and what was heard stays the same while the queue that it filled is worked off: so a slice can
 * be looked at by another thread without a lock. A stream whose client leaves meanwhile is only marked, and freed afterwards. */
#include "http/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/random.h"
#include "http/exchange.h"

#define SLICE 32
#define STREAMS_MAX 12000     /* of one web thread */
#define MEMBER_STREAMS_MAX 8  /* in one web thread: the one that is open longest makes room */
#define HEARD_MAX 4096
#define TICK_MS 400           /* a suspension ends streams within a second; half of that is left for a busy machine */
#define HEARTBEAT_MS 25000    /* below the half minute after which many proxies close what says nothing */
#define RETRY_MS 4000         /* and up to as much again, so that not everybody comes back at once */
#define SEND_BUFFER 16384
#define EVENTS_MAX ((size_t)64 * 1024) /* of one slice's stream */

typedef struct stream {
    struct stream *next; /* in the queue */
    int fd;
    size_t at;           /* in stream_set.items */
    bool queued, away, left; /* left: the client is gone, and a slice still has it */
    int64_t silent_until;    /* ms, monotonic: the next heartbeat */
    stream_subject subject;
} stream;

/* Some streams on their way through `look`. */
typedef struct slice {
    lane_job job;
    ctx c;
    web_thread *home;
    arena *arena;
    out text;
    size_t len;
    stream *streams[SLICE];
    stream_subject next[SLICE];
    rc_code results[SLICE];
    size_t ends[SLICE]; /* of its part of text */
    rc_code outcome;    /* of the whole slice: OK, or nothing was looked at */
    bool in_lane;
    _Atomic bool done;
} slice;

struct stream_set {
    stream **items;
    int64_t *members; /* beside items: whose they are, close together for counting */
    size_t len, cap;
    stream *first, *last; /* the queue */
    int64_t tick;         /* ms, monotonic: when to look again at what was heard */
    uint32_t *nums;       /* what was heard and is being worked off */
    size_t nums_len;
    bool all;
    slice slice;
    bool looking;         /* the slice is under way */
    _Atomic size_t open;  /* = len, for other threads */
    pthread_mutex_t lock;
    uint32_t *heard;      /* under the lock, like the next two */
    size_t heard_len;
    bool heard_all;
};

static int64_t now_ms(void) { return clock_us() / 1000; }

stream_set *streams_open(void)
{
    stream_set *set = calloc(1, sizeof *set);
    if (!set) die("out of memory");
    set->nums = calloc(HEARD_MAX, sizeof *set->nums);
    set->heard = calloc(HEARD_MAX, sizeof *set->heard);
    if (!set->nums || !set->heard) die("out of memory");
    set->slice.arena = arena_open();
    out_init(&set->slice.text, SLICE * EVENTS_MAX);
    pthread_mutex_init(&set->lock, NULL);
    return set;
}

/* ---- one stream ---- */

static void stream_free(stream_set *set, stream *s)
{
    size_t last = --set->len;
    set->items[s->at] = set->items[last];
    set->members[s->at] = set->members[last];
    set->items[s->at]->at = s->at;
    atomic_store(&set->open, set->len);
    if (s->fd >= 0) close(s->fd);
    explicit_bzero(s, sizeof *s);
    free(s);
}

static void queue_remove(stream_set *set, const stream *s)
{
    stream *before = NULL;
    for (stream *at = set->first; at; before = at, at = at->next) {
        if (at != s) continue;
        if (before) before->next = at->next;
        else set->first = at->next;
        if (set->last == at) set->last = before;
        return;
    }
}

static void stream_end(stream_set *set, stream *s)
{
    if (s->away) {
        close(s->fd);
        s->fd = -1;
        s->left = true;
        return;
    }
    if (s->queued) queue_remove(set, s);
    stream_free(set, s);
}

static void queue_add(stream_set *set, stream *s)
{
    if (s->queued || s->away) return;
    s->queued = true;
    s->next = NULL;
    if (set->last) set->last->next = s;
    else set->first = s;
    set->last = s;
}

/* All of it at once, or the stream is over. */
static bool stream_send(stream *s, str bytes)
{
    s->silent_until = now_ms() + HEARTBEAT_MS;
    return send(s->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)bytes.len;
}

static void make_room(stream_set *set, int64_t member)
{
    size_t oldest = SIZE_MAX, have = 0;
    for (size_t i = 0; i < set->len; i++) {
        if (set->members[i] != member || set->items[i]->left) continue;
        if (have++ == 0) oldest = i;
    }
    if (have >= MEMBER_STREAMS_MAX) stream_end(set, set->items[oldest]);
}

static stream *stream_new(stream_set *set, const stream_subject *first, int fd)
{
    if (set->len == set->cap) {
        size_t cap = set->cap ? set->cap * 2 : 64;
        set->items = realloc(set->items, cap * sizeof(stream *));
        set->members = realloc(set->members, cap * sizeof(int64_t));
        if (!set->items || !set->members) die("out of memory");
        set->cap = cap;
    }
    stream *s = calloc(1, sizeof *s);
    if (!s) die("out of memory");
    s->fd = fd;
    s->subject = *first;
    s->at = set->len;
    set->items[set->len] = s;
    set->members[set->len++] = first->member;
    atomic_store(&set->open, set->len);
    return s;
}

/* ---- opening ---- */

rc req_stream(req *r, const stream_subject *first)
{
    exchange *x = r->private_;
    r->content_type = "text/event-stream";
    if (atomic_load(&x->home->streams->open) >= STREAMS_MAX) return fail(r->c, E_BUSY, MSG(L_NONE), "%d streams are open", STREAMS_MAX);
    x->subject = ARENA_NEW(x->arena, stream_subject);
    *x->subject = *first;
    return OK;
}

void stream_event(out *o, const char *name, int64_t id, str data)
{
    OUT_LIT(o, "event: ");
    out_str(o, str_of(name));
    if (id) {
        OUT_LIT(o, "\nid: ");
        out_int(o, id);
    }
    OUT_LIT(o, "\ndata: ");
    out_str(o, data);
    OUT_LIT(o, "\n\n");
}

/* RFC 9110 §6.6.1 */
static void put_date(out *o)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t now = (time_t)(clock_now() / 1000);
    struct tm t;
    gmtime_r(&now, &t);
    out_printf(o, "Date: %.3s, %02d %.3s %d %02d:%02d:%02d GMT\r\n", days + t.tm_wday * 3, t.tm_mday, months + t.tm_mon * 3,
               1900 + t.tm_year, t.tm_hour, t.tm_min, t.tm_sec);
}

static void put_head(out *o, exchange *x)
{
    uint16_t jitter;
    random_bytes(&jitter, sizeof jitter);
    exchange_put_stream_head(x, o);
    put_date(o);
    OUT_LIT(o, "\r\n");
    if (x->head) return;
    out_printf(o, "retry: %d\n\n", RETRY_MS + jitter % RETRY_MS);
    out_str(o, out_get(&x->page));
}

static int descriptor_of(const exchange *x)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    int fd = info ? fcntl(info->connect_fd, F_DUPFD_CLOEXEC, 3) : -1;
    int on = 1, room = SEND_BUFFER;
    if (fd < 0) return -1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* a Unix socket has no such thing */
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    return fd;
}

/* The answer of an exchange becomes a stream. MHD then closes its own descriptor (in turbo mode without a shutdown). */
void streams_take(exchange *x)
{
    web_thread *t = x->home;
    out head;
    int fd = descriptor_of(x);
    if (fd < 0) return;
    out_init(&head, OUT_LIMIT_PAGE);
    put_head(&head, x);
    if (x->head) {
        ssize_t ignored = send(fd, out_get(&head).ptr, out_get(&head).len, MSG_NOSIGNAL | MSG_DONTWAIT);
        (void)ignored;
        out_drop(&head);
        close(fd);
        return;
    }
    make_room(t->streams, x->subject->member);
    stream *s = stream_new(t->streams, x->subject, fd);
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = s};
    if (epoll_ctl(t->epoll, EPOLL_CTL_ADD, fd, &event) != 0 || !stream_send(s, out_get(&head))) stream_free(t->streams, s);
    else queue_add(t->streams, s); /* what happened between the page's snapshot and now was heard by nobody */
    out_drop(&head);
}

void streams_client_said(web_thread *t, void *stream_, uint32_t events)
{
    stream *s = stream_;
    char ignored[256];
    if (s->left) return;
    ssize_t len = recv(s->fd, ignored, sizeof ignored, MSG_DONTWAIT);
    bool gone = len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR) || events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
    if (gone) stream_end(t->streams, s);
}

/* ---- what was heard ---- */

static bool concerns_streams(change_kind kind)
{
    return kind == CHANGE_WALL || kind == CHANGE_EDGES || kind == CHANGE_MEMBER || kind == CHANGE_SESSIONS ||
           kind == CHANGE_NOTICES;
}

static void hear(stream_set *set, const change *changes)
{
    pthread_mutex_lock(&set->lock);
    set->heard_all = set->heard_all || !changes;
    for (const change *one = changes; one; one = one->next) {
        if (!concerns_streams(one->kind)) continue;
        bool known = set->heard_len && set->heard[set->heard_len - 1] == (uint32_t)one->a;
        if (known || set->heard_all) continue;
        if (set->heard_len == HEARD_MAX) set->heard_all = true;
        else set->heard[set->heard_len++] = (uint32_t)one->a;
    }
    pthread_mutex_unlock(&set->lock);
}

void streams_publish(server *s, const change *changes)
{
    for (int i = 0; i < s->opened; i++)
        if (atomic_load(&s->threads[i].streams->open)) hear(s->threads[i].streams, changes);
}

static void take_heard(stream_set *set)
{
    pthread_mutex_lock(&set->lock);
    uint32_t *heard = set->heard;
    set->heard = set->nums;
    set->nums = heard;
    set->nums_len = set->heard_len;
    set->all = set->heard_all;
    set->heard_len = 0;
    set->heard_all = false;
    pthread_mutex_unlock(&set->lock);
}

static bool concerned(const stream_set *set, const stream *s)
{
    if (set->all) return true;
    for (size_t i = 0; i < set->nums_len; i++)
        if (stream_filter_has(&s->subject.concerns, set->nums[i])) return true;
    return false;
}

static void tick(stream_set *set, int64_t now)
{
    take_heard(set);
    bool any = set->all || set->nums_len;
    for (size_t i = set->len; i-- > 0;) { /* backwards: whoever ends makes room for the last */
        stream *s = set->items[i];
        if (s->left) continue;
        if (any && concerned(set, s)) queue_add(set, s);
        if (now >= s->silent_until && !stream_send(s, STR(":\n\n"))) stream_end(set, s);
    }
    set->tick = now + TICK_MS;
}

/* ---- looking ---- */

static rc slice_look(ctx *c, slice *sl)
{
    stream_set *set = sl->home->streams;
    stream_heard heard = {set->nums, set->nums_len, set->all};
    out_reset(&sl->text);
    for (size_t i = 0; i < sl->len; i++) {
        size_t before = sl->text.len;
        c->viewer = (viewer){0, ROLE_GUEST};
        sl->next[i] = sl->streams[i]->subject;
        sl->results[i] = sl->home->server->config.look(c, &sl->streams[i]->subject, &heard, &sl->next[i], &sl->text);
        if (sl->results[i] != OK) sl->text.len = before;
        sl->ends[i] = sl->text.len;
    }
    return sl->text.failed ? E_INTERNAL : OK;
}

static rc lane_look(lane_job *job) { return slice_look(job->c, (slice *)(void *)job); }

static void lane_looked(lane_job *job, rc_code result)
{
    slice *sl = (slice *)(void *)job;
    uint64_t one = 1;
    sl->outcome = result;
    int wake = sl->home->wake;
    atomic_store(&sl->done, true);
    ssize_t ignored = write(wake, &one, sizeof one);
    (void)ignored;
}

static void look_here(web_thread *t, slice *sl)
{
    sl->c.db = t->db;
    sl->c.epoch = graph_enter(t->reader);
    sl->outcome = db_begin_read(t->db);
    if (sl->outcome == OK) sl->outcome = slice_look(&sl->c, sl);
    db_rollback(t->db);
    graph_leave(t->reader);
    sl->c.db = NULL;
    sl->done = true;
}

static void slice_begin(web_thread *t)
{
    stream_set *set = t->streams;
    slice *sl = &set->slice;
    const server_config *config = &t->server->config;
    sl->home = t;
    sl->done = false;
    for (sl->len = 0; set->first && sl->len < SLICE; sl->len++) {
        stream *s = set->first;
        set->first = s->next;
        if (!set->first) set->last = NULL;
        s->queued = false;
        s->away = true;
        sl->streams[sl->len] = s;
    }
    sl->c = (ctx){.arena = sl->arena, .graph = config->graph, .now = clock_now()};
    set->looking = true;
    if (!config->reads_in_lane) {
        look_here(t, sl);
        return;
    }
    sl->job = (lane_job){.c = &sl->c, .reads = true, .act = lane_look, .done = lane_looked};
    sl->in_lane = true;
    t->away++;
    sl->outcome = lane_submit(config->lane, &sl->job);
    if (sl->outcome != OK) sl->done = true;
}

static void slice_end_one(stream_set *set, const slice *sl, size_t i)
{
    stream *s = sl->streams[i];
    rc_code code = sl->outcome != OK ? E_BUSY : sl->results[i];
    s->away = false;
    if (s->left) {
        stream_free(set, s);
        return;
    }
    if (code == E_BUSY || code == E_INTERNAL) { /* at the next tick again, whoever it concerned */
        pthread_mutex_lock(&set->lock);
        if (set->heard_len == HEARD_MAX) set->heard_all = true;
        else set->heard[set->heard_len++] = (uint32_t)s->subject.member;
        pthread_mutex_unlock(&set->lock);
        return;
    }
    size_t from = i ? sl->ends[i - 1] : 0;
    str events = {sl->text.ptr ? sl->text.ptr + from : "", sl->ends[i] - from};
    s->subject = sl->next[i];
    if (code != OK || (events.len && !stream_send(s, events))) stream_free(set, s);
}

static void slice_end(web_thread *t)
{
    stream_set *set = t->streams;
    slice *sl = &set->slice;
    if (sl->in_lane) t->away--;
    for (size_t i = 0; i < sl->len; i++) slice_end_one(set, sl, i);
    arena_reset(sl->arena);
    out_reset(&sl->text);
    set->looking = false;
}

void streams_turn(web_thread *t)
{
    stream_set *set = t->streams;
    if (set->looking && atomic_load(&set->slice.done)) slice_end(t);
    if (set->looking || !set->len) return;
    int64_t now = now_ms();
    if (now >= set->tick && !set->first) tick(set, now); /* who is behind hears of everything at once afterwards */
    if (!set->first) return;
    slice_begin(t);
    if (atomic_load(&set->slice.done)) slice_end(t);
}

int streams_timeout(const web_thread *t, int most)
{
    const stream_set *set = t->streams;
    if (set->looking || !set->len) return most;
    if (set->first) return 0;
    int64_t wait = set->tick - now_ms();
    return wait < 0 ? 0 : wait < most ? (int)wait : most;
}

size_t streams_count(const web_thread *t) { return t->streams ? atomic_load(&t->streams->open) : 0; }

void streams_end_all(web_thread *t)
{
    for (size_t i = t->streams->len; i-- > 0;)
        if (!t->streams->items[i]->left) stream_end(t->streams, t->streams->items[i]);
}

void streams_close(stream_set *set)
{
    if (!set) return;
    while (set->len) stream_free(set, set->items[set->len - 1]);
    arena_close(set->slice.arena);
    out_drop(&set->slice.text);
    pthread_mutex_destroy(&set->lock);
    free(set->items);
    free(set->members);
    free(set->nums);
    free(set->heard);
    free(set);
}
