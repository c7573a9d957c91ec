/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Each line is put together first and written by one write(2), so that lines of several threads do not mix. */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

static const struct {
    const char *name;
    char priority; /* syslog's, which journald reads from a <N> before the line (sd-daemon(3)) */
} levels[] = {
    [LOG_DEBUG] = {"debug", '7'}, [LOG_INFO] = {"info", '6'}, [LOG_WARN] = {"warn", '4'}, [LOG_ERROR] = {"error", '3'}};

static _Atomic log_level least_level = LOG_INFO;

void log_set_level(log_level least) { atomic_store(&least_level, least); }

/* The path from src/ on: where the tree was built is nobody's business. */
static const char *short_path(const char *file)
{
    const char *found = file;
    for (const char *p = strstr(file, "src/"); p; p = strstr(p + 1, "src/"))
        if (p == file || p[-1] == '/') found = p + 4;
    return found;
}

/* One line stays one line, whatever is printed into it. */
static void flatten(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F) text[i] = '?';
}

static size_t clamp(int printed, size_t room)
{
    if (printed < 0) return 0;
    return (size_t)printed < room ? (size_t)printed : room - 1;
}

__attribute__((format(printf, 4, 0))) static void write_line(log_level level, const char *file, int line,
                                                             const char *fmt, va_list args)
{
    char text[LINE_MAX_BYTES];
    size_t len = 0, room = sizeof text - 1; /* the last byte is the line's end */
    if (getenv("JOURNAL_STREAM")) len = clamp(snprintf(text, room, "<%c>", levels[level].priority), room);
    len += clamp(snprintf(text + len, room - len, "%s %s:%d: ", levels[level].name, short_path(file), line), room - len);
    len += clamp(vsnprintf(text + len, room - len, fmt, args), room - len);
    flatten(text, len);
    text[len++] = '\n';
    /* A log that cannot be written must not stop the server, and there is nobody else to tell. */
    if (write(STDERR_FILENO, text, len) < 0) return;
}

void log_line(log_level level, const char *file, int line, const char *fmt, ...)
{
    if (level < atomic_load_explicit(&least_level, memory_order_relaxed)) return;
    va_list args;
    va_start(args, fmt);
    write_line(level, file, line, fmt, args);
    va_end(args);
}

void die_at(const char *file, int line, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    write_line(LOG_ERROR, file, line, fmt, args);
    va_end(args);
    abort();
}
