/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* veche admin …: the operator's words. Through the socket of the running server; without one, on the data folder itself. */
#include <sys/socket.h>
#include <unistd.h>

#include "app/admin_socket.h"
#include "app/check.h"
#include "app/commands.h"
#include "base/local_socket.h"
#include "base/log.h"
#include "base/utf8.h"
#include "db/db.h"
#include "feature/account/account.h"
#include "feature/moderate/moderate.h"
#include "feature/setup/setup.h"

/* ---- inside the server ---- */

static int say_link(house *h, str rest, out *o)
{
    (void)rest;
    if (house_site(h)->ready) {
        OUT_LIT(o, "This server has an owner already: there is nothing to set up.\n");
        return ADMIN_FAILED;
    }
    arena *a = arena_open();
    str token;
    rc_code code = house_setup_link(h, a, &token);
    if (code == OK) out_printf(o, "/setup/%.*s (within the hour, behind the server's address)\n", STR_ARG(token));
    else out_printf(o, "No link was made: %s.\n", rc_reason(code));
    arena_close(a);
    return code == OK ? ADMIN_DONE : ADMIN_FAILED;
}

static int say_status(house *h, str rest, out *o)
{
    (void)rest;
    lane_stats l = lane_stats_get(house_lane(h));
    graph_stats g = graph_stats_get(house_graph(h));
    out_printf(o, "database  %s\nacts      %llu in %llu batches, %lld queued, %llu refused\nmemory    %zu bytes for %zu members\n",
               house_on_postgres(h) ? "PostgreSQL" : "SQLite", (unsigned long long)l.acts, (unsigned long long)l.batches,
               (long long)l.queued, (unsigned long long)l.refused, g.bytes, g.slots);
    return ADMIN_DONE;
}

static int say_check(house *h, str rest, out *o)
{
    (void)rest;
    db *d;
    if (db_open(house_where(h), true, &d) != OK) {
        OUT_LIT(o, "The database cannot be opened.\n");
        return ADMIN_FAILED;
    }
    rc_code code = check_database(d, o);
    db_close(d);
    return code == OK ? ADMIN_DONE : ADMIN_FAILED;
}

/* ---- the public address ---- */

static rc act_origin(ctx *c, void *arg)
{
    const str *origin = arg;
    return setup_site_set(c, "origin", *origin);
}

/* While it is wrong every form is refused as foreign, also the owner's: so it can be corrected from here. */
static int say_origin(house *h, str typed, out *o)
{
    const site *s = house_site(h);
    if (!s->ready) {
        OUT_LIT(o, "This server has no public address yet: it is asked for at set-up.\n");
        return ADMIN_FAILED;
    }
    if (typed.len == 0) {
        out_printf(o, "%s\n", s->origin);
        return ADMIN_DONE;
    }
    arena *a = arena_open();
    ctx c;
    str origin, host;
    int code = ADMIN_FAILED;
    if (setup_origin_parse(a, typed, &origin, &host) != OK) {
        OUT_LIT(o, "An address like https://veche.example or http://127.0.0.1:8080 is needed, without a path.\n");
        code = ADMIN_MISUSED;
    } else if (str_eq(origin, str_of(s->origin))) {
        out_printf(o, "The public address is %s already.\n", s->origin);
        code = ADMIN_DONE;
    } else {
        rc_code stored = house_write(h, a, (viewer){0, ROLE_OWNER}, act_origin, &origin, &c);
        if (stored == OK) {
            out_printf(o, "The public address is now %.*s. Members log in there anew.\n", STR_ARG(origin));
            code = ADMIN_DONE;
        } else {
            out_printf(o, "The public address was not changed: %s.\n", rc_reason(stored));
        }
    }
    arena_close(a);
    return code;
}

/* ---- members ---- */

typedef struct member_word {
    rc (*act)(ctx *c, int64_t num, str reason);
    str typed, reason;
    bool unknown; /* nobody has this name */
} member_word;

