/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The stages of a request, and on which thread each runs.
 *
 *   SQLite       PREPARE, SHOW on the web thread in its own snapshot; SLOW in the pool; ACT in the lane
 *   PostgreSQL   PREPARE, SHOW in the lane as reads (a lock wait must not freeze the loop); the rest is the same
 *
 * A refusal at any stage leads to SHOW with the outcome set: the form again, or an error page. */
#include "base/clock.h"
#include "base/log.h"
#include "crypto/token.h"
#include "http/exchange.h"
#include "once.sql.h"

#define RESULT_MAX 200
#define PER_MINUTE 120

static bool reads_in_lane(const exchange *x)
{
    return x->home->server->config.reads_in_lane;
}

/* ---- what runs inside the stages ---- */

static rc allowed(req *r)
{
    const viewer *v = &r->c->viewer;
    switch (r->route->who) {
    case ANYONE: return OK;
    case GUEST: return v->num ? E_CONFLICT : OK;
    case SETUP: return r->site->ready ? fail(r->c, E_GONE, MSG(L_setup_is_over), "set-up is over") : OK;
    case MEMBER: return v->num ? OK : fail(r->c, E_LOGIN, MSG(L_NONE), "a guest");
    case STAFF:
    case OWNER:
        if (!v->num) return fail(r->c, E_LOGIN, MSG(L_NONE), "a guest");
        if (v->role < (r->route->who == STAFF ? ROLE_STAFF : ROLE_OWNER))
            return fail(r->c, E_DENIED, MSG(L_NONE), "role %d is not enough", (int)v->role);
        return OK;
    case WHO_END: break;
    }
    return E_INTERNAL;
}

static rc within_limits(exchange *x)
{
    req *r = &x->r;
    if (r->method == GET) return OK;
    int per_minute = r->route->per_minute ? r->route->per_minute : PER_MINUTE;
    return req_limit(r, arena_printf(x->arena, "%.*s %s", STR_ARG(req_client(r)), r->route->path), per_minute);
}

static rc admit(exchange *x)
{
    x->admitted = false;
    TRY(x->home->server->config.identify(&x->r));
    TRY(allowed(&x->r));
    x->admitted = true;
    return OK;
}

static rc do_prepare(exchange *x)
{
    req *r = &x->r;
    TRY(admit(x));
    if (r->method == GET) return OK;
    TRY(within_limits(x));
    if (x->parsed != OK) return fail(&x->c, x->parsed, MSG(L_NONE), "the form cannot be read");
    TRY(csrf_check(r));
    return r->route->prepare ? r->route->prepare(r) : OK;
}

/* A token is good for one act on each address: the buttons of a page share one. */
static str claim_of(const req *r, const unsigned char nonce[16])
{
    return sha256_str(r->c->arena, arena_cat(r->c->arena, (str){(const char *)nonce, 16}, r->path, STR("")));
}

/* The act, unless this very form has acted already. The token is looked up before the act and used up after it, in the act's own
 * transaction: so a replay either finds the first result or, if both run at once, loses the race and is run again. */
static rc act_once(exchange *x, ctx *c, const unsigned char nonce[16])
{
    req *r = &x->r;
    str claim = claim_of(r, nonce), body = sha256_str(c->arena, out_get(&x->body));
    int64_t bucket = bucket_of(c->viewer.num);
    once_find_row seen;
    rc_code found = sql_once_find(c->db, c->arena, bucket, r->session, claim, &seen);
    if (found == OK) {
        if (!str_eq(seen.body, body)) return fail(c, E_CONFLICT, MSG(L_form_used), "another form with a used token");
        r->replayed = true;
        r->result = seen.result;
        return OK;
    }
    if (found != E_NOT_FOUND) return found;
    TRY(r->route->act(r));
    if (r->result.len > RESULT_MAX) die("route %s leaves %zu bytes for show", r->route->path, r->result.len);
    rc_code claimed = sql_once_claim(c->db, bucket, r->session, claim, body, c->now, r->result);
    c->retry = claimed == E_CONFLICT;
    return claimed;
}

static rc do_act(exchange *x, ctx *c)
{
    req *r = &x->r;
    r->fault_count = 0;
    r->result = STR_NONE;
    r->replayed = false;
    /* Since prepare the session may have ended and the member been suspended: what holds now is what the act's own transaction
     * sees. */
    TRY(admit(x));
    if (r->route->idempotent) return r->route->act(r);
    unsigned char nonce[16];
    if (!csrf_nonce(r->site, r->session, req_field(r, "once"), nonce)) return E_DENIED;
    return act_once(x, c, nonce);
}

