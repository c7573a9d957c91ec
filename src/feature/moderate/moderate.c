/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "feature/moderate/moderate.h"

#include <sys/statvfs.h>

#include "base/utf8.h"
#include "feature/account/account.h"
#include "feature/second/second.h"
#include "moderate.sql.h"

/* ---- who may ----
 *
 * That nobody touches themselves follows from the table: staff do not touch staff, and nobody the owner. */

bool moderate_may_close(viewer who, const member_card *m)
{
    if (who.role < ROLE_STAFF || m->role == ROLE_OWNER || m->state == MEMBER_GONE) return false;
    return m->role < ROLE_STAFF || who.role == ROLE_OWNER;
}

bool moderate_may_appoint(viewer who, const member_card *m)
{
    return who.role == ROLE_OWNER && m->role != ROLE_OWNER && m->state != MEMBER_GONE;
}

/* The session was looked at before the act: since then the viewer may have been suspended or dismissed. */
static rc acting(ctx *c, viewer *who)
{
    const member_card *me;
    *who = c->viewer;
    if (!who->num) return OK;
    TRY(graph_member(c, who->num, &me));
    who->role = me->state == MEMBER_ACTIVE ? (role)me->role : ROLE_GUEST;
    return OK;
}

static rc aim(ctx *c, int64_t num, bool (*may)(viewer, const member_card *), const member_card **card)
{
    viewer who;
    TRY(acting(c, &who));
    TRY(graph_member(c, num, card));
    if ((*card)->state == MEMBER_GONE) return fail(c, E_GONE, MSG(L_graph_gone), "the member has left");
    if (!may(who, *card)) return fail(c, E_DENIED, MSG(L_moderate_denied), "role %d on role %d", (int)who.role, (*card)->role);
    return OK;
}

/* ---- acts ---- */

static rc note(ctx *c, int64_t num, moderate_act act, str reason)
{
    TRY(sql_moderate_note(c->db, bucket_of(num), num, c->now, c->viewer.num, (int64_t)act, reason));
    return change_emit(c, CHANGE_MEMBER, num, 0);
}

static rc check_reason(ctx *c, str reason)
{
    if (reason.len == 0) return fail(c, E_INVALID, MSG(L_moderate_reason_empty), "no reason");
    if (utf8_count(reason) > MODERATE_REASON_MAX)
        return fail(c, E_INVALID, msg_n(L_form_long, MODERATE_REASON_MAX), "a long reason");
    return OK;
}

rc moderate_suspend(ctx *c, int64_t num, str reason)
{
    const member_card *card;
    TRY(check_reason(c, reason));
    TRY(aim(c, num, moderate_may_close, &card));
    if (card->state == MEMBER_SUSPENDED) return fail(c, E_CONFLICT, MSG(L_moderate_is_suspended), "suspended already");
    TRY(sql_moderate_set_state(c->db, MEMBER_SUSPENDED, bucket_of(num), num));
    TRY(account_sessions_end(c, num));
    return note(c, num, MODERATE_SUSPEND, reason);
}

rc moderate_restore(ctx *c, int64_t num, str reason)
{
    const member_card *card;
    TRY(check_reason(c, reason));
    TRY(aim(c, num, moderate_may_close, &card));
    if (card->state != MEMBER_SUSPENDED) return fail(c, E_CONFLICT, MSG(L_moderate_is_active), "not suspended");
    TRY(sql_moderate_set_state(c->db, MEMBER_ACTIVE, bucket_of(num), num));
    return note(c, num, MODERATE_RESTORE, reason);
}

rc moderate_role(ctx *c, int64_t num, role to)
{
    const member_card *card;
    if (to != ROLE_MEMBER && to != ROLE_STAFF) return fail(c, E_INVALID, MSG(L_form_choice), "role %d", (int)to);
    TRY(aim(c, num, moderate_may_appoint, &card));
    if (card->role == (int)to) return fail(c, E_CONFLICT, MSG(L_moderate_has_role), "has the role already");
    if (to == ROLE_STAFF && card->state != MEMBER_ACTIVE)
        return fail(c, E_CONFLICT, MSG(L_moderate_is_suspended), "suspended members do not become staff");
    TRY(sql_moderate_set_role(c->db, (int64_t)to, bucket_of(num), num));
    return note(c, num, to == ROLE_STAFF ? MODERATE_APPOINT : MODERATE_DISMISS, STR(""));
}

static bool may_take_second(viewer who, const member_card *m)
{
    (void)m;
    return who.num == 0 && who.role == ROLE_OWNER;
}

rc moderate_second_off(ctx *c, int64_t num, str reason)
{
    const member_card *card;
    bool had;
    TRY(check_reason(c, reason));
    TRY(aim(c, num, may_take_second, &card));
    TRY(second_all_off(c, num, &had));
    if (!had) return fail(c, E_CONFLICT, MSG(L_moderate_no_second), "no second factor");
    TRY(account_sessions_end(c, num));
    return note(c, num, MODERATE_SECOND_OFF, reason);
}

