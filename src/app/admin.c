/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* veche admin …: the operator's words. Through the socket of the running server; without one, on the data folder itself. */
#include <unistd.h>

#include "app/admin_socket.h"
#include "app/commands.h"
#include "base/local_socket.h"
#include "base/log.h"
#include "base/utf8.h"
#include "db/db.h"
#include "feature/account/account.h"
#include "feature/moderate/moderate.h"

static const char help[] =
    "veche admin [--data DIR] …\n"
    "  link                 a new one-time link for the set-up page\n"
    "  status               queue and memory\n"
    "  check                looks through the whole database for damage\n"
    "  suspend NAME WHY…    closes a member's page and ends their sessions\n"
    "  restore NAME WHY…    opens it again\n"
    "  staff NAME           makes a member staff\n"
    "  dismiss NAME         makes staff a member again\n";

/* ---- inside the server ---- */

static int say_link(house *h, out *o)
{
    if (house_site(h)->ready) {
        OUT_LIT(o, "This server has an owner already; nothing to set up.\n");
        return 1;
    }
    arena *a = arena_open();
    str token;
    rc_code code = house_setup_link(h, a, &token);
    if (code == OK) out_printf(o, "/setup/%.*s (within the hour, behind the server's address)\n", STR_ARG(token));
    else out_printf(o, "No link was made: %s\n", rc_reason(code));
    arena_close(a);
    return code == OK ? 0 : 1;
}

static int say_status(house *h, out *o)
{
    lane_stats l = lane_stats_get(house_lane(h));
    graph_stats g = graph_stats_get(house_graph(h));
    out_printf(o, "database  %s\nacts      %llu in %llu batches, %lld queued, %llu refused\nmemory    %zu bytes for %zu members\n",
               house_on_postgres(h) ? "PostgreSQL" : "SQLite", (unsigned long long)l.acts, (unsigned long long)l.batches,
               (long long)l.queued, (unsigned long long)l.refused, g.bytes, g.slots);
    return 0;
}

static int say_check(house *h, out *o)
{
    arena *a = arena_open();
    db *d;
    str report = STR("");
    rc_code code = db_open(house_where(h), true, &d);
    if (code == OK) {
        code = db_integrity(d, a, &report);
        db_close(d);
    }
    if (code == OK) OUT_LIT(o, "The database is sound.\n");
    else out_printf(o, "The database is damaged or cannot be read: %.*s\n", STR_ARG(report));
    arena_close(a);
    return code == OK ? 0 : 1;
}

typedef struct member_word {
    str word, name, reason;
} member_word;

static rc act_member(ctx *c, void *arg)
{
    const member_word *w = arg;
    int64_t num;
    TRY(account_find(c, w->name, &num));
    if (str_eq(w->word, STR("suspend"))) return moderate_suspend(c, num, w->reason);
    if (str_eq(w->word, STR("restore"))) return moderate_restore(c, num, w->reason);
    return moderate_role(c, num, str_eq(w->word, STR("staff")) ? ROLE_STAFF : ROLE_MEMBER);
}

static int say_member(house *h, str word, str rest, out *o)
{
    arena *a = arena_open();
    ctx c;
    member_word w = {.word = word, .name = str_cut(&rest, ' ')};
    text_fault fault = text_clean(a, rest.ptr ? rest : STR(""), MODERATE_REASON_MAX, false, &w.reason);
    rc_code code = fault == TEXT_FINE ? house_write(h, a, (viewer){0, ROLE_OWNER}, act_member, &w, &c) : E_INVALID;
    if (code == OK) OUT_LIT(o, "Done.\n");
    else if (code == E_NOT_FOUND) OUT_LIT(o, "There is no such member.\n");
    else if (code == E_CONFLICT) OUT_LIT(o, "It is so already.\n");
    else if (code == E_INVALID) OUT_LIT(o, "A reason is needed, of at most 500 characters.\n");
    else out_printf(o, "Not done: %s\n", rc_reason(code));
    arena_close(a);
    return code == OK ? 0 : 1;
}

static bool about_member(str word)
{
    return str_eq(word, STR("suspend")) || str_eq(word, STR("restore")) || str_eq(word, STR("staff")) ||
           str_eq(word, STR("dismiss"));
}

int admin_line(house *h, str line, out *o)
{
    str word = str_cut(&line, ' ');
    if (str_eq(word, STR("check"))) return say_check(h, o);
    if (about_member(word)) return say_member(h, word, line, o);
    if (str_eq(word, STR("link"))) return say_link(h, o);
    if (str_eq(word, STR("status"))) return say_status(h, o);
    out_str(o, str_of(help));
    return str_eq(word, STR("help")) ? 0 : 2;
}

/* ---- at the console ---- */

static int ask_server(int fd, str line)
{
    char buffer[4096];
    int code = 1;
    bool first = true;
    if (write(fd, line.ptr, line.len) != (ssize_t)line.len) return 1;
    for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) > 0; first = false) {
        if (first) code = buffer[0] - '0';
        fwrite(buffer + first, 1, (size_t)n - first, stdout);
    }
    close(fd);
    return code;
}

static int ask_folder(const config *c, str line)
{
    house *h = NULL;
    out o;
    out_init(&o, OUT_LIMIT_PAGE);
    int code = 1;
    if (house_open(c, &h) == OK) code = admin_line(h, str_trim(line), &o);
    fwrite(o.ptr ? o.ptr : "", 1, o.len, stdout);
    out_drop(&o);
    house_close(h);
    return code;
}

int command_admin(int argc, char **argv)
{
    config c;
    /* The words follow the options: veche admin --data d suspend olga spam */
    int first = 1;
    while (first < argc && argv[first][0] == '-') first += 2;
    if (!config_read(first < argc ? first : argc, argv, &c)) return 2;
    out line;
    out_init(&line, 2000);
    for (int i = first; i < argc; i++) {
        if (i > first) out_char(&line, ' ');
        out_str(&line, str_of(argv[i]));
    }
    out_char(&line, '\n');
    char *path = config_path(&c, "admin.sock");
    int fd = local_connect(path);
    free(path);
    int code = line.failed ? 2 : fd >= 0 ? ask_server(fd, out_get(&line)) : ask_folder(&c, out_get(&line));
    out_drop(&line);
    return code;
}