/* ---- answers that are not pages ---- */

/* Guests who ask for a member's page are led to the log-in and back; members do not need the log-in page. */
static bool led_elsewhere(exchange *x)
{
    req *r = &x->r;
    if (!r->route) return false;
    if (x->outcome == E_CONFLICT && r->route->who == GUEST && r->c->viewer.num) {
        r->location = STR("/feed");
        return true;
    }
    if (x->outcome == E_LOGIN && r->method == GET) {
        out to = {0};
        out_init(&to, 4096);
        OUT_LIT(&to, "/login?to=");
        out_percent(&to, r->target);
        r->location = to.failed ? STR("/login") : arena_str(x->arena, out_get(&to));
        out_drop(&to);
        return true;
    }
    return false;
}

static void write_error(exchange *x)
{
    req *r = &x->r;
    if (x->outcome >= E_INTERNAL) {
        __atomic_add_fetch(&x->home->errors, 1, __ATOMIC_RELAXED);
        log_warn("%s answers %d: %.*s (%s:%d)", r->route ? r->route->path : "no route", rc_status(x->outcome),
                 STR_ARG(x->c.err.detail), x->c.err.file ? x->c.err.file : "?", x->c.err.line);
    }
    out_reset(&x->page);
    r->content_type = NULL;
    r->location = STR_NONE;
    x->home->server->config.error_page(r, x->outcome);
}

/* With its page a form is shown again only to whom the route is open, now as well as before. */
static bool form_again(exchange *x)
{
    req *r = &x->r;
    if (!x->c.db || !x->admitted || !r->route->again || r->method != POST || x->outcome == E_LOGIN) return false;
    failure first = x->c.err;
    bool shown = admit(x) == OK;
    x->c.err = first;
    shown = shown && r->route->again(r) == OK && !x->page.failed;
    x->c.err = first;
    return shown;
}

/* The form again where the route has one and the fault is not ours; a page that says what happened otherwise. */
static void write_refusal(exchange *x)
{
    req *r = &x->r;
    r->outcome = x->outcome;
    r->status = rc_status(x->outcome);
    if (x->outcome == E_LIMIT && r->retry_after == 0) r->retry_after = 1;
    if (!led_elsewhere(x) && !form_again(x)) write_error(x);
}

static void do_show(exchange *x)
{
    if (x->outcome == OK) x->outcome = x->r.route->show(&x->r);
    if (x->outcome != OK) write_refusal(x);
}

/* ---- moving on ---- */

/* Of a route that takes files the slow stage is about them. */
static bool is_slow(const exchange *x)
{
    return x->r.route->slow && (!x->r.route->uploads || x->r.upload_count);
}

/* A GET needs one snapshot, not two: its PREPARE and SHOW are one stage. */
static void after_stage(exchange *x, rc_code result)
{
    if (result != OK) {
        x->outcome = result;
        x->why = x->c.err;
    }
    switch (x->stage) {
    case STAGE_PREPARE:
        if (x->r.method == GET) x->stage = STAGE_ANSWER;
        else x->stage = result != OK ? STAGE_SHOW : is_slow(x) ? STAGE_SLOW : STAGE_ACT;
        break;
    case STAGE_SLOW: x->stage = result == OK ? STAGE_ACT : STAGE_SHOW; break;
    case STAGE_ACT: x->stage = STAGE_SHOW; break;
    case STAGE_SHOW: x->stage = STAGE_ANSWER; break;
    case STAGE_HEAD:
    case STAGE_BODY:
    case STAGE_ANSWER: die("stage %d has no successor", (int)x->stage);
    }
}

/* What reads the database runs in a snapshot; on PostgreSQL it may have to run again, so it begins by forgetting. */
static rc run_reading(exchange *x)
{
    req *r = &x->r;
    x->outcome = x->entered;
    if (x->entered != OK) x->c.err = x->why;
    x->asked = 0;
    x->subject = NULL;
    r->set_cookie_count = 0;
    r->status = 0;
    r->location = STR_NONE;
    out_reset(&x->page);
    if (x->stage == STAGE_PREPARE) {
        r->fault_count = 0;
        rc_code code = do_prepare(x);
        if (r->method == POST) return code;
        x->outcome = code;
    }
    do_show(x);
    return OK;
}

static bool is_reading(const exchange *x)
{
    return x->stage == STAGE_PREPARE || x->stage == STAGE_SHOW;
}