static rc act_staff(ctx *c, int64_t num, str reason)
{
    (void)reason;
    return moderate_role(c, num, ROLE_STAFF);
}

static rc act_dismiss(ctx *c, int64_t num, str reason)
{
    (void)reason;
    return moderate_role(c, num, ROLE_MEMBER);
}

static rc act_member(ctx *c, void *arg)
{
    member_word *w = arg;
    int64_t num;
    rc_code found = account_find(c, account_name_typed(c->arena, w->typed), &num);
    w->unknown = found == E_NOT_FOUND;
    if (found != OK) return found;
    return w->act(c, num, w->reason);
}

/* The sentence is the one that staff would read in the browser; printed for HTML, but none of these has anything to escape. */
static void say_why(const ctx *c, rc_code code, const member_word *w, out *o)
{
    if (w->unknown) out_printf(o, "There is no member with the name %.*s.", STR_ARG(w->typed));
    else if (code != E_INTERNAL && c->err.sentence.key) put_msg(o, LANG_EN, c->err.sentence);
    else out_printf(o, "Nothing was done: %s.", rc_reason(code));
    out_char(o, '\n');
}

static int run_member(house *h, str rest, rc (*act)(ctx *, int64_t, str), out *o)
{
    arena *a = arena_open();
    ctx c;
    int code = ADMIN_FAILED;
    member_word w = {.act = act, .typed = str_cut(&rest, ' ')};
    if (text_clean(a, rest.ptr ? rest : STR(""), MODERATE_REASON_MAX, false, &w.reason) != TEXT_FINE) {
        out_printf(o, "A reason has at most %d characters and is plain text.\n", MODERATE_REASON_MAX);
        code = ADMIN_MISUSED;
    } else {
        rc_code done = house_write(h, a, (viewer){0, ROLE_OWNER}, act_member, &w, &c);
        if (done == OK) {
            OUT_LIT(o, "Done.\n");
            code = ADMIN_DONE;
        } else {
            say_why(&c, done, &w, o);
        }
    }
    arena_close(a);
    return code;
}

static int say_suspend(house *h, str rest, out *o) { return run_member(h, rest, moderate_suspend, o); }
static int say_restore(house *h, str rest, out *o) { return run_member(h, rest, moderate_restore, o); }
static int say_staff(house *h, str rest, out *o) { return run_member(h, rest, act_staff, o); }
static int say_second_off(house *h, str rest, out *o) { return run_member(h, rest, moderate_second_off, o); }
static int say_dismiss(house *h, str rest, out *o) { return run_member(h, rest, act_dismiss, o); }

/* ---- the words ---- */

static const struct admin_command {
    const char *word, *names, *what;
    int least, most; /* how many words follow */
    int (*say)(house *h, str rest, out *o);
} commands[] = {
    {"link", "", "a new one-time link for the set-up page", 0, 0, say_link},
    {"status", "", "queue and memory", 0, 0, say_status},
    {"check", "", "looks through the whole database for damage", 0, 0, say_check},
    {"origin", "[URL]", "the public address; with URL: corrects it", 0, 1, say_origin},
    {"suspend", "NAME WHY…", "closes a member's page and ends their sessions", 2, 1000, say_suspend},
    {"restore", "NAME WHY…", "opens it again", 2, 1000, say_restore},
    {"staff", "NAME", "makes a member staff", 1, 1, say_staff},
    {"dismiss", "NAME", "makes staff a member again", 1, 1, say_dismiss},
    {"second-off", "NAME WHY…", "takes app, recovery codes and passkeys away from somebody who lost them", 2, 1000, say_second_off},
};

static int words_in(str line)
{
    int n = 0;
    while (line.ptr) n += str_cut(&line, ' ').len > 0;
    return n;
}

/* The command that a line calls, or NULL when it makes no sense; *rest is what follows the word. */
static const struct admin_command *command_of(str line, str *rest)
{
    *rest = str_trim(line);
    str word = str_cut(rest, ' ');
    *rest = str_trim(rest->ptr ? *rest : STR(""));
    int n = words_in(*rest);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (str_eq(word, str_of(commands[i].word))) return n >= commands[i].least && n <= commands[i].most ? &commands[i] : NULL;
    return NULL;
}

