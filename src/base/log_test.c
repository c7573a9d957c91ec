/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/testing.h"

#include "base/log.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct child_end {
    char text[8192]; /* what it wrote to standard error */
    size_t len;
    int status;
} child_end;

/* Runs act in a child of its own, because the log goes to a descriptor and die ends the process. */
static child_end run(void (*act)(void))
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        act();
        _exit(0);
    }
    close(ends[1]);
    child_end end = {0};
    ssize_t n;
    while ((n = read(ends[0], end.text + end.len, sizeof end.text - 1 - end.len)) > 0) end.len += (size_t)n;
    close(ends[0]);
    assert_int_equal(waitpid(child, &end.status, 0), child);
    return end;
}

static void say_each_level(void)
{
    unsetenv("JOURNAL_STREAM");
    log_line(LOG_DEBUG, "src/a.c", 1, "not this");
    log_line(LOG_INFO, "src/a.c", 2, "number %d", 5);
    log_set_level(LOG_ERROR);
    log_line(LOG_WARN, "src/a.c", 3, "not this");
    log_line(LOG_ERROR, "/build/src/db/a.c", 4, "that");
    log_set_level(LOG_DEBUG);
    log_line(LOG_DEBUG, "a.c", 5, "this too");
}

static void each_line_tells_level_place_and_text(void **state)
{
    (void)state;
    child_end end = run(say_each_level);
    assert_string_equal(end.text, "info a.c:2: number 5\nerror db/a.c:4: that\ndebug a.c:5: this too\n");
}

static void say_to_the_journal(void)
{
    setenv("JOURNAL_STREAM", "8:1", 1);
    log_line(LOG_ERROR, "a.c", 1, "x");
}

static void the_journal_gets_a_priority(void **state)
{
    (void)state;
    assert_string_equal(run(say_to_the_journal).text, "<3>error a.c:1: x\n");
}

static void say_two_lines(void)
{
    unsetenv("JOURNAL_STREAM");
    log_line(LOG_INFO, "a.c", 1, "%s", "one\nerror forged\x1b[0m");
}

static void a_line_stays_one_line(void **state)
{
    (void)state;
    assert_string_equal(run(say_two_lines).text, "info a.c:1: one?error forged?[0m\n");
}

static void say_much(void)
{
    unsetenv("JOURNAL_STREAM");
    log_line(LOG_INFO, "a.c", 1, "%5000d", 1);
}

static void a_long_line_is_cut(void **state)
{
    (void)state;
    child_end end = run(say_much);
    assert_in_range(end.len, 1000, 1024);
    assert_int_equal(end.text[end.len - 1], '\n');
}

static void die_of_something(void)
{
    unsetenv("JOURNAL_STREAM");
    log_set_level(LOG_ERROR);
    die_at("a.c", 1, "no %s", "way");
}

static void dying_says_why_and_aborts(void **state)
{
    (void)state;
    child_end end = run(die_of_something);
    assert_string_equal(end.text, "error a.c:1: no way\n");
    assert_true(WIFSIGNALED(end.status) && WTERMSIG(end.status) == SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_line_tells_level_place_and_text),
        TEST(the_journal_gets_a_priority),
        TEST(a_line_stays_one_line),
        TEST(a_long_line_is_cut),
        TEST(dying_says_why_and_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