static rc lane_act(lane_job *job)
{
    exchange *x = (exchange *)((char *)job - offsetof(exchange, job));
    return is_reading(x) ? run_reading(x) : do_act(x, job->c);
}

static void submit(exchange *x);

static void lane_done(lane_job *job, rc_code result)
{
    exchange *x = (exchange *)((char *)job - offsetof(exchange, job));
    bool unanswered = job->reads && result != OK && (x->stage == STAGE_SHOW || x->r.method == GET);
    x->c.db = NULL;
    if (unanswered) { /* the snapshot itself failed: say so without a database */
        x->outcome = result;
        write_refusal(x);
    }
    after_stage(x, result);
    submit(x);
}

static void slow_run(pool_job *job)
{
    exchange *x = (exchange *)((char *)job - offsetof(exchange, slow));
    after_stage(x, x->r.route->slow(&x->r));
    submit(x);
}

/* No room for the next stage. The form again needs a snapshot: here one is to be had, from the lane (PostgreSQL) perhaps. */
static void turn_away(exchange *x, rc_code queued)
{
    bool again = !is_reading(x);
    x->c.db = NULL;
    x->outcome = fail(&x->c, queued, MSG(L_NONE), "the queue is full");
    x->why = x->c.err;
    x->stage = again ? STAGE_SHOW : STAGE_ANSWER;
    if (!again) write_refusal(x);
    submit(x);
}

/* The next stage of an exchange that is away; where it cannot be queued, the refusal goes home. */
static void submit(exchange *x)
{
    server *s = x->home->server;
    rc_code queued = OK;
    if (x->stage == STAGE_ANSWER || (is_reading(x) && !reads_in_lane(x))) {
        exchange_home(x);
        return;
    }
    if (x->stage == STAGE_SLOW) {
        x->slow = (pool_job){.run = slow_run};
        queued = pool_submit(x->r.upload_count ? s->files : s->slow, &x->slow);
    } else {
        x->entered = x->outcome;
        x->job = (lane_job){.c = &x->c, .member = x->c.viewer.num, .reads = is_reading(x),
                             .pressing = x->stage == STAGE_SHOW && x->outcome == OK, .act = lane_act, .done = lane_done};
        queued = lane_submit(s->config.lane, &x->job);
    }
    if (queued != OK) turn_away(x, queued);
}

/* On the web thread: the stage in a snapshot, in which the graph's epoch is older than the data. */
static void run_here(exchange *x)
{
    web_thread *t = x->home;
    x->c.db = t->db;
    x->c.epoch = graph_enter(t->reader);
    x->entered = x->outcome;
    rc_code code = db_begin_read(t->db);
    if (code == OK) {
        code = run_reading(x);
    } else {
        x->c.db = NULL;
        x->outcome = code;
        if (x->stage == STAGE_SHOW || x->r.method == GET) write_refusal(x);
    }
    after_stage(x, code);
    db_rollback(t->db);
    graph_leave(t->reader);
    x->c.db = NULL;
}

bool exchange_step(exchange *x)
{
    if (x->refused) { /* with the head or in the body: no route or no patience, and no database */
        write_refusal(x);
        x->stage = STAGE_ANSWER;
    }
    while (x->stage != STAGE_ANSWER) {
        if (!is_reading(x) || reads_in_lane(x)) {
            MHD_suspend_connection(x->connection);
            x->home->away++;
            submit(x);
            return false;
        }
        run_here(x);
    }
    return true;
}

/* ---- after a request ---- */

typedef struct afterthought {
    lane_job job;
    ctx c;
    rc (*act)(ctx *c, str payload);
    str payload;
} afterthought;

static rc after_act(lane_job *job)
{
    afterthought *a = (afterthought *)(void *)job;
    return a->act(job->c, a->payload);
}

static void after_done(lane_job *job, rc_code result)
{
    (void)result; /* housekeeping: the next request will try again */
    arena_close(job->c->arena);
}

bool req_after(req *r, rc (*act)(ctx *c, str payload), str payload)
{
    const exchange *x = r->private_;
    arena *own = arena_open();
    afterthought *a = ARENA_NEW(own, afterthought);
    *a = (afterthought){.c = *r->c, .act = act, .payload = arena_str(own, payload)};
    a->c.arena = own;
    a->job = (lane_job){.c = &a->c, .light = true, .act = after_act, .done = after_done};
    bool taken = lane_submit(x->home->server->config.lane, &a->job) == OK;
    if (!taken) arena_close(own);
    return taken;
}