/* ---- lists ----
 *
 * One filter finds the candidates (a name, a rare state, a rare role, or simply the numbers, which have no gaps); the others
 * are looked at in memory. */

typedef struct candidates {
    int64_t nums[MODERATE_PAGE];
    size_t len;
} candidates;

/* "17" or "id17": addresses of members do not begin with digits, and "id17" is never given away. */
static bool number_typed(str name, int64_t *num)
{
    return str_int(str_starts(name, STR("id")) ? str_skip(name, 2) : name, num);
}

static rc newest(ctx *c, int64_t before, candidates *out)
{
    int64_t last;
    TRY(account_count(c, &last));
    if (before > last + 1) before = last + 1;
    if (before < 1) return OK; /* also keeps --before from wrapping */
    while (out->len < MODERATE_PAGE && --before > 0) out->nums[out->len++] = before;
    return OK;
}

static rc named(ctx *c, const search_words *w, int64_t before, moderate_num_list *rows)
{
    const search_span *one = &w->spans[0], *two = &w->spans[1], *three = &w->spans[2];
    *rows = (moderate_num_list){0};
    if (!w->len) return OK;
    return sql_moderate_named(c->db, c->arena, one->from, one->end, before, two->from, two->end, three->from, three->end,
                              MODERATE_PAGE, rows);
}

static rc find_candidates(ctx *c, const member_filter *f, str name, candidates *out)
{
    moderate_num_list rows;
    if (number_typed(name, &out->nums[0])) {
        if (out->nums[0] < f->before) out->len = 1;
        return OK;
    }
    if (name.len > 0) {
        search_words w = account_search_words(c->arena, name);
        TRY(named(c, &w, f->before, &rows));
    } else if (f->state > MEMBER_ACTIVE) {
        TRY(sql_moderate_in_state(c->db, c->arena, f->state, f->before, MODERATE_PAGE, &rows));
    } else if (f->role > ROLE_MEMBER) {
        TRY(sql_moderate_in_role(c->db, c->arena, f->role, f->before, MODERATE_PAGE, &rows));
    } else {
        return newest(c, f->before, out);
    }
    for (size_t i = 0; i < rows.len; i++) out->nums[out->len++] = rows.items[i].num;
    return OK;
}

static rc keep_matching(ctx *c, const member_filter *f, const candidates *from, member_page *out)
{
    out->items = ARENA_ARRAY(c->arena, const member_card *, from->len);
    for (size_t i = 0; i < from->len; i++) {
        const member_card *card;
        rc_code found = graph_member(c, from->nums[i], &card);
        if (found == E_NOT_FOUND) continue;
        TRY(found);
        if ((f->state < 0 || card->state == f->state) && (f->role < 0 || card->role == f->role)) out->items[out->len++] = card;
    }
    return OK;
}

rc moderate_members(ctx *c, const member_filter *f, member_page *out)
{
    candidates found = {0};
    str name = str_trim(f->name);
    *out = (member_page){0};
    TRY(find_candidates(c, f, str_starts(name, STR("@")) ? str_skip(name, 1) : name, &found));
    if (found.len == MODERATE_PAGE) out->before = found.nums[found.len - 1];
    return keep_matching(c, f, &found, out);
}

rc moderate_member(ctx *c, int64_t num, const member_card **card, int64_t *joined, moderate_notes *notes)
{
    moderate_joined_row row;
    moderate_note_line_list lines;
    TRY(graph_member(c, num, card));
    TRY(sql_moderate_joined(c->db, c->arena, bucket_of(num), num, &row));
    TRY(sql_moderate_notes(c->db, c->arena, bucket_of(num), num, &lines));
    *joined = row.created_day;
    *notes = (moderate_notes){.items = ARENA_ARRAY(c->arena, moderate_note, lines.len), .len = lines.len};
    for (size_t i = 0; i < lines.len; i++) {
        const moderate_note_line *l = &lines.items[i];
        notes->items[i] = (moderate_note){l->at, l->staff, l->act, l->reason};
    }
    return OK;
}

/* ---- figures ---- */

static void measure_disk(const char *folder, figures *f)
{
    struct statvfs disk;
    if (statvfs(folder, &disk) != 0) return;
    f->disk_free = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    f->disk_total = (int64_t)disk.f_blocks * (int64_t)disk.f_frsize;
}

rc moderate_figures(ctx *c, const char *data_folder, figures *out)
{
    moderate_database_row database;
    moderate_counts_row counts;
    TRY(sql_moderate_database(c->db, c->arena, &database));
    TRY(sql_moderate_counts(c->db, c->arena, &counts));
    *out = (figures){
        .engine = database.engine,
        .database_bytes = database.bytes,
        .members = counts.members,
        .suspended = counts.suspended,
        .gone = counts.gone,
        .staff = counts.staff,
    };
    measure_disk(data_folder, out);
    return jobs_stats_get(c, &out->jobs);
}