static void print_help(FILE *to)
{
    fputs("veche admin [--data DIR] [--db ADDRESS] …\n", to);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        /* The dots are three bytes and one column. */
        int width = 12 + (strstr(commands[i].names, "…") ? 2 : 0);
        fprintf(to, "  %-12s%-*s%s\n", commands[i].word, width, commands[i].names, commands[i].what);
    }
}

int admin_line(house *h, str line, out *o)
{
    str rest;
    const struct admin_command *command = command_of(line, &rest);
    if (command) return command->say(h, rest, o);
    OUT_LIT(o, "The server does not know this command: is it of another version?\n");
    return ADMIN_MISUSED;
}

/* ---- at the console ---- */

/* What was done goes to the standard output, and what was not to the standard error. */
static int print(int code, str said)
{
    fwrite(said.ptr ? said.ptr : "", 1, said.len, code == ADMIN_DONE ? stdout : stderr);
    return code;
}

/* admin_socket.c: the first byte of the answer is the exit code as a digit. */
static int ask_server(int fd, str line)
{
    char buffer[4096];
    out o;
    out_init(&o, OUT_LIMIT_PAGE);
    while (line.len > 0) {
        ssize_t n = send(fd, line.ptr, line.len, MSG_NOSIGNAL);
        if (n <= 0) break;
        line = str_skip(line, (size_t)n);
    }
    for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) > 0;) out_bytes(&o, buffer, (size_t)n);
    close(fd);
    str answer = out_get(&o);
    bool whole = answer.len > 0 && answer.ptr[0] >= '0' + ADMIN_DONE && answer.ptr[0] <= '0' + ADMIN_MISUSED;
    int code = whole ? print(answer.ptr[0] - '0', str_skip(answer, 1))
                     : print(ADMIN_FAILED, STR("The server ended before it answered.\n"));
    out_drop(&o);
    return code;
}

static int ask_folder(const config *c, str line)
{
    house *h = NULL;
    out o;
    out_init(&o, OUT_LIMIT_PAGE);
    int code = ADMIN_FAILED; /* house_open says why */
    if (house_open(c, &h) == OK) code = admin_line(h, line, &o);
    print(code, out_get(&o));
    out_drop(&o);
    house_close(h);
    return code;
}

static int ask(const config *c, str line)
{
    char *path = config_path(c, "admin.sock");
    int fd = local_connect(path);
    free(path);
    return fd >= 0 ? ask_server(fd, line) : ask_folder(c, line);
}

/* The words in one line. A line break would end it early. */
static void join_words(int argc, char **argv, out *line)
{
    for (int i = 0; i < argc; i++) {
        if (i > 0) out_char(line, ' ');
        for (const char *at = argv[i]; *at; at++) out_char(line, *at == '\n' ? ' ' : *at);
    }
    out_char(line, '\n');
}

int command_admin(int argc, char **argv)
{
    config c;
    /* The words follow the options: veche admin --data d suspend olga spam */
    int first = 1;
    while (first < argc && argv[first][0] == '-') first += strchr(argv[first], '=') ? 1 : 2;
    if (first > argc) first = argc;
    if (!config_read(first, argv, &c)) return ADMIN_MISUSED;
    if (first + 1 == argc && strcmp(argv[first], "help") == 0) {
        print_help(stdout);
        return ADMIN_DONE;
    }
    out line;
    str rest;
    out_init(&line, ADMIN_LINE_MAX);
    join_words(argc - first, argv + first, &line);
    int code = ADMIN_MISUSED;
    if (line.failed) fprintf(stderr, "veche: that is too long for a command.\n");
    else if (!command_of(out_get(&line), &rest)) print_help(stderr);
    else code = ask(&c, out_get(&line));
    out_drop(&line);
    return code;
}
