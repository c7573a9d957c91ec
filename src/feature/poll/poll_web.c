/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/poll/poll_web.h"

#include "poll_pages.tpl.h"
#include "layout.tpl.h"
#include "base/utf8.h"

static int64_t owner_of(req *r) { return req_capture_int(r, "owner"); }
static int64_t ordinal_of(req *r) { return req_capture_int(r, "ordinal"); }

/* ---- the form of a new one ---- */

/* One answer a line; empty lines are none. */
static rc read_answers(req *r, str typed, poll_draft *out)
{
    for (str rest = typed; rest.ptr;) {
        str answer = str_trim(str_cut(&rest, '\n'));
        if (!answer.len) continue;
        if (utf8_count(answer) > POLL_ANSWER_MAX) return req_fault(r, "poll_answers", msg_n(L_poll_answer_long, POLL_ANSWER_MAX));
        if (out->len == POLL_ANSWERS_MAX) return req_fault(r, "poll_answers", MSG(L_poll_answers_count));
        out->answers[out->len++] = answer;
    }
    return out->len < POLL_ANSWERS_MIN ? req_fault(r, "poll_answers", MSG(L_poll_answers_count)) : OK;
}

rc poll_from_form(req *r, poll_draft *out, bool *there)
{
    str answers;
    *out = (poll_draft){.anonymous = req_field(r, "poll_anonymous").len > 0, .several = req_field(r, "poll_several").len > 0,
                        .changes = req_field(r, "poll_changes").len > 0, .days = req_field_int(r, "poll_days", 0)};
    TRY(req_text(r, "poll_question", 0, POLL_QUESTION_MAX, false, &out->question));
    TRY(req_text(r, "poll_answers", 0, POLL_ANSWERS_MAX * (POLL_ANSWER_MAX + 2), true, &answers));
    *there = out->question.len || answers.len;
    if (!*there) return OK;
    if (!out->question.len) return req_fault(r, "poll_question", MSG(L_form_empty));
    if (out->days < 0 || out->days > POLL_DAYS_MAX) return req_fault(r, "poll_days", MSG(L_form_choice));
    return read_answers(r, answers, out);
}

/* ---- inside a post ---- */

void poll_put(view *v, out *o, int64_t owner, int64_t ordinal, const poll *q)
{
    poll_view p = {.owner = owner, .ordinal = ordinal, .poll = *q, .choosing = v->who.num && !v->r->c->page_of && !q->mine && !q->over};
    tpl_poll(o, v, &p);
}

/* ---- choosing ---- */

static rc choose_prepare(req *r)
{
    unsigned *answers = r->state = ARENA_NEW(r->c->arena, unsigned);
    size_t at = 0;
    int64_t n;
    *answers = 0;
    for (str value = form_all(&r->form, STR("answer"), &at); value.ptr; value = form_all(&r->form, STR("answer"), &at)) {
        if (!str_int(value, &n) || n < 1 || n > POLL_ANSWERS_MAX) return fail(r->c, E_INVALID, MSG(L_poll_choose_one), "no such answer");
        *answers |= 1u << n;
    }
    return *answers ? OK : fail(r->c, E_INVALID, MSG(L_poll_choose_one), "no answer");
}

static rc choose_act(req *r) { return poll_choose(r->c, owner_of(r), ordinal_of(r), *(unsigned *)r->state); }
static rc take_back_act(req *r) { return poll_take_back(r->c, owner_of(r), ordinal_of(r)); }

/* Back to the list where the poll stands, at its post. */
static rc poll_shown(req *r)
{
    str to = req_field(r, "to");
    arena *a = r->c->arena;
    if (!to.ptr) to = arena_printf(a, "/wall%lld_%lld", (long long)owner_of(r), (long long)ordinal_of(r));
    return req_redirect(r, url_local(arena_printf(a, "%.*s#post%lld_%lld", STR_ARG(to), (long long)owner_of(r), (long long)ordinal_of(r))));
}

/* ---- who ---- */

static rc who_show(req *r)
{
    view v;
    wall_post p;
    poll_list polls;
    poll_voter_list who;
    int64_t answer = req_field_int(r, "answer", 1), after = req_field_int(r, "after", 0), next;
    TRY(wall_get(r->c, owner_of(r), ordinal_of(r), &p));
    TRY(poll_who(r->c, &p, answer, after, &who, &next));
    TRY(poll_read(r->c, &p.id, 1, &polls));
    TRY(view_init(&v, r, NAV_NONE, MSG(L_poll_who)));
    const poll *q = &polls.items[0];
    if (answer < 1 || (size_t)answer > q->answers.len) return fail(r->c, E_NOT_FOUND, MSG(L_NONE), "no such answer");
    const poll_answer *a = &q->answers.items[answer - 1];
    bool hidden = after == 0 && next == 0 && (int64_t)who.len < a->votes;
    url more = next ? view_url(&v, "/wall%lld_%lld/voters?answer=%lld&after=%lld", (long long)p.owner, (long long)p.ordinal, (long long)answer,
                               (long long)next)
                    : (url){STR("")};
    poll_view pv = {.owner = p.owner, .ordinal = p.ordinal, .poll = *q};
    tpl_poll_voters_open(r->out, &v, &pv, a, hidden, more);
    for (size_t i = 0; i < who.len; i++) {
        person one;
        TRY(view_person(r->c, who.items[i].member, &one));
        tpl_person_row_open(r->out, &v, &one, STR(""));
        tpl_person_row_close(r->out, &v, &one, STR(""));
    }
    tpl_poll_voters_close(r->out, &v, &pv, a, hidden, more);
    return OK;
}

#define ONE_POST "/wall{owner:int}_{ordinal:int}"

const route poll_routes[] = {
    {POST, ONE_POST "/vote", .prepare = choose_prepare, .act = choose_act, .show = poll_shown, .who = MEMBER, .idempotent = true},
    {POST, ONE_POST "/unvote", .act = take_back_act, .show = poll_shown, .who = MEMBER, .idempotent = true},
    {GET, ONE_POST "/voters", .show = who_show, .who = ANYONE},
    {0}};
